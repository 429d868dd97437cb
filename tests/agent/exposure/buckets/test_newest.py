"""The newest objects of a bucket and what they say of themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.exposure.buckets.kinds import Kind
from guardian_agent.exposure.buckets.newest import Listing, encrypted, newest_objects
from guardian_agent.exposure.buckets.port import Refusal, Reply
from guardian_agent.wire.facts.exposures import Standing

from tests.agent.exposure.buckets.table import TableClient

DAY = datetime(2026, 11, 1, tzinfo=UTC)
SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
BY_STORE = {"ServerSideEncryption": "AES256"}
BY_CUSTOMER = {"SSECustomerAlgorithm": "AES256"}
BY_CLIENT = {"Metadata": {"x-amz-key-v2": "wrapped", "x-amz-iv": "iv"}}
PLAIN = {"Metadata": {"note": "x-amz-key"}}


def entry(key, day=0, size=5):
    return {"Key": key, "LastModified": DAY + timedelta(days=day), "Size": size}


def page(*entries, token=None):
    more = {"IsTruncated": True, "NextContinuationToken": token} if token else {}
    return Reply(fields={"Contents": list(entries), **more}, root="ListBucketResult")


def paged(**pages):
    def answer(ContinuationToken="first", **_):  # noqa: N803 - AWS's own name
        return pages[ContinuationToken]

    return TableClient(ListObjectsV2=answer)


def keys(listing):
    return [each.key for each in listing.objects]


def test_the_newest_are_found_on_whatever_page_they_are():
    client = paged(
        first=page(entry("a", 3), entry("b", 9), token="second"),
        second=page(entry("c", 8), entry("d", 1)),
    )
    listing = newest_objects(client, "", 2)
    assert keys(listing) == ["b", "c"]
    assert listing.lack is None


def test_the_prefix_is_asked_for():
    client = paged(first=page())
    newest_objects(client, "dumps/", 2)
    assert client.asked == [("ListObjectsV2", {"Prefix": "dumps/"})]


def test_marks_of_folders_are_no_objects():
    client = paged(first=page(entry("dumps/", 9, size=0), entry("dumps/a"), entry("full/", size=3)))
    assert keys(newest_objects(client, "", 9)) == ["full/", "dumps/a"]


def test_what_cannot_be_read_of_a_listing_is_left_out():
    client = paged(first=page({"Key": 1}, {}, {"Key": "x", "LastModified": "now"}, entry("a")))
    assert keys(newest_objects(client, "", 9)) == ["a"]


@pytest.mark.parametrize(
    "second",
    [
        page(entry("b"), token="second"),
        Reply(fields={"IsTruncated": True}, root="ListBucketResult"),
        Refusal(503, "SlowDown"),
    ],
    ids=["goes in circles", "does not say how to go on", "breaks off"],
)
def test_a_listing_that_does_not_end_is_not_whole(second):
    listing = newest_objects(paged(first=page(entry("a"), token="second"), second=second), "", 9)
    assert "a" in keys(listing)
    assert listing.lack is not None
    assert listing.lack.standing is Standing.FAILED


def test_an_endless_listing_ends():
    numbers = iter(range(10_000))
    client = TableClient(ListObjectsV2=lambda **_: page(token=str(next(numbers))))
    listing = newest_objects(client, "", 9)
    assert listing.lack is not None
    assert len(client.asked) == 500


def look(*heads, kind=Kind.AWS, lack=None):
    entries = [entry(str(number)) for number in range(len(heads))]
    answers = dict(zip([each["Key"] for each in entries], heads, strict=True))
    listing = newest_objects(paged(first=page(*entries)), "", 20)
    listing = Listing(objects=listing.objects, lack=lack)

    def head(Key):  # noqa: N803 - AWS's own name
        told = answers[Key]
        return told if isinstance(told, Refusal) else Reply(fields=told)

    by_anybody, by_client = encrypted(TableClient(HeadObject=head), listing, kind)
    return (by_anybody.standing, by_anybody.items), (by_client.standing, by_client.items)


@pytest.mark.parametrize(
    ("heads", "by_anybody", "by_client"),
    [
        ([BY_STORE, BY_STORE], (SAFE, 2), (NOT_SET, 0)),
        ([BY_CUSTOMER], (SAFE, 1), (NOT_SET, 0)),
        ([BY_CLIENT], (SAFE, 1), (SAFE, 1)),
        ([BY_CLIENT, BY_STORE], (SAFE, 2), (UNSAFE, 1)),
        ([BY_STORE, PLAIN, {}], (UNSAFE, 2), (NOT_SET, 0)),
        ([], (Standing.FAILED, 0), (Standing.FAILED, 0)),
    ],
)
def test_what_objects_say_of_themselves(heads, by_anybody, by_client):
    assert look(*heads) == (by_anybody, by_client)


def test_one_that_may_not_be_asked_leaves_the_others_unproven():
    denied = Refusal(403, "403")
    assert look(BY_STORE, denied)[0] == (Standing.DENIED, 0)
    assert look(PLAIN, denied)[0] == (UNSAFE, 1)


def test_where_not_all_were_listed_the_newest_may_be_others():
    cut = newest_objects(paged(first=page(entry("a"), token="first")), "", 9).lack
    assert look(BY_STORE, lack=cut)[0] == (Standing.FAILED, 0)


def test_a_store_that_repeats_what_it_was_told_proves_nothing():
    assert look(BY_STORE, kind=Kind.RCLONE)[0] == (Standing.UNSUPPORTED, 0)
