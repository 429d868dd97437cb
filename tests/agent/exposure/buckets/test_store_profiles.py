"""Five stores, asked the same: "not set", "cannot" and "may not" are never taken for another.

What a store answers lies in `tests/fixtures/s3-*`, with how it was come by; it goes through boto3.
"""

from __future__ import annotations

import pytest
from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets.kinds import Kind, recognise
from guardian_agent.exposure.buckets.look import look
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Name

from tests.agent.exposure.buckets.recorded import profile, ways
from tests.agent.fakes import FakeClock

SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
UNSUPPORTED, DENIED = Standing.UNSUPPORTED, Standing.DENIED

HOSTS = {
    "aws": None,
    "minio": "minio.acme.example",
    "seaweedfs": "store.acme.example",
    "ceph": "rgw.acme.example",
    "backblaze": "s3.eu-central-003.backblazeb2.com",
}
COMMON = {
    "default-encryption": NOT_SET,
    "newest-objects-encrypted": UNSAFE,
    "client-side-encrypted": NOT_SET,
    "versioning": NOT_SET,
    "object-lock": NOT_SET,
    "newest-objects-locked": NOT_SET,
    "account-public-access-block": UNSUPPORTED,
    "access-logging": NOT_SET,
    "public-access-block": NOT_SET,
    "public-by-acl": SAFE,
    "public-by-policy": SAFE,
    "cross-account": SAFE,
    "tls-only": NOT_SET,
    "anonymous-list": SAFE,
    "anonymous-read": SAFE,
    "plain-http": SAFE,
}
DIFFERENT = {
    "aws": {"newest-objects-encrypted": SAFE, "account-public-access-block": NOT_SET},
    "minio": {
        "public-access-block": UNSUPPORTED,
        "public-by-acl": UNSUPPORTED,
        "access-logging": UNSUPPORTED,
    },
    "seaweedfs": {"public-access-block": UNSUPPORTED, "access-logging": UNSUPPORTED},
    "ceph": {"access-logging": UNSUPPORTED},
    "backblaze": {
        "public-access-block": UNSUPPORTED,
        "access-logging": UNSUPPORTED,
        "public-by-policy": UNSUPPORTED,
        "cross-account": UNSUPPORTED,
        "tls-only": UNSUPPORTED,
        "versioning": SAFE,
    },
}
PERMISSIONS = {
    "default-encryption": "s3.getencryptionconfiguration",
    "newest-objects-encrypted": "s3.listbucket",
    "client-side-encrypted": "s3.listbucket",
    "versioning": "s3.getbucketversioning",
    "object-lock": "s3.getbucketobjectlockconfiguration",
    "newest-objects-locked": "s3.listbucket",
    "access-logging": "s3.getbucketlogging",
    "public-access-block": "s3.getbucketpublicaccessblock",
    "public-by-acl": "s3.getbucketacl",
    "public-by-policy": "s3.getbucketpolicy",
    "cross-account": "s3.getbucketpolicy",
    "tls-only": "s3.getbucketpolicy",
}

OF_AWS = {"account-public-access-block": "s3.listbucket"}


def settings(store, asks_as):
    bucket = Bucket(name=Name("data"), bucket="data")
    reached = ways(store, asks_as, None if store == "aws" else "https://store.example")
    (posture,) = look(bucket, reached, frozenset(), HOSTS[store], FakeClock())
    return {each.setting: each for each in posture.settings}


@pytest.mark.parametrize("store", HOSTS)
def test_what_is_not_set_is_told_from_what_a_store_cannot(store):
    found = {name: each.standing for name, each in settings(store, "bare").items()}
    assert found == COMMON | DIFFERENT[store]


@pytest.mark.parametrize("store", HOSTS)
def test_every_permission_that_is_missing_is_named(store):
    found = settings(store, "denied")
    denied = {name: each.permission for name, each in found.items() if each.standing is DENIED}
    assert denied == PERMISSIONS | (OF_AWS if store == "aws" else {})


@pytest.mark.parametrize("store", HOSTS)
def test_without_permission_nothing_is_safe_or_unsafe_but_what_strangers_find(store):
    found = settings(store, "denied")
    told = {name for name, each in found.items() if each.standing in (SAFE, UNSAFE, NOT_SET)}
    assert told <= {"anonymous-list", "anonymous-read", "plain-http"}


@pytest.mark.parametrize("store", HOSTS)
def test_the_store_is_recognised(store):
    (headers,) = [profile(store)["stranger"]["HEAD /"]["headers"]]
    assert recognise(HOSTS[store], headers) is Kind(store)


@pytest.mark.parametrize(
    ("host", "headers", "kind"),
    [
        ("s3.eu-west-1.amazonaws.com", {}, Kind.AWS),
        ("s3.amazonaws.com.attacker.example", {}, Kind.UNKNOWN),
        ("notamazonaws.com", {}, Kind.UNKNOWN),
        ("s3.wasabisys.com", {"server": "WasabiS3/7"}, Kind.WASABI),
        ("store", {"server": "WasabiS3/7.12.1"}, Kind.WASABI),
        ("store", {"server": "nginx", "x-minio-error-code": "x"}, Kind.MINIO),
        ("store", {"server": "nginx", "x-rgw-object-count": "3"}, Kind.CEPH),
        ("store", {"x-amz-request-id": "tx0000012-0061-1a-default"}, Kind.CEPH),
        ("store", {"x-amz-request-id": "tx0"}, Kind.UNKNOWN),
        ("store", {"server": "rclone/v1.75.2"}, Kind.RCLONE),
        ("store", {"server": "nginx"}, Kind.UNKNOWN),
        ("store", {}, Kind.UNKNOWN),
    ],
)
def test_other_stores_are_recognised(host, headers, kind):
    assert recognise(host, headers) is kind
