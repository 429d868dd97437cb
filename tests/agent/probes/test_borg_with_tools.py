from __future__ import annotations

import shutil

import pytest
from guardian_agent.probes.borg import PROBE
from guardian_agent.wire.observations import CopyEncryption, Encryption, Outcome, Reason

from tests.agent.probes.real import Asked, files_of, make_data
from tests.agent.probes.subjects import fact, refused
from tests.world.borg import Borg
from tests.world.dates import hours_ago
from tests.world.restic import damage

pytestmark = pytest.mark.tools


@pytest.fixture
def live(tmp_path):
    return make_data(tmp_path)


@pytest.fixture
def protect(tmp_path, live):
    def make(mode: str = "repokey") -> tuple[Borg, Asked]:
        borg = Borg(tmp_path / "repository", tmp_path / "home", mode).create()
        return borg, Asked(PROBE, tmp_path, dict(borg.settings), [live])

    return make


def test_a_healthy_repository(protect, live):
    borg, asked = protect()
    borg.backup(live, name="odd {{name}}").checked()
    assert asked.points().total == 1
    listed = asked.contents()
    expected = files_of(live)
    assert {path for path, (_, is_file) in listed.items() if is_file} == set(expected)
    assert listed[str(live / "hard")] == listed[str(live / "deep" / "two")] == (5000, True)
    assert asked.restored(*expected, live / "gone") == expected
    assert asked.restored_all() == expected
    assert asked.verify().outcome is Outcome.PASSED
    assert list(asked.scratch.iterdir()) == []


def test_restores_only_what_is_of_the_set(protect, live, tmp_path):
    borg, _ = protect()
    (tmp_path / "other").write_bytes(b"of another set")
    borg.backup(live, tmp_path / "other").checked()
    asked = Asked(PROBE, tmp_path, dict(borg.settings), [live / "deep", tmp_path / "gone"])
    two = str(live / "deep" / "two")
    assert asked.restored_all() == {two: files_of(live)[two]}


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("none", Encryption.PLAINTEXT),
        ("authenticated", Encryption.PLAINTEXT),
        ("authenticated-blake2", Encryption.PLAINTEXT),
        ("repokey", Encryption.ENCRYPTED),
        ("repokey-blake2", Encryption.ENCRYPTED),
    ],
)
def test_tells_whether_anybody_can_read_it(protect, live, mode, state):
    borg, asked = protect(mode)
    borg.backup(live).checked()
    found = fact(asked.facts(), CopyEncryption)
    assert (found.state, found.rule) == (state, f"borg-mode-{mode}")


def test_an_empty_repository_has_no_points(protect):
    _, asked = protect()
    assert asked.points().total == 0
    assert asked.newest() is None


def test_times_are_utc_whatever_the_zone_of_the_backup(protect, live):
    borg, asked = protect()
    borg("create", f"{borg.repository}::tokyo", str(live), zone="Asia/Tokyo").checked()
    borg("create", f"{borg.repository}::utc", str(live)).checked()
    newest, oldest = asked.points().points
    assert 0 <= (newest.started_at - oldest.started_at).total_seconds() < 600


def test_a_future_archive_is_stated_and_never_the_newest(protect, live):
    borg, asked = protect()
    borg.backup(live, name="now").checked()
    words = ("create", "--timestamp", "2036-01-01T00:00:00")
    borg(*words, f"{borg.repository}::later", str(live)).checked()
    assert asked.points().points[0].started_at.year == 2036
    newest = asked.newest()
    assert newest is not None
    assert newest.native_id.endswith(" now")


def test_a_wrong_passphrase(protect):
    borg, asked = protect()
    borg.passphrase_file.write_text("another\n")
    with refused(Reason.WRONG_PASSWORD):
        asked.gather()


def test_no_repository(protect):
    borg, asked = protect()
    shutil.rmtree(borg.repository)
    with refused(Reason.NO_REPOSITORY):
        asked.gather()


def test_a_lock_lets_us_read_and_keeps_us_from_checking(protect, live):
    borg, asked = protect()
    borg.backup(live).checked()
    (borg.repository / "lock.exclusive").mkdir()
    (borg.repository / "lock.exclusive" / "host@1.1-0").touch()
    assert asked.points().total == 1
    assert asked.restored(live / "ümlaut") != {}
    with refused(Reason.LOCKED):
        asked.verify()


def test_a_damaged_segment(protect, live):
    borg, asked = protect()
    borg.backup(live).checked()
    damage(borg.segments()[0], 0.3)
    found = asked.verify()
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)
    with refused(Reason.DAMAGED):
        asked.restored(*files_of(live))


def test_more_than_the_limit(protect, live):
    borg, asked = protect()
    borg.backup(live).checked()
    with refused(Reason.QUOTA_EXCEEDED):
        asked.restored(live / "deep" / "two", limit=4999)


def test_how_the_newest_archive_was_made(protect, live):
    borg, asked = protect()
    borg.backup(live, date=hours_ago(24)).checked()
    first = PROBE.told(asked.subject, asked.gather())
    assert (first.paths, first.excludes, bool(first.host)) == ((str(live),), (), True)
    words = ("create", "--exclude", "*.tmp", "--exclude-caches", f"{borg.repository}::two")
    borg(*words, str(live), str(live / "deep")).checked()
    newest = PROBE.told(asked.subject, asked.gather())
    assert newest.paths == (str(live), str(live / "deep"))
    assert newest.excludes == ("--exclude *.tmp", "--exclude-caches")
