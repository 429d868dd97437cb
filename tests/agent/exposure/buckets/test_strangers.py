"""What a stranger gets who knocks."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.buckets.port import Refusal, Reply, Ways
from guardian_agent.exposure.buckets.strangers import knock
from guardian_agent.wire.facts.exposures import Standing

from tests.agent.exposure.buckets.table import TableClient

SAFE, UNSAFE, FAILED = Standing.SAFE, Standing.UNSAFE, Standing.FAILED
DENIED = Refusal(403, "AccessDenied")
LIST = Reply(fields={"Contents": [{"Key": "seen"}]}, root="ListBucketResult")
HEAD = Reply(fields={"ContentLength": 5})


def found(listed=DENIED, head=DENIED, clear=DENIED, key="newest"):
    stranger = TableClient(ListObjectsV2=listed, HeadObject=head)
    in_clear = TableClient(ListObjectsV2=clear, HeadObject=clear)
    told = knock(Ways(owner=None, stranger=stranger, in_clear=in_clear), "p/", key)
    return [(each.standing, str(each.rule)) for each in told], stranger, in_clear


def test_a_closed_door():
    told, stranger, in_clear = found()
    assert [standing for standing, _ in told] == [SAFE] * 3
    # One request each, and none for contents.
    assert stranger.asked == [
        ("ListObjectsV2", {"MaxKeys": 1, "Prefix": "p/"}),
        ("HeadObject", {"Key": "newest"}),
    ]
    assert in_clear.asked == [("HeadObject", {"Key": "newest"})]


def test_a_list_for_everybody_tells_what_to_knock_at():
    told, stranger, _ = found(listed=LIST, head=HEAD, key=None)
    assert told[:2] == [(UNSAFE, "strangers-let-in")] * 2
    assert stranger.asked[1] == ("HeadObject", {"Key": "seen"})


@pytest.mark.parametrize(
    "listed",
    [
        Reply(fields={}, root="html"),
        Refusal(404, "NoSuchBucket"),
        Refusal(503, "SlowDown"),
        Refusal(0, "timeout"),
        Refusal(301, "PermanentRedirect"),
        Refusal(400, "InvalidRequest"),
    ],
)
def test_other_answers_say_nothing(listed):
    assert found(listed=listed)[0][0][0] is FAILED


def test_a_door_that_nobody_knows_is_not_closed():
    told, _, _ = found(key=None)
    assert told[1] == (FAILED, "no-object-known")


def test_an_empty_list_shows_no_object():
    told, _, _ = found(listed=Reply(fields={}, root="ListBucketResult"), key=None)
    assert [standing for standing, _ in told[:2]] == [UNSAFE, FAILED]


def test_an_object_that_is_gone_says_nothing():
    assert found(head=Refusal(404, "404"))[0][1][0] is FAILED


@pytest.mark.parametrize(
    ("clear", "standing", "rule"),
    [
        (HEAD, UNSAFE, "strangers-let-in"),
        (DENIED, SAFE, "strangers-refused"),
        (Refusal(400, "400"), SAFE, "nobody-answers"),
        (Refusal(0, "EndpointConnectionError"), SAFE, "nobody-answers"),
        (Refusal(0, "ConnectionClosedError"), SAFE, "nobody-answers"),
        (Refusal(0, "ConnectTimeoutError"), FAILED, "no-answer"),
        (Refusal(301, "301", {"location": "https://x/"}), SAFE, "sent-to-tls"),
        (Refusal(301, "301", {"location": "http://x/"}), FAILED, "unknown-answer"),
        (Refusal(503, "SlowDown"), FAILED, "unknown-answer"),
    ],
)
def test_without_tls(clear, standing, rule):
    assert found(clear=clear)[0][2] == (standing, rule)


def test_an_endpoint_without_tls_has_everything_travel_in_clear():
    told = knock(Ways(owner=None, stranger=TableClient(), in_clear=None), "", None)
    assert (told[2].standing, told[2].rule) == (UNSAFE, "endpoint-without-tls")
