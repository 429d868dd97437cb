"""What the newest objects say of their own lock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.exposure.buckets.answers import Lack, setting
from guardian_agent.exposure.buckets.newest import Listing, Object
from guardian_agent.exposure.buckets.port import Refusal, Reply
from guardian_agent.exposure.buckets.retention import newest_locked
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import OBJECT_LOCK

from tests.agent.exposure.buckets.table import TableClient
from tests.agent.fakes import START

SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
DENIED, FAILED, UNSUPPORTED = Standing.DENIED, Standing.FAILED, Standing.UNSUPPORTED
LOCKED = setting(OBJECT_LOCK, SAFE, "compliance", 30)


def kept(mode, days):
    told = {"Retention": {"Mode": mode, "RetainUntilDate": START + timedelta(days=days, hours=1)}}
    return Reply(fields=told, root="Retention")


FREE = Refusal(404, "NoSuchObjectLockConfiguration")
DENY = Refusal(403, "AccessDenied")
SURE, WEAK = kept("COMPLIANCE", 30), kept("GOVERNANCE", 20)
OVER = kept("COMPLIANCE", -2)


def look(*answers, lock=LOCKED, lack=None):
    by_key = {f"k{number}": answer for number, answer in enumerate(answers)}
    objects = tuple(Object(key=key, size=1, modified=START) for key in by_key)
    client = TableClient(GetObjectRetention=lambda Key: by_key[Key])  # noqa: N803 - boto3's word
    found = newest_locked(client, Listing(objects=objects, lack=lack), lock, START)
    assert found.setting == "newest-objects-locked"
    return found, client


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([SURE], (SAFE, "compliance", 30)),
        ([SURE, kept("COMPLIANCE", 3)], (SAFE, "compliance", 3)),
        ([WEAK], (UNSAFE, "governance", 20)),
        ([SURE, WEAK], (UNSAFE, "governance", 20)),
        ([SURE, FREE], (UNSAFE, "object-not-locked", 0)),
        ([SURE, OVER], (UNSAFE, "retention-over", 0)),
        ([SURE, kept("GOVERNANCE", -2)], (UNSAFE, "retention-over", 0)),
        ([SURE, DENY], (DENIED, "permission-missing", 0)),
        ([WEAK, DENY], (UNSAFE, "governance", 20)),
        ([FREE, DENY], (UNSAFE, "object-not-locked", 0)),
        ([SURE, Refusal(501, "NotImplemented")], (UNSUPPORTED, "not-implemented", 0)),
        ([SURE, Refusal(400, "InvalidRequest")], (FAILED, "unknown-answer", 0)),
        ([SURE, kept("FRIENDLY", 9)], (FAILED, "unknown-answer", 0)),
        ([SURE, Reply(fields={}, root="Retention")], (FAILED, "unknown-answer", 0)),
        ([Reply(fields={}, root="ListBucketResult")], (UNSUPPORTED, "another-answer", 0)),
        ([], (FAILED, "no-objects", 0)),
    ],
)
def test_the_worst_of_them_is_told(answers, expected):
    found, _ = look(*answers)
    assert (found.standing, found.rule, found.items) == expected


def test_the_missing_permission_is_named():
    assert look(SURE, DENY)[0].permission == "s3.getobjectretention"


def test_an_object_that_looks_like_an_answer_is_none():
    said = Reply(fields=SURE.fields, root="Retention", headers={"etag": '"1"'})
    assert (look(said)[0].standing, look(said)[0].rule) == (UNSUPPORTED, "another-answer")


def test_a_date_without_a_zone_is_none():
    until = (START + timedelta(days=9)).replace(tzinfo=None)
    told = Reply(
        fields={"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": until}}, root="Retention"
    )
    assert look(told)[0].standing is FAILED


@pytest.mark.parametrize("standing", [NOT_SET, UNSUPPORTED])
def test_where_a_bucket_has_no_lock_no_object_is_asked(standing):
    found, client = look(FREE, lock=setting(OBJECT_LOCK, standing, "x"))
    assert (found.standing, found.rule) == (standing, "bucket-without-lock")
    assert client.asked == []


@pytest.mark.parametrize("standing", [UNSAFE, DENIED, FAILED])
def test_objects_may_be_locked_whatever_the_bucket_says(standing):
    assert look(SURE, lock=setting(OBJECT_LOCK, standing, "x"))[0].standing is SAFE


def test_a_listing_cut_short_proves_nothing_of_the_others():
    lack = Lack(standing=FAILED, rule=Slug("listing-cut-short"))
    assert look(SURE, lack=lack)[0].rule == "listing-cut-short"
    assert look(WEAK, lack=lack)[0].rule == "governance"
