from __future__ import annotations

import random
import shutil
import subprocess
import time
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import Turn
from guardian_agent.probes.restic import PROBE
from guardian_agent.wire.observations import Outcome, Reason

from tests.agent.probes.real import Asked, files_of, make_data
from tests.agent.probes.subjects import refused
from tests.world.commands import run
from tests.world.restic import Restic, damage

pytestmark = pytest.mark.tools


@pytest.fixture
def live(tmp_path):
    return make_data(tmp_path)


@pytest.fixture
def restic(tmp_path):
    return Restic(tmp_path / "repository", tmp_path / "home").create()


@pytest.fixture
def asked(tmp_path, restic, live):
    return Asked(PROBE, tmp_path, dict(restic.settings), [live])


def test_a_healthy_repository(restic, live, asked):
    restic.backup(live).checked()
    stated = asked.points()
    assert stated.total == 1
    assert stated.tool_version is not None
    listed = asked.contents()
    expected = files_of(live)
    assert {path for path, (_, is_file) in listed.items() if is_file} == set(expected)
    assert listed[str(live / "hard")] == (5000, True)
    assert listed[str(live / "soft")][1] is False
    assert asked.restored(*expected, live / "gone") == expected
    assert asked.restored_all() == expected
    assert asked.verify().outcome is Outcome.PASSED
    assert list(asked.scratch.iterdir()) == []


def test_an_empty_repository_has_no_points(asked):
    assert asked.points().total == 0
    assert asked.newest() is None


def test_a_future_point_is_stated_and_never_the_newest(restic, live, asked):
    restic.backup(live).checked()
    restic.backup(live, date="2036-01-01 00:00:00").checked()
    stated = asked.points()
    assert (stated.total, stated.points[0].started_at.year) == (2, 2036)
    newest = asked.newest()
    assert newest is not None
    assert newest.started_at < datetime(2036, 1, 1, tzinfo=UTC)


def test_points_of_other_paths_are_of_other_sets(restic, live, asked, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    restic.backup(other).checked()
    assert asked.points().total == 0
    restic.backup(live / "deep", other).checked()
    assert asked.points().total == 1


def test_backups_started_inside_a_folder(restic, live, tmp_path):
    settings = {**restic.settings, "root": str(live.parent)}
    asked = Asked(PROBE, tmp_path, settings, [live])
    where = {"RESTIC_PASSWORD_FILE": str(restic.password_file)}
    words = ("restic", "--repo", str(restic.repository), "backup", "--no-cache", "live")
    run(*words, environment=where, directory=live.parent).checked()
    two = live / "deep" / "two"
    assert str(two) in asked.contents()
    assert asked.restored(two) == {str(two): files_of(live)[str(two)]}


def test_a_wrong_password(restic, asked):
    restic.password_file.write_text("another\n")
    with refused(Reason.WRONG_PASSWORD):
        asked.gather()


def test_no_password_file(restic, asked):
    restic.password_file.unlink()
    with refused(Reason.PATH_MISSING):
        asked.gather()


def test_no_repository(restic, asked):
    shutil.rmtree(restic.repository)
    with refused(Reason.NO_REPOSITORY):
        asked.gather()
    restic.repository.mkdir()
    with refused(Reason.NO_REPOSITORY):
        asked.verify()


def test_a_lock_left_behind_hinders_nothing_and_hides_no_age(restic, live, asked):
    restic.backup(live).checked()
    leave_lock(restic)
    assert asked.points().total == 1
    assert asked.verify().outcome is Outcome.PASSED
    assert asked.restored(live / "ümlaut") != {}


def test_errors_under_a_living_lock_are_no_verdict(restic, live, asked):
    restic.backup(live).checked()
    leave_lock(restic)
    damage(restic.packs()[0])
    with refused(Reason.LOCKED):
        asked.verify()


def test_a_snapshot_forgotten_since_it_was_listed_is_no_damage(restic, live, asked, tmp_path):
    restic.backup(live).checked()
    point = asked.newest()
    restic("forget", point.native_id).checked()
    target = tmp_path / "sandbox"
    target.mkdir()
    restorer, of = asked.probe.restorer, (asked.subject, asked.system, point)
    with refused(Reason.NO_RESTORE_POINT):
        list(restorer.contents(*of))
    with refused(Reason.NO_RESTORE_POINT):
        restorer.restore(*of, [str(live / "deep" / "two")], str(target), 10**6)
    with refused(Reason.NO_RESTORE_POINT):
        restorer.restore_all(*of, str(target), 10**6)


def test_a_damaged_pack_fails_in_spite_of_a_warm_cache(restic, live, asked):
    restic.backup(live).checked()
    for pack in restic.packs():
        damage(pack, 0.1)
    found = asked.verify()
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)
    with refused(Reason.DAMAGED):
        asked.contents()
    with refused(Reason.DAMAGED):
        asked.restored(live / "deep" / "two")


def test_a_damaged_pack_is_found_when_its_turn_comes(restic, live, asked):
    (live / "large").write_bytes(random.Random(1).randbytes(1 << 20))
    restic.backup(live).checked()
    bad = restic.packs()[0]
    damage(bad)
    turns = [Turn(part=part, parts=4) for part in (1, 2, 3, 4)]
    due = int(bad.name[:2], 16) % 4 + 1
    for turn in turns:
        found = asked.verify(turn)
        assert (found.part, found.parts, found.data_read) == (turn.part, 4, 0.25)
        expected = Outcome.FAILED if turn.part == due else Outcome.PASSED
        assert found.outcome is expected


def test_restores_only_what_is_of_the_set(restic, live, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").write_bytes(b"of another set")
    restic.backup(live, other).checked()
    asked = Asked(PROBE, tmp_path, dict(restic.settings), [live / "deep", tmp_path / "gone"])
    two = str(live / "deep" / "two")
    assert asked.restored_all() == {two: files_of(live)[two]}


def test_all_of_it_with_a_damaged_pack_is_damage(restic, live, asked):
    restic.backup(live).checked()
    damage(restic.packs()[0])
    with refused(Reason.DAMAGED):
        asked.restored_all()


def test_a_damaged_snapshot_is_no_shorter_list(restic, live, asked):
    restic.backup(live).checked()
    restic.backup(live).checked()
    damage(next((restic.repository / "snapshots").iterdir()))
    with refused(Reason.DAMAGED):
        asked.gather()


def test_a_file_above_the_limit(restic, live, asked):
    restic.backup(live).checked()
    with refused(Reason.QUOTA_EXCEEDED):
        asked.restored(live / "deep" / "two", limit=4999)
    assert asked.restored(live / "deep" / "two", limit=5000) != {}


def leave_lock(restic: Restic) -> None:
    """Kill a backup that waits for its input: its lock stays and looks alive for half an hour."""
    words = ["restic", "--repo", str(restic.repository), "backup", "--stdin"]
    where = {"HOME": str(restic.home), "PATH": "/usr/bin:/bin"}
    where["RESTIC_PASSWORD_FILE"] = str(restic.password_file)
    with subprocess.Popen(words, stdin=subprocess.PIPE, env=where) as job:
        for _ in range(600):
            if any((restic.repository / "locks").iterdir()):
                break
            time.sleep(0.05)
        job.kill()


def test_how_the_newest_snapshot_was_made(restic, live, asked):
    restic.backup(live, extra=("--exclude", "*.tmp", "--exclude-caches")).checked()
    told = PROBE.told(asked.subject, asked.gather())
    assert (told.paths, told.excludes, told.host) == ((str(live),), ("*.tmp",), "web1")
