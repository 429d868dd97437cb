"""A real store: each flip is found and none invented, each permission missing is named."""

from __future__ import annotations

import gzip
import itertools
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets.client import BotoClient, Place
from guardian_agent.exposure.buckets.credentials import read_credentials
from guardian_agent.exposure.buckets.look import look
from guardian_agent.exposure.buckets.port import Ways
from guardian_agent.system.real import real_system
from guardian_agent.wire.facts.exposures import Exposure, Posture, Standing
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name

from tests.agent.exposure.buckets.policies import allow, deny, policy, refuse
from tests.agent.magic.made import age
from tests.world.seaweedfs import ADMIN, Store, seaweedfs

pytestmark = pytest.mark.tools

DEPLOY = Path(__file__).parents[4] / "deploy" / "s3"
POSTURE, SAMPLING = (
    json.loads((DEPLOY / f"{name}.json").read_text().replace("EXAMPLE-BUCKET", "*"))
    for name in ("posture", "sampling")
)
SAFE, UNSAFE, NOT_SET = Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET
OWN = "111122223333"
TEXT = b"invoice 4711: 12 boxes of paper, delivered on Monday.\n" * 2000


def without(permission):
    """Take one permission away from those that sampling needs."""
    asks, *others = SAMPLING["Statement"]
    left = [each for each in asks["Action"] if each != permission]
    kept = [each for each in others if each["Action"] != permission]
    return SAMPLING | {"Statement": [asks | {"Action": left}, *kept]}


NEEDED = [*SAMPLING["Statement"][0]["Action"], "s3:GetObject"]
RETENTION = "s3:GetObjectRetention"
# SeaweedFS tells whoever may list that there is no logging.
MISSED = {
    "s3:GetBucketAcl": {"public-by-acl"},
    "s3:GetBucketLogging": set(),
    "s3:GetBucketObjectLockConfiguration": {"object-lock"},
    "s3:GetBucketPolicy": {"public-by-policy", "cross-account", "tls-only"},
    "s3:GetBucketPublicAccessBlock": {"public-access-block"},
    "s3:GetBucketVersioning": {"versioning"},
    "s3:GetEncryptionConfiguration": {"default-encryption"},
    "s3:ListBucket": {"newest-objects-encrypted", "client-side-encrypted", "access-logging"},
    "s3:GetObject": {"newest-objects-encrypted", "client-side-encrypted"},
}
UNKNOWN_WITHOUT = {
    "s3:ListBucket": {"anonymous-read"},
    "s3:GetBucketObjectLockConfiguration": {"newest-objects-locked"},
}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def store():
    policies = {"POSTURE": POSTURE, "SAMPLING": SAMPLING}
    policies |= {f"WITHOUT{number}": without(each) for number, each in enumerate(NEEDED)}
    policies |= {"UNRETAINED": without(RETENTION)}
    with seaweedfs(policies) as started:
        yield started


class Looked:
    """A bucket of its own, and what is seen of it."""

    def __init__(self, store: Store, admin: Any) -> None:
        self.store = store
        self.name = f"data-{next(_numbers)}"
        self.admin = admin
        self.admin.create_bucket(Bucket=self.name)
        self.put("a", TEXT)

    def put(self, key: str, body: bytes = TEXT, **more: Any) -> None:
        self.admin.put_object(Bucket=self.name, Key=key, Body=body, **more)

    def policy(self, *statements: dict[str, Any]) -> None:
        text = policy(*statements).replace("arn:aws:s3:::data", f"arn:aws:s3:::{self.name}")
        self.admin.put_bucket_policy(Bucket=self.name, Policy=text)

    def look(self, key_id: str = ADMIN, **more: Any) -> list[Posture | Exposure]:
        system = real_system()
        place = Place(
            bucket=self.name,
            endpoint=self.store.endpoint,
            region=None,
            verify=str(self.store.certificate),
            clock=system.clock,
            deadline=system.clock.monotonic() + 60,
        )
        path = self.store.folder / f"{key_id}.ini"
        path.write_text(self.store.credentials(key_id))
        ways = Ways(
            owner=BotoClient(place, read_credentials(str(path), system.files)),
            stranger=BotoClient(place, None),
            in_clear=BotoClient(place, None, in_clear=True),
        )
        bucket = Bucket(name=Name("data"), bucket=self.name, **more)
        return list(look(bucket, ways, frozenset({OWN}), "127.0.0.1", system.clock))

    def settings(self, key_id: str = ADMIN, **more: Any) -> dict[str, tuple[Standing, str, int]]:
        told = self.look(key_id, **more)[0]
        assert isinstance(told, Posture)
        return {each.setting: (each.standing, each.rule, each.items) for each in told.settings}

    def changed(self, before: dict[str, Any], **more: Any) -> dict[str, tuple[Standing, str, int]]:
        after = self.settings(**more)
        assert set(after) == set(before)
        return {name: each for name, each in after.items() if each != before[name]}


@pytest.fixture(scope="module")
def admin(store):
    return store.admin()


@pytest.fixture
def bucket(store, admin):
    return Looked(store, admin)


def test_a_new_bucket(bucket):
    assert {name: (each[0].value, each[1]) for name, each in bucket.settings().items()} == {
        "default-encryption": ("not_set", "not-set"),
        "newest-objects-encrypted": ("unsafe", "object-not-encrypted"),
        "client-side-encrypted": ("not_set", "no-client-keys"),
        "versioning": ("not_set", "not-set"),
        "object-lock": ("not_set", "not-set"),
        "newest-objects-locked": ("not_set", "bucket-without-lock"),
        "account-public-access-block": ("unsupported", "store-has-none"),
        "access-logging": ("unsupported", "dummy-answer"),
        "public-access-block": ("unsupported", "not-implemented"),
        "public-by-acl": ("safe", "acl-private"),
        "public-by-policy": ("safe", "no-policy"),
        "cross-account": ("safe", "no-policy"),
        "tls-only": ("not_set", "not-set"),
        "anonymous-list": ("safe", "strangers-refused"),
        "anonymous-read": ("safe", "strangers-refused"),
        "plain-http": ("safe", "nobody-answers"),
    }


def _encrypt(it):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    it.admin.put_bucket_encryption(
        Bucket=it.name, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def _version(it, status="Enabled"):
    it.admin.put_bucket_versioning(Bucket=it.name, VersioningConfiguration={"Status": status})


def _lock(it, **rule):
    _version(it)
    told = {"ObjectLockEnabled": "Enabled"}
    if rule:
        told["Rule"] = {"DefaultRetention": rule}
    it.admin.put_object_lock_configuration(Bucket=it.name, ObjectLockConfiguration=told)


VERSIONED = {"versioning": (SAFE, "enabled", 0)}
NOT_LOCKED = {"newest-objects-locked": (UNSAFE, "object-not-locked", 0)}
OTHER_ACCOUNT = {"AWS": "arn:aws:iam::444455556666:root"}
OPEN_LIST = {"anonymous-list": (UNSAFE, "strangers-let-in", 0)}
OPEN_READ = {"anonymous-read": (UNSAFE, "strangers-let-in", 0)}
OPEN_POLICY = {"public-by-policy": (UNSAFE, "allows-anyone", 1)}
NO_TLS_RULE = {"tls-only": (UNSAFE, "no-tls-rule", 0)}
NAMES_NOBODY = {"cross-account": (SAFE, "no-account-named", 0)}
NO_STRANGER = {"public-by-policy": (SAFE, "allows-no-stranger", 0)}
NOT_EVEN_ITS_OWNER = {
    "newest-objects-encrypted": (Standing.DENIED, "permission-missing", 0),
    "client-side-encrypted": (Standing.DENIED, "permission-missing", 0),
}

FLIPS = {
    "default encryption": (_encrypt, {"default-encryption": (SAFE, "aes256", 1)}),
    "an object encrypted by the store": (
        lambda it: it.put("a", ServerSideEncryption="AES256"),
        {"newest-objects-encrypted": (SAFE, "objects-encrypted", 1)},
    ),
    "an object encrypted by the client": (
        lambda it: it.put("a", Metadata={"x-amz-key-v2": "k", "x-amz-iv": "i"}),
        {
            "newest-objects-encrypted": (SAFE, "objects-encrypted", 1),
            "client-side-encrypted": (SAFE, "client-keys", 1),
        },
    ),
    "a second object in clear": (
        lambda it: it.put("b"),
        {"newest-objects-encrypted": (UNSAFE, "object-not-encrypted", 2)},
    ),
    "versions kept": (_version, VERSIONED),
    "versions no longer kept": (
        lambda it: (_version(it), _version(it, "Suspended")),
        {"versioning": (UNSAFE, "suspended", 0)},
    ),
    "locked for good": (
        lambda it: _lock(it, Mode="COMPLIANCE", Days=1),
        VERSIONED | {"object-lock": (SAFE, "compliance", 1)} | NOT_LOCKED,
    ),
    "locked for most": (
        lambda it: _lock(it, Mode="GOVERNANCE", Days=1),
        VERSIONED | {"object-lock": (UNSAFE, "governance", 1)} | NOT_LOCKED,
    ),
    "locked without a rule": (
        _lock,
        VERSIONED | {"object-lock": (UNSAFE, "lock-without-rule", 0)} | NOT_LOCKED,
    ),
    "read by everybody": (
        lambda it: it.policy(allow()),
        OPEN_POLICY | OPEN_READ | NO_TLS_RULE | NAMES_NOBODY,
    ),
    "listed by everybody": (
        lambda it: it.policy(allow(Action="s3:ListBucket", Resource="arn:aws:s3:::data")),
        OPEN_POLICY | OPEN_LIST | NO_TLS_RULE | NAMES_NOBODY,
    ),
    "read by everybody, and denied again": (
        lambda it: it.policy(allow(), refuse(Action="s3:GetObject")),
        NO_STRANGER | NO_TLS_RULE | NAMES_NOBODY | NOT_EVEN_ITS_OWNER,
    ),
    "nothing in clear": (
        lambda it: it.policy(deny()),
        NO_STRANGER | NAMES_NOBODY | {"tls-only": (SAFE, "plain-http-denied", 0)},
    ),
    "writing not in clear": (
        lambda it: it.policy(deny(Action="s3:PutObject")),
        NO_STRANGER | NAMES_NOBODY | {"tls-only": (UNSAFE, "tls-rule-incomplete", 0)},
    ),
    "another account": (
        lambda it: it.policy(allow(Principal=OTHER_ACCOUNT)),
        NO_STRANGER | NO_TLS_RULE | {"cross-account": (UNSAFE, "other-accounts", 1)},
    ),
    "an ACL for everybody": (
        lambda it: it.admin.put_bucket_acl(Bucket=it.name, ACL="public-read"),
        OPEN_LIST | OPEN_READ | {"public-by-acl": (UNSAFE, "acl-all-users", 1)},
    ),
}


@pytest.mark.parametrize("flip", FLIPS)
def test_each_flip_is_found_and_none_invented(bucket, flip):
    before = bucket.settings()
    change, expected = FLIPS[flip]
    change(bucket)
    assert bucket.changed(before) == expected


@pytest.mark.parametrize("permission", NEEDED)
def test_each_permission_that_is_missing_is_named(bucket, permission):
    whole = bucket.settings("SAMPLING")
    assert Standing.DENIED not in {standing for standing, _, _ in whole.values()}
    (posture,) = bucket.look(f"WITHOUT{NEEDED.index(permission)}")
    found = {each.setting: each for each in posture.settings}
    denied = {name for name, each in found.items() if each.standing is Standing.DENIED}
    assert denied == MISSED[permission]
    named = permission.replace(":", ".").lower()
    assert {found[name].permission for name in denied - {"access-logging"}} <= {named}
    # Whoever may not list does not know what to knock for; who knows no lock, what objects lack.
    unknown = UNKNOWN_WITHOUT.get(permission, set())
    same = {name for name in found if name not in denied | unknown}
    assert {name: found[name].standing for name in same} == {name: whole[name][0] for name in same}


def _keep(it, mode, days=30, key="a"):
    until = real_system().clock.now() + timedelta(days=days, hours=1)
    it.put(key, ObjectLockMode=mode, ObjectLockRetainUntilDate=until)


KEPT = {
    "locked until a day": ([("COMPLIANCE", 30)], (SAFE, "compliance", 30)),
    "the first to be free": ([("COMPLIANCE", 30), ("COMPLIANCE", 3)], (SAFE, "compliance", 3)),
    "weaker": ([("COMPLIANCE", 30), ("GOVERNANCE", 20)], (UNSAFE, "governance", 20)),
}


@pytest.mark.parametrize("case", KEPT)
def test_until_when_the_newest_objects_stay(bucket, case):
    _lock(bucket)
    kept, expected = KEPT[case]
    for number, (mode, days) in enumerate(kept):
        _keep(bucket, mode, days, key="ab"[number])
    assert bucket.settings()["newest-objects-locked"] == expected
    # Nobody may ask of the objects, so nothing is known of them.
    (posture,) = bucket.look("UNRETAINED")
    found = {each.setting: each for each in posture.settings}["newest-objects-locked"]
    assert (found.standing, found.permission) == (Standing.DENIED, "s3.getobjectretention")


def test_the_posture_policy_reads_no_contents(bucket):
    posture, exposure = bucket.look("POSTURE", read_objects=True)
    denied = {each.setting for each in posture.settings if each.standing is Standing.DENIED}
    assert denied == {"newest-objects-encrypted", "client-side-encrypted"}
    assert (exposure.complete, exposure.reason) == (False, Reason.PERMISSION_DENIED)


def test_the_sampling_policy_reads_ranges(bucket):
    bucket.put("b", gzip.compress(TEXT), ServerSideEncryption="AES256")
    bucket.put("c", age())
    posture, exposure = bucket.look("SAMPLING", read_objects=True)
    assert Standing.DENIED not in {each.standing for each in posture.settings}
    assert exposure.complete
    # Whoever may read gets what the store encrypted by itself as it was.
    states = Counter(each.state for each in exposure.counts for _ in range(each.files))
    assert states == {Encryption.PLAINTEXT: 2, Encryption.ENCRYPTED: 1}


def test_an_identity_of_another_bucket_is_told_of_nothing(store, bucket):
    settings = bucket.settings("NOBODY")
    told = {name for name, each in settings.items() if each[1] == "credentials-refused"}
    assert len(told) == 12
    assert settings["anonymous-list"][0] is SAFE


def test_a_certificate_that_nobody_trusts_stops_everything(store, bucket):
    system = real_system()
    place = Place(
        bucket=bucket.name,
        endpoint=store.endpoint,
        region=None,
        verify=True,
        clock=system.clock,
        deadline=system.clock.monotonic() + 60,
    )
    stranger = BotoClient(place, None)
    (posture,) = look(
        Bucket(name=Name("data"), bucket=bucket.name),
        Ways(owner=None, stranger=stranger, in_clear=None),
        frozenset(),
        "127.0.0.1",
        system.clock,
    )
    found = {each.setting: each for each in posture.settings}
    assert found["anonymous-list"].standing is Standing.FAILED
