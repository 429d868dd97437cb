"""The account's own public access block: asked of AWS alone, and of the bucket's owner alone."""

from __future__ import annotations

import pytest
from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets import _ways
from guardian_agent.exposure.buckets.access import BLOCKS, Block, access_block, by_acl
from guardian_agent.exposure.buckets.account import account_block, together
from guardian_agent.exposure.buckets.credentials import Credentials
from guardian_agent.exposure.buckets.kinds import Kind
from guardian_agent.exposure.buckets.port import Account, Refusal, Reply, Ways
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Name

from tests.agent.exposure.buckets.table import TableClient
from tests.agent.exposure.buckets.test_settings import ALL, ME, grants
from tests.agent.fakes import FakeSystem

SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
DENIED, FAILED, UNSUPPORTED = Standing.DENIED, Standing.FAILED, Standing.UNSUPPORTED
NUMBER = "111122223333"
IGNORE, RESTRICT = "IgnorePublicAcls", "RestrictPublicBuckets"
KEY = "AKIAQNZGKIQY56JQ7WML"


def blocks(*on):
    return {"PublicAccessBlockConfiguration": {each: each in on for each in BLOCKS}}


def owned_by(number):
    def head(ExpectedBucketOwner=number):  # noqa: N803 - boto3's word
        return Reply(fields={}) if ExpectedBucketOwner == number else Refusal(403, "403")

    return head


def account(answer, owner=NUMBER, kind=Kind.AWS):
    asks = TableClient(GetPublicAccessBlock=answer)
    ways = Ways(
        owner=TableClient(HeadBucket=owned_by(owner)),
        stranger=TableClient(),
        in_clear=None,
        account=Account(number=NUMBER, client=asks),
    )
    return account_block(ways, kind), asks


def said(block):
    return block.setting.standing, block.setting.rule, block.setting.items


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (blocks(*BLOCKS), (SAFE, "all-on", 0)),
        (blocks(IGNORE), (UNSAFE, "some-off", 3)),
        (blocks(), (UNSAFE, "some-off", 4)),
        (Refusal(404, "NoSuchPublicAccessBlockConfiguration"), (NOT_SET, "not-set", 0)),
        (Refusal(403, "AccessDenied"), (DENIED, "permission-missing", 0)),
        (Refusal(501, "NotImplemented"), (UNSUPPORTED, "not-implemented", 0)),
        (Refusal(0, "timeout"), (FAILED, "no-answer", 0)),
        ({}, (FAILED, "empty-answer", 0)),
    ],
)
def test_what_the_account_forbids(answer, expected):
    found, _ = account(answer)
    assert found.setting.setting == "account-public-access-block"
    assert said(found) == expected


def test_the_missing_permission_is_named():
    found, _ = account(Refusal(403, "AccessDenied"))
    assert found.setting.permission == "s3.getaccountpublicaccessblock"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.AWS])
def test_other_stores_have_none_and_are_not_asked(kind):
    found, asks = account(blocks(), kind=kind)
    assert said(found) == (UNSUPPORTED, "store-has-none", 0)
    assert asks.asked == []


def test_a_bucket_of_another_account_is_told_nothing_by_ours():
    found, asks = account(blocks(*BLOCKS), owner="444455556666")
    assert said(found) == (FAILED, "owner-not-proven", 0)
    assert found.on == frozenset()
    assert asks.asked == []


@pytest.mark.parametrize("whole", [None, Account(number=NUMBER, client=TableClient())])
def test_without_credentials_nothing_is_known_of_it(whole):
    ways = Ways(owner=None, stranger=TableClient(), in_clear=None, account=whole)
    assert said(account_block(ways, Kind.AWS)) == (DENIED, "no-credentials", 0)


def test_who_may_not_even_knock_is_told_which_permission_is_missing():
    asks = Account(number=NUMBER, client=TableClient(GetPublicAccessBlock=blocks(*BLOCKS)))
    owner = TableClient(HeadBucket=Refusal(403, "403"))
    ways = Ways(owner=owner, stranger=TableClient(), in_clear=None, account=asks)
    found = account_block(ways, Kind.AWS)
    assert (found.setting.standing, found.setting.permission) == (DENIED, "s3.listbucket")
    assert found.on == frozenset()


def own(answer):
    return access_block(TableClient(GetPublicAccessBlock=answer))


NONE = Refusal(404, "NoSuchPublicAccessBlockConfiguration")


@pytest.mark.parametrize(
    ("bucket", "whole", "expected"),
    [
        (NONE, blocks(*BLOCKS), (SAFE, "held-by-account", 0)),
        (Refusal(403, "AccessDenied"), blocks(*BLOCKS), (SAFE, "held-by-account", 0)),
        (blocks(IGNORE), blocks(*BLOCKS), (SAFE, "held-by-account", 0)),
        (blocks(*BLOCKS), NONE, (SAFE, "all-on", 0)),
        (blocks(*BLOCKS), Refusal(403, "AccessDenied"), (SAFE, "all-on", 0)),
        (blocks(IGNORE), blocks(RESTRICT), (UNSAFE, "some-off", 2)),
        (NONE, blocks(RESTRICT), (UNSAFE, "some-off", 3)),
        (Refusal(403, "AccessDenied"), blocks(RESTRICT), (DENIED, "permission-missing", 0)),
        (NONE, NONE, (NOT_SET, "not-set", 0)),
        (NONE, Refusal(403, "AccessDenied"), (NOT_SET, "not-set", 0)),
        (NONE, blocks(), (NOT_SET, "not-set", 0)),
    ],
)
def test_what_either_forbids_is_forbidden(bucket, whole, expected):
    found = together(own(bucket), account(whole)[0])
    assert found.setting.setting == "public-access-block"
    assert said(found) == expected


def test_an_account_that_ignores_acls_ignores_those_of_the_bucket():
    told = TableClient(GetBucketAcl=grants(ME, ALL))
    block = together(own(NONE), account(blocks(IGNORE))[0])
    (found,) = by_acl(told, Kind.AWS, block, frozenset())
    assert (found.standing, found.rule) == (SAFE, "public-acls-ignored")
    (bare,) = by_acl(told, Kind.AWS, Block(setting=own(NONE).setting), frozenset())
    assert bare.standing is UNSAFE


@pytest.mark.parametrize(
    ("endpoint", "is_asked"),
    [
        (None, True),
        ("https://s3.eu-central-1.amazonaws.com", True),
        ("https://minio.acme.example:9000", False),
    ],
)
def test_only_aws_has_accounts(endpoint, is_asked):
    bucket = Bucket(name=Name("data"), bucket="data", endpoint=endpoint)
    ways = _ways(bucket, Credentials(key_id=KEY, secret="example"), FakeSystem())
    assert (ways.account is not None) is is_asked
    assert _ways(bucket, None, FakeSystem()).account is None
