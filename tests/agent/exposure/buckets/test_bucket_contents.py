"""What the newest objects are, by ranges of their bytes."""

from __future__ import annotations

import gzip
import re

import pytest
from guardian_agent.exposure.buckets.contents import exposure
from guardian_agent.exposure.buckets.newest import newest_objects
from guardian_agent.exposure.buckets.port import Refusal, Reply
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name

from tests.agent.exposure.buckets.table import TableClient
from tests.agent.exposure.buckets.test_newest import entry, page
from tests.agent.fakes import START

TEXT = b"invoice 4711: 12 boxes of paper, delivered on Monday.\n" * 4000
AGE = b"age-encryption.org/v1\n-> X25519 " + b"a" * 43 + b"\n" + b"b" * 43 + b"\n--- " + b"c" * 43


def store(**objects):
    def read(Key, Range):  # noqa: N803 - AWS's own names
        told = objects[Key]
        if isinstance(told, Refusal):
            return told
        first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", Range).groups())
        return Reply(fields={"Body": told[first : last + 1]})

    sizes = {key: 5 if isinstance(told, Refusal) else len(told) for key, told in objects.items()}
    listed = page(*(entry(key, size=size) for key, size in sizes.items()))
    return TableClient(ListObjectsV2=listed, GetObject=read)


def seen(client):
    return exposure(client, Name("data"), newest_objects(client, "", 20), START)


def test_objects_are_counted_by_what_they_are():
    found = seen(store(a=TEXT, b=gzip.compress(TEXT), c=b""))
    assert found.complete
    states = {(str(each.kind), each.state): each.files for each in found.counts}
    assert sum(states.values()) == 3
    assert {state for _, state in states} == {Encryption.PLAINTEXT, Encryption.EMPTY}
    assert sum(each.bytes for each in found.counts) == len(TEXT) + len(gzip.compress(TEXT))


def test_at_most_a_mebibyte_of_each_is_read():
    client = store(a=TEXT * 100)
    seen(client)
    ranges = [told["Range"] for operation, told in client.asked if operation == "GetObject"]
    spans = [tuple(map(int, each.removeprefix("bytes=").split("-"))) for each in ranges]
    assert 0 < sum(last - first + 1 for first, last in spans) <= 1024 * 1024


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (Refusal(403, "AccessDenied"), Reason.PERMISSION_DENIED),
        (Refusal(501, "NotImplemented"), Reason.UNSUPPORTED),
        (Refusal(0, "timeout"), Reason.NO_ANSWER),
        (Refusal(404, "NoSuchKey"), Reason.NO_ANSWER),
    ],
)
def test_one_that_cannot_be_read_leaves_the_look_incomplete(refusal, reason):
    found = seen(store(a=TEXT, b=refusal))
    assert (found.complete, found.reason) == (False, reason)
    assert [each.files for each in found.counts] == [1]


def test_a_store_that_knows_no_ranges_is_not_believed():
    client = store(a=TEXT)
    client.answers["GetObject"] = Reply(fields={"Body": TEXT})
    found = seen(client)
    assert (found.complete, found.counts) == (False, ())
