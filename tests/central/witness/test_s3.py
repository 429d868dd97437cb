from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from guardian.domain.storage import (
    Lack,
    Layout,
    LockMode,
    NoLook,
    Question,
    StorageLook,
    Versioning,
)
from guardian.errors import ConfigError
from guardian.witness.s3 import WITNESS, Settings
from guardian.witness.s3.pages import MAX_SIZE
from guardian.witness.s3.port import Refusal
from guardian.witness.s3.stores import recognise_store
from tests.central.ingest.speaker import NOON
from tests.central.witness.fake_s3 import FakeS3
from tests.contracts.witness import RESTIC, WitnessContract, ask, hashed, looked

LATER = NOON + timedelta(days=30)
DENIED = Refusal(403, "AccessDenied")


class TestWithVersions(WitnessContract):
    @pytest.fixture
    def storage(self):
        return FakeS3()


class TestWithoutVersions(WitnessContract):
    @pytest.fixture
    def storage(self):
        return FakeS3(versioned=False)


class TestWithoutThePermissionToListVersions(WitnessContract):
    @pytest.fixture
    def storage(self):
        return FakeS3(says={"ListObjectVersions": DENIED})


class TestPageByPage(WitnessContract):
    @pytest.fixture
    def storage(self):
        return FakeS3(page=1)


@pytest.fixture
def store():
    made = FakeS3()
    for name in RESTIC:
        made.put(name)
    return made


def lacks(found: StorageLook) -> set[tuple[str, str, str | None]]:
    return {(str(each.question), str(each.reason), each.permission) for each in found.lacks}


def test_a_healthy_store_leaves_nothing_open(store):
    found = looked(store)
    assert found.lacks == ()
    assert (found.store, found.clock_skew_seconds) == ("seaweedfs", 0.0)
    assert found.rules.versioning is Versioning.ENABLED
    assert {each.mode for each in found.locks} == {LockMode.NONE}
    assert [each.what for each in found.locks] == ["point", "data", "data", "key", "key"]


def test_a_prefix_is_a_folder_of_its_own():
    store = FakeS3()
    store.put("acme/a.sql")
    store.put("acme2/b.sql")
    found = looked(store, witness=store.witness("acme/"))
    assert [point.id for point in found.points] == [hashed("a.sql")]


def test_versions_of_one_object_on_several_pages_belong_together():
    store = FakeS3(page=2)
    for data in (b"1", b"2", b"3", b"4", b"5"):
        store.put("snapshots/a", data)
    store.put("snapshots/b")
    found = looked(store, witness=store.witness(layout=Layout.RESTIC))
    assert found.total == 2
    assert {point.id: point.overwritten for point in found.points} == {
        hashed("snapshots/a"): True,
        hashed("snapshots/b"): False,
    }


def test_kopia_is_told_however_many_logs_stand_before_its_name():
    store = FakeS3(page=2)
    for name in ("_log_1", "_log_2", "_log_3", "kopia.repository", "p0a1", "q0b2"):
        store.put(name)
    found = looked(store)
    assert (found.layout, found.total, found.missing) == (Layout.KOPIA, None, ())
    store.says["ListObjectVersions"] = DENIED
    assert looked(store).layout is Layout.KOPIA


def test_deleting_shows_as_a_marker_with_its_time(store):
    store.clock.time += timedelta(hours=1)
    store.remove("snapshots/s1")
    (deleted,) = looked(store).deleted
    assert (deleted.stored_at, deleted.deleted_at) == (NOON, NOON + timedelta(hours=1))


RULE = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {}}}


def retention(mode: object = "COMPLIANCE", until: object = LATER) -> dict[str, object]:
    return {"Retention": {"Mode": mode, "RetainUntilDate": until}}


def locked(store: FakeS3, **says: object) -> StorageLook:
    store.says |= {"GetObjectLockConfiguration": {"ObjectLockConfiguration": RULE}, **says}
    return looked(store)


def only_there(answer: object) -> object:
    def answered(**asked: object) -> object:
        return Refusal(404, "NoSuchKey") if "is-not-there" in str(asked["Key"]) else answer

    return answered


@pytest.mark.parametrize(
    ("answer", "mode", "until"),
    [
        (retention(), LockMode.COMPLIANCE, LATER),
        (retention("GOVERNANCE"), LockMode.GOVERNANCE, LATER),
        (
            retention(until=LATER.astimezone(timezone(timedelta(hours=5)))),
            LockMode.COMPLIANCE,
            LATER,
        ),
        (Refusal(404, "NoSuchObjectLockConfiguration"), LockMode.NONE, None),
        (retention("LEGAL"), LockMode.UNKNOWN, None),
        (retention(until="soon"), LockMode.UNKNOWN, None),
        (retention(until=datetime(2027, 1, 1)), LockMode.UNKNOWN, None),
        ({"Retention": {}}, LockMode.UNKNOWN, None),
        ({}, LockMode.UNKNOWN, None),
        (DENIED, LockMode.UNKNOWN, None),
    ],
)
def test_how_an_object_is_locked(store, answer, mode, until):
    found = locked(store, GetObjectRetention=only_there(answer))
    assert {(each.mode, each.retain_until) for each in found.locks} == {(mode, until)}
    assert (found.lack(Question.RETENTION) is not None) is (mode is LockMode.UNKNOWN)


def test_a_date_beyond_the_calendar_is_its_end(store):
    beyond = datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))
    found = locked(store, GetObjectRetention=only_there(retention(until=beyond)))
    assert found.locks[0].retain_until.year == 9999


@pytest.mark.parametrize(
    ("kept", "mode", "days"),
    [
        ({"Mode": "COMPLIANCE", "Days": 30}, LockMode.COMPLIANCE, 30),
        ({"Mode": "GOVERNANCE", "Years": 1}, LockMode.GOVERNANCE, 365),
        ({}, LockMode.NONE, 0),
        ({"Mode": "COMPLIANCE", "Days": -1}, LockMode.COMPLIANCE, 0),
    ],
)
def test_the_rule_for_new_objects(store, kept, mode, days):
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": kept}}
    store.says["GetObjectLockConfiguration"] = {"ObjectLockConfiguration": rule}
    rules = looked(store).rules
    assert (rules.lock, rules.lock_days) == (mode, days)


def rule(status: str = "Enabled", **more: object) -> dict[str, object]:
    return {"Status": status, "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}, **more}


@pytest.mark.parametrize(
    ("rules", "days", "older"),
    [
        ([rule()], 3, None),
        ([rule(), rule(Expiration={"Days": 2})], 2, None),
        ([rule("Disabled")], None, None),
        ([rule(Filter={"Prefix": "acme/snapshots/"})], 3, None),
        ([rule(Filter={"And": {"Prefix": "ac", "Tags": []}})], 3, None),
        ([rule(Filter={}, Prefix="other/")], None, None),
        ([rule(Filter={"Prefix": "other/"})], None, None),
        ([rule(Expiration={"ExpiredObjectDeleteMarker": True})], None, None),
        ([rule(Expiration={"Date": NOON + timedelta(days=9)})], 9, None),
        ([rule(Expiration={"Date": NOON - timedelta(days=9)})], 0, None),
        ([rule(Expiration={"Date": "soon"})], None, None),
        ([rule(NoncurrentVersionExpiration={"NoncurrentDays": 5})], 3, 5),
        (["rule"], None, None),
        ({"Rules": 3}, None, None),
    ],
)
def test_rules_that_delete(rules, days, older):
    store = FakeS3(says={"GetBucketLifecycleConfiguration": {"Rules": rules}})
    store.put("acme/a.sql")
    found = looked(store, witness=store.witness("acme/")).rules
    assert (found.expires_after_days, found.old_versions_expire_after_days) == (days, older)


@pytest.mark.parametrize(
    ("rules", "replication"),
    [([{"Status": "Enabled"}], "enabled"), ([{"Status": "Disabled"}], "disabled"), ([], None)],
)
def test_replication(store, rules, replication):
    told = {"ReplicationConfiguration": {"Rules": rules, "Role": "r"}}
    store.says["GetBucketReplication"] = told
    assert looked(store).rules.replication == replication


@pytest.mark.parametrize(
    ("told", "versioning"),
    [
        ({"Status": "Enabled"}, Versioning.ENABLED),
        ({"Status": "Suspended"}, Versioning.SUSPENDED),
        ({}, Versioning.OFF),
        ({"Status": "Sometimes"}, Versioning.UNKNOWN),
    ],
)
def test_versioning(store, told, versioning):
    store.says["GetBucketVersioning"] = told
    assert looked(store).rules.versioning is versioning


@pytest.mark.parametrize(
    ("operation", "question", "permission"),
    [
        ("ListObjectVersions", "versions", "s3:ListBucketVersions"),
        ("GetBucketVersioning", "versioning", "s3:GetBucketVersioning"),
        ("GetObjectLockConfiguration", "lock-rule", "s3:GetBucketObjectLockConfiguration"),
        ("GetBucketLifecycleConfiguration", "lifecycle", "s3:GetLifecycleConfiguration"),
        ("GetBucketReplication", "replication", "s3:GetReplicationConfiguration"),
    ],
)
def test_a_missing_permission_is_called_by_its_name(store, operation, question, permission):
    store.says[operation] = DENIED
    assert lacks(looked(store)) == {(question, "permission-missing", permission)}


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (Refusal(501, "NotImplemented"), "not-implemented"),
        (Refusal(405, "MethodNotAllowed"), "not-implemented"),
        (Refusal(400, "NotImplemented"), "not-implemented"),
        (Refusal(403, "RequestTimeTooSkewed"), "clock-differs"),
        (Refusal(403, "InvalidAccessKeyId"), "credentials-refused"),
        (Refusal(403, "SignatureDoesNotMatch"), "credentials-refused"),
        (Refusal(401, ""), "permission-missing"),
        (Refusal(0, "time-spent"), "time-spent"),
        (Refusal(0, "SSLError"), "no-answer"),
        (Refusal(301, "PermanentRedirect"), "bucket-elsewhere"),
        (Refusal(404, "NoSuchBucket"), "no-such-bucket"),
        (Refusal(404, "404"), "not-found"),
        (Refusal(503, "SlowDown"), "server-error"),
        (Refusal(400, "BadRequest"), "unknown-answer"),
    ],
)
def test_what_a_refusal_means(store, refusal, reason):
    store.says["GetBucketVersioning"] = refusal
    found = looked(store)
    assert found.rules.versioning is Versioning.UNKNOWN
    assert found.lack(Question.VERSIONING).reason == reason
    store.says = dict.fromkeys(("ListObjectVersions", "ListObjectsV2"), refusal)
    nothing = ask(store)
    assert isinstance(nothing, NoLook)
    assert nothing.reason == reason


LIES = {
    "answers another question": (
        {"roots": {"GetBucketVersioning": "ListBucketResult"}},
        ("versioning", "another-answer"),
    ),
    "says nothing of its lock": (
        {"says": {"GetObjectLockConfiguration": {}}},
        ("lock-rule", "empty-answer"),
    ),
    "says nothing of replication": (
        {"says": {"GetBucketReplication": {}}},
        ("replication", "empty-answer"),
    ),
    "keeps versions without ids": (
        {"versioned": False, "says": {"GetBucketVersioning": {"Status": "Enabled"}}},
        ("versioning", "no-version-ids"),
    ),
    "locks what is not there": (
        {"says": {"GetObjectRetention": retention()}},
        ("absence", "invents-answers"),
    ),
    "tells no time": ({"date": False}, ("clock", "no-date")),
    "has another time": ({"skew": timedelta(hours=1)}, ("clock", "clock-differs")),
    "has a much earlier time": ({"skew": timedelta(hours=-1)}, ("clock", "clock-differs")),
    "shows the uploader's times": (
        {"server": "rclone/v1.75.2"},
        ("times", "uploader-sets-times"),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_store_that_lies_is_not_believed(lie):
    fields, (question, reason) = LIES[lie]
    store = FakeS3(**fields)
    for name in RESTIC:
        store.put(name)
    assert (question, reason, None) in lacks(looked(store))


def test_a_listing_that_ignores_its_prefix(store):
    entry = {"Key": "other", "LastModified": NOON, "Size": 1}

    def listed(**asked: object) -> object:
        return {"Contents": [entry], "IsTruncated": False}

    store.says |= {"ListObjectVersions": DENIED, "ListObjectsV2": listed}
    found = looked(store, witness=store.witness("acme/"))
    assert ("absence", "ignores-prefix", None) in lacks(found)
    assert found.total == 0


GOOD = {"Key": "a.sql", "LastModified": NOON, "Size": 1, "IsLatest": True}


@pytest.mark.parametrize(
    "entry",
    [
        {"LastModified": NOON, "Size": 1},
        {"Key": "b", "LastModified": "yesterday", "Size": 1},
        {"Key": "b", "LastModified": datetime(2026, 1, 1), "Size": 1},
        {"Key": "b", "LastModified": NOON, "Size": "large"},
        {"Key": "b", "LastModified": NOON, "Size": -1},
        {"Key": "b", "LastModified": NOON, "Size": MAX_SIZE + 1},
        {
            "Key": "b",
            "Size": 1,
            "LastModified": datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
        },
    ],
)
def test_an_entry_that_cannot_be_read_leaves_the_listing_incomplete(entry):
    store = FakeS3(says={"ListObjectVersions": {"Versions": [GOOD, entry]}})
    found = looked(store)
    assert found.total == 1
    assert found.lack(Question.POINTS) == Lack(question=Question.POINTS, reason="unreadable")


@pytest.mark.parametrize(
    "page",
    [
        {"Versions": [GOOD], "IsTruncated": True},
        {"Versions": [GOOD], "IsTruncated": True, "NextKeyMarker": "a.sql"},
        {"Versions": [GOOD], "IsTruncated": True, "NextVersionIdMarker": "v1"},
    ],
)
def test_a_listing_that_does_not_end_is_cut_short(page):
    store = FakeS3(says={"ListObjectVersions": page})
    found = looked(store)
    assert found.lack(Question.POINTS).reason == "listing-cut-short"
    assert (found.data, found.missing) == (None, ())


def test_a_listing_that_goes_on_for_ever_is_cut_short(monkeypatch):
    monkeypatch.setattr("guardian.witness.s3.pages.MAX_PAGES", 3)
    markers = iter(range(100))

    def endless(**asked: object) -> object:
        return {"Versions": [GOOD], "IsTruncated": True, "NextKeyMarker": f"{next(markers)}"}

    store = FakeS3(says={"ListObjectVersions": endless})
    assert looked(store).lack(Question.POINTS).reason == "listing-cut-short"


def test_a_page_that_does_not_come_leaves_the_listing_incomplete():
    def listed(**asked: object) -> object:
        if "KeyMarker" in asked:
            return Refusal(503, "SlowDown")
        return {"Versions": [GOOD], "IsTruncated": True, "NextKeyMarker": "a.sql"}

    store = FakeS3(says={"ListObjectVersions": listed})
    found = looked(store)
    assert found.lack(Question.POINTS).reason == "server-error"


def test_restore_points_are_listed_before_what_may_be_too_much(store):
    asked: list[object] = []
    answer = store._list

    def listed(**more: object) -> object:
        asked.append(more["Prefix"])
        return answer("ListObjectVersions", **more)

    store.says["ListObjectVersions"] = listed
    looked(store)
    assert asked == ["", "snapshots/", "config", "keys/", "data/"]


@pytest.mark.parametrize(
    ("host", "server", "store"),
    [
        (None, "anything", "aws"),
        ("s3.eu-central-1.amazonaws.com", "", "aws"),
        ("s3.us-west-004.backblazeb2.com", "nginx", "backblaze"),
        ("minio.example", "MinIO", "minio"),
        ("s3.example", "SeaweedFS 4.48", "seaweedfs"),
        ("s3.example", "nginx", "unknown"),
    ],
)
def test_stores_are_told_by_host_and_header(host, server, store):
    assert recognise_store(host, {"server": server}) == store


def settings(**more: object) -> Settings:
    return Settings(bucket="acme", credentials_file="/nowhere", **more)


@pytest.mark.parametrize(
    "endpoint", ["https://s3.example", "https://s3.example:8333/", "http://127.0.0.1:9000"]
)
def test_endpoints_that_can_be_asked(endpoint):
    assert WITNESS.open(settings(endpoint=endpoint))


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("http://s3.example", "without TLS"),
        ("s3.example", "https://host"),
        ("https://s3.example/path", "https://host"),
        ("https://[::1", "not a URL"),
        ("https://host:99999", "not a URL"),
    ],
)
def test_endpoints_that_are_refused(endpoint, said):
    with pytest.raises(ConfigError, match=said):
        WITNESS.open(settings(endpoint=endpoint))


@pytest.mark.parametrize(
    "text", [None, "", "[default]\naws_access_key_id = a\n", "\xff\xfe", "no section"]
)
def test_a_credential_that_cannot_be_read_shows_nothing(tmp_path, text):
    path = tmp_path / "credential.ini"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    found = ask(FakeS3(), WITNESS.open(Settings(bucket="b", credentials_file=str(path))))
    assert isinstance(found, NoLook)
    assert found.reason == "credentials-unreadable"


def test_files_below_are_points_and_layouts_may_be_told(store):
    found = looked(store, witness=store.witness(layout=Layout.FILES))
    assert found.total == len(RESTIC)
