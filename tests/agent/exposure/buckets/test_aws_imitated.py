"""What only AWS has, asked of moto: an imitation, so these show that its answers are understood."""

from __future__ import annotations

import itertools
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets.client import BotoClient, Place
from guardian_agent.exposure.buckets.credentials import Credentials
from guardian_agent.exposure.buckets.look import look
from guardian_agent.exposure.buckets.port import Account, Ways
from guardian_agent.system.real import real_system
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Name

from tests.agent.exposure.buckets.policies import allow, policy

pytestmark = pytest.mark.tools

SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
KEYS = Credentials(key_id="AKIAEXAMPLE", secret="example")
ACCOUNT = "123456789012"
"""Moto's own."""
_numbers = itertools.count()


@pytest.fixture(scope="module")
def endpoint():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def admin(endpoint):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS.key_id,
        aws_secret_access_key=KEYS.secret,
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )


@pytest.fixture
def name(admin):
    made = f"data-{next(_numbers)}"
    admin.create_bucket(Bucket=made)
    return made


class Beside:
    """Reaches moto, whose host is no account's: `111122223333.127.0.0.1` is no address."""

    def __init__(self, session):
        self._session = session

    def send(self, request):
        request.url = request.url.replace(f"//{ACCOUNT}.", "//", 1)
        return self._session.send(request)


def whole_account(place):
    client = BotoClient(place, KEYS, account=ACCOUNT)
    client._transport._session = Beside(client._transport._session)
    return client


@pytest.fixture
def accounts(endpoint):
    made = boto3.client(
        "s3control",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS.key_id,
        aws_secret_access_key=KEYS.secret,
        config=Config(proxies={}, inject_host_prefix=False),
    )
    made.meta.events.register_first("before-sign.s3-control", _at_home)
    yield made
    made.delete_public_access_block(AccountId=ACCOUNT)


def _at_home(request, **_):
    request.url = request.url.replace(f"//{ACCOUNT}.", "//", 1)


def settings(endpoint, name):
    clock = real_system().clock
    place = Place(
        bucket=name,
        endpoint=endpoint,
        region=None,
        verify=True,
        clock=clock,
        deadline=clock.monotonic() + 60,
    )
    ways = Ways(
        owner=BotoClient(place, KEYS),
        stranger=BotoClient(place, None),
        in_clear=None,
        account=Account(number=ACCOUNT, client=whole_account(place)),
    )
    bucket = Bucket(name=Name("data"), bucket=name)
    (posture,) = look(bucket, ways, frozenset(), "s3.amazonaws.com", clock)
    # It lets everybody in, and has no secure transport.
    ours = [
        each for each in posture.settings if not each.setting.startswith(("anonymous", "plain"))
    ]
    return {each.setting: (each.standing, each.rule, each.items) for each in ours}


def block(admin, name, *on):
    told = {each: each in on for each in BLOCKS}
    admin.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=told)


def encrypt(admin, name, algorithm):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    told = {"Rules": [rule]}
    admin.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=told)


def log(admin, name):
    admin.create_bucket(Bucket=f"{name}-logs")
    group = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    grants = [
        {"Grantee": {"Type": "Group", "URI": group}, "Permission": each}
        for each in ("WRITE", "READ_ACP")
    ]
    owner = admin.get_bucket_acl(Bucket=name)["Owner"]
    told = {"Grants": grants, "Owner": owner}
    admin.put_bucket_acl(Bucket=f"{name}-logs", AccessControlPolicy=told)
    where = {"TargetBucket": f"{name}-logs", "TargetPrefix": ""}
    admin.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": where})


def publish(admin, name):
    text = policy(allow()).replace("arn:aws:s3:::data", f"arn:aws:s3:::{name}")
    admin.put_bucket_policy(Bucket=name, Policy=text)


def share(admin, name):
    admin.put_bucket_acl(Bucket=name, ACL="public-read")


PUBLISHED = {"tls-only": (UNSAFE, "no-tls-rule", 0), "cross-account": (SAFE, "no-account-named", 0)}
FLIPS = {
    "every block on": (
        [lambda *it: block(*it, *BLOCKS)],
        {"public-access-block": (SAFE, "all-on", 0)},
    ),
    "one block off": (
        [lambda *it: block(*it, *BLOCKS[1:])],
        {"public-access-block": (UNSAFE, "some-off", 1)},
    ),
    "a key of KMS": (
        [lambda *it: encrypt(*it, "aws:kms")],
        {"default-encryption": (SAFE, "aws-kms", 1)},
    ),
    "two layers": (
        [lambda *it: encrypt(*it, "aws:kms:dsse")],
        {"default-encryption": (SAFE, "aws-kms-dsse", 1)},
    ),
    "logging": ([log], {"access-logging": (SAFE, "enabled", 0)}),
    "an ACL for everybody": ([share], {"public-by-acl": (UNSAFE, "acl-all-users", 1)}),
    "an ACL for everybody, ignored": (
        [share, lambda *it: block(*it, "IgnorePublicAcls")],
        {
            "public-by-acl": (SAFE, "public-acls-ignored", 0),
            "public-access-block": (UNSAFE, "some-off", 3),
        },
    ),
    "an ACL for all of AWS": (
        [lambda admin, name: admin.put_bucket_acl(Bucket=name, ACL="authenticated-read")],
        {"public-by-acl": (UNSAFE, "acl-authenticated-users", 1)},
    ),
    "a policy for everybody": (
        [publish],
        PUBLISHED | {"public-by-policy": (UNSAFE, "allows-anyone", 1)},
    ),
    "a policy for everybody, restricted": (
        [publish, lambda *it: block(*it, "RestrictPublicBuckets")],
        PUBLISHED
        | {
            "public-by-policy": (SAFE, "public-policy-restricted", 0),
            "public-access-block": (UNSAFE, "some-off", 3),
        },
    ),
}


@pytest.mark.parametrize("flip", FLIPS)
def test_each_flip_is_found_and_none_invented(endpoint, admin, name, flip):
    before = settings(endpoint, name)
    changes, expected = FLIPS[flip]
    for change in changes:
        change(admin, name)
    after = settings(endpoint, name)
    assert {each: after[each] for each in after if after[each] != before.get(each)} == expected


def test_a_new_bucket_has_nothing_set(endpoint, name):
    found = settings(endpoint, name)
    assert {each: standing for each, (standing, _, _) in found.items()} == {
        "default-encryption": NOT_SET,
        "newest-objects-encrypted": Standing.FAILED,
        "client-side-encrypted": Standing.FAILED,
        "versioning": NOT_SET,
        "object-lock": NOT_SET,
        "newest-objects-locked": NOT_SET,
        "account-public-access-block": NOT_SET,
        "access-logging": NOT_SET,
        "public-access-block": NOT_SET,
        "public-by-acl": SAFE,
        "public-by-policy": SAFE,
        "cross-account": SAFE,
        "tls-only": NOT_SET,
    }


def test_objects_under_a_key_of_kms(endpoint, admin, name):
    admin.put_object(Bucket=name, Key="a", Body=b"x", ServerSideEncryption="aws:kms")
    assert settings(endpoint, name)["newest-objects-encrypted"][0] is SAFE


def test_what_the_account_forbids_is_forbidden_to_the_bucket(endpoint, admin, name, accounts):
    share(admin, name)
    before = settings(endpoint, name)
    told = dict.fromkeys(BLOCKS, True)
    accounts.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=told)
    after = settings(endpoint, name)
    assert {each: after[each] for each in after if after[each] != before[each]} == {
        "account-public-access-block": (SAFE, "all-on", 0),
        "public-access-block": (SAFE, "held-by-account", 0),
        "public-by-acl": (SAFE, "public-acls-ignored", 0),
    }


def locked(admin, name, mode, days):
    admin.create_bucket(Bucket=f"{name}-locked", ObjectLockEnabledForBucket=True)
    until = real_system().clock.now() + timedelta(days=days, hours=1)
    admin.put_object(
        Bucket=f"{name}-locked", Key="a", Body=b"x", ObjectLockMode=mode,
        ObjectLockRetainUntilDate=until,
    )  # fmt: skip
    return f"{name}-locked"


def test_an_imitation_that_answers_with_the_object_proves_nothing(endpoint, admin, name):
    found = settings(endpoint, locked(admin, name, "COMPLIANCE", 30))
    assert found["object-lock"] == (UNSAFE, "lock-without-rule", 0)
    assert found["newest-objects-locked"][0] is Standing.FAILED
