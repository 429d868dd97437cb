"""What a store's answers say of a bucket."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.buckets.access import Block, access_block, by_acl, by_policy
from guardian_agent.exposure.buckets.kinds import Kind
from guardian_agent.exposure.buckets.port import Refusal, Reply
from guardian_agent.exposure.buckets.protection import (
    access_logging,
    default_encryption,
    object_lock,
    versioning,
)
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug

from tests.agent.exposure.buckets.policies import allow, deny, policy
from tests.agent.exposure.buckets.table import TableClient

SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
UNSUPPORTED, FAILED = Standing.UNSUPPORTED, Standing.FAILED
GROUPS = "http://acs.amazonaws.com/groups/"
NO_BLOCK = Block(
    setting=Setting(setting=Slug("public-access-block"), standing=NOT_SET, rule=Slug("not-set"))
)
IGNORING = Block(setting=NO_BLOCK.setting, on=frozenset({"IgnorePublicAcls"}))
RESTRICTING = Block(setting=NO_BLOCK.setting, on=frozenset({"RestrictPublicBuckets"}))


def rules(*algorithms):
    listed = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": each}} for each in algorithms]
    return {"ServerSideEncryptionConfiguration": {"Rules": listed}}


@pytest.mark.parametrize(
    ("answer", "standing", "rule"),
    [
        (rules("AES256"), SAFE, "aes256"),
        (rules("aws:kms"), SAFE, "aws-kms"),
        (rules("aws:kms:dsse"), SAFE, "aws-kms-dsse"),
        (rules("AES256", "rot13"), FAILED, "algorithm-unknown"),
        (rules("rot13"), FAILED, "algorithm-unknown"),
        (rules(None), FAILED, "algorithm-unknown"),
        (rules(), FAILED, "empty-answer"),
        ({}, FAILED, "empty-answer"),
    ],
)
def test_default_encryption(answer, standing, rule):
    found = default_encryption(TableClient(GetBucketEncryption=answer))
    assert (found.standing, found.rule) == (standing, rule)


@pytest.mark.parametrize(
    ("answer", "kind", "standing"),
    [
        ({"Status": "Enabled"}, Kind.AWS, SAFE),
        ({"Status": "Suspended"}, Kind.AWS, UNSAFE),
        ({}, Kind.AWS, NOT_SET),
        ({}, Kind.RCLONE, FAILED),
        ({"Status": "Perhaps"}, Kind.AWS, FAILED),
    ],
)
def test_versioning(answer, kind, standing):
    assert versioning(TableClient(GetBucketVersioning=answer), kind).standing is standing


def lock(mode=None, enabled="Enabled", **period):
    told = {"ObjectLockEnabled": enabled}
    if mode is not None:
        told["Rule"] = {"DefaultRetention": {"Mode": mode, **period}}
    return {"ObjectLockConfiguration": told}


@pytest.mark.parametrize(
    ("answer", "standing", "rule", "days"),
    [
        (lock("COMPLIANCE", Days=30), SAFE, "compliance", 30),
        (lock("COMPLIANCE", Years=2), SAFE, "compliance", 730),
        (lock("GOVERNANCE", Days=30), UNSAFE, "governance", 30),
        (lock(), UNSAFE, "lock-without-rule", 0),
        (lock("COMPLIANCE"), FAILED, "unknown-answer", 0),
        (lock("COMPLIANCE", Days=0), FAILED, "unknown-answer", 0),
        (lock("FRIENDLY", Days=3), FAILED, "unknown-answer", 0),
        (lock("COMPLIANCE", enabled="Soon", Days=3), FAILED, "empty-answer", 0),
        ({}, FAILED, "empty-answer", 0),
    ],
)
def test_object_lock(answer, standing, rule, days):
    found = object_lock(TableClient(GetObjectLockConfiguration=answer))
    assert (found.standing, found.rule, found.items) == (standing, rule, days)


@pytest.mark.parametrize(
    ("answer", "kind", "standing"),
    [
        ({"LoggingEnabled": {"TargetBucket": "logs"}}, Kind.AWS, SAFE),
        ({"LoggingEnabled": {}}, Kind.AWS, NOT_SET),
        ({}, Kind.AWS, NOT_SET),
        ({}, Kind.MINIO, UNSUPPORTED),
        ({}, Kind.SEAWEEDFS, UNSUPPORTED),
    ],
)
def test_access_logging(answer, kind, standing):
    assert access_logging(TableClient(GetBucketLogging=answer), kind).standing is standing


def blocks(*off):
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {"PublicAccessBlockConfiguration": {each: each not in off for each in names}}


@pytest.mark.parametrize(
    ("answer", "standing", "off"),
    [
        (blocks(), SAFE, 0),
        (blocks("IgnorePublicAcls"), UNSAFE, 1),
        ({"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}, UNSAFE, 3),
        ({"PublicAccessBlockConfiguration": {}}, FAILED, 0),
        ({}, FAILED, 0),
    ],
)
def test_public_access_block(answer, standing, off):
    found = access_block(TableClient(GetPublicAccessBlock=answer)).setting
    assert (found.standing, found.items) == (standing, off)


def grants(*grantees, owner="me"):
    listed = [{"Grantee": each, "Permission": "READ"} for each in grantees]
    return {"Owner": {"ID": owner}, "Grants": listed}


ME, ALL = {"ID": "me"}, {"Type": "Group", "URI": GROUPS + "global/AllUsers"}
AUTHENTICATED = {"Type": "Group", "URI": GROUPS + "global/AuthenticatedUsers"}
LOGS = {"Type": "Group", "URI": GROUPS + "s3/LogDelivery"}


@pytest.mark.parametrize(
    ("answer", "kind", "block", "standing", "rule"),
    [
        (grants(ME), Kind.AWS, NO_BLOCK, SAFE, "acl-private"),
        (grants(ME, LOGS), Kind.AWS, NO_BLOCK, SAFE, "acl-private"),
        (grants(), Kind.AWS, NO_BLOCK, SAFE, "acl-private"),
        (grants(ME, ALL), Kind.AWS, NO_BLOCK, UNSAFE, "acl-all-users"),
        (grants(ME, AUTHENTICATED), Kind.AWS, NO_BLOCK, UNSAFE, "acl-authenticated-users"),
        (grants(ME, ALL), Kind.AWS, IGNORING, SAFE, "public-acls-ignored"),
        (grants(ME), Kind.MINIO, NO_BLOCK, UNSUPPORTED, "dummy-answer"),
        (grants(ME), Kind.UNKNOWN, NO_BLOCK, UNSUPPORTED, "store-unknown"),
        (grants(ME, ALL), Kind.MINIO, NO_BLOCK, UNSAFE, "acl-all-users"),
        (grants(ME, ALL), Kind.UNKNOWN, NO_BLOCK, UNSAFE, "acl-all-users"),
        ({}, Kind.AWS, NO_BLOCK, FAILED, "empty-answer"),
        ({"Grants": [{}]}, Kind.AWS, NO_BLOCK, SAFE, "acl-private"),
    ],
)
def test_acl(answer, kind, block, standing, rule):
    (found,) = by_acl(TableClient(GetBucketAcl=answer), kind, block, frozenset())
    assert (found.standing, found.rule) == (standing, rule)


def test_an_acl_tells_of_other_accounts():
    client = TableClient(GetBucketAcl=grants(ME, {"ID": "partner"}, {"ID": "stranger"}))
    _, found = by_acl(client, Kind.AWS, NO_BLOCK, frozenset({"partner"}))
    assert (found.setting, found.standing, found.items) == ("cross-account", UNSAFE, 1)


def policy_settings(answer, block=NO_BLOCK):
    found = by_policy(TableClient(GetBucketPolicy=answer), "data", block, frozenset())
    return {each.setting: (each.standing, each.rule) for each in found}


def test_without_a_policy_nobody_is_let_in_and_nothing_refused():
    assert policy_settings(Refusal(404, "NoSuchBucketPolicy")) == {
        "public-by-policy": (SAFE, "no-policy"),
        "cross-account": (SAFE, "no-policy"),
        "tls-only": (NOT_SET, "not-set"),
    }


def test_a_policy_that_lets_everybody_in():
    found = policy_settings({"Policy": policy(allow(), deny())})
    assert found["public-by-policy"] == (UNSAFE, "allows-anyone")
    assert found["tls-only"] == (SAFE, "plain-http-denied")


def test_a_block_that_restricts_public_policies():
    found = policy_settings({"Policy": policy(allow())}, RESTRICTING)
    assert found["public-by-policy"] == (SAFE, "public-policy-restricted")


@pytest.mark.parametrize("text", ["", "{}", "<ListBucketResult/>", '{"Statement": 1}'])
def test_a_policy_that_cannot_be_read_proves_nothing(text):
    found = policy_settings({"Policy": text})
    assert set(found.values()) == {(FAILED, "policy-unreadable")}


def test_an_answer_without_a_policy_proves_nothing():
    assert set(policy_settings(Reply(fields={})).values()) == {(FAILED, "policy-unreadable")}
