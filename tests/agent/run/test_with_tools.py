"""Passes and restore tests with real tools, real faults, and healthy twins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from guardian_agent.wire.manifest import verify_draws
from guardian_agent.wire.observations import (
    DrawResult,
    Integrity,
    Manifest,
    Outcome,
    PointContents,
    Reason,
    RestoreTest,
)

from tests.agent.run.server import Server
from tests.world.archive import Archive, altered
from tests.world.borg import Borg
from tests.world.restic import Restic, damage, damage_trees

pytestmark = pytest.mark.tools

PASSED, FAILED, NOT_PERFORMED = 0, 1, 3


class Kept:
    """A server with its live data, and one copy of it in a tool of a kind."""

    def __init__(self, folder: Path, tool: str) -> None:
        self.server = Server(folder)
        self.tool = tool
        if tool == "restic":
            self.copy = Restic(folder / "repository", folder / "home").create()
            settings = dict(self.copy.settings)
        elif tool == "borg":
            self.copy = Borg(folder / "repository", folder / "home").create()
            settings = dict(self.copy.settings)
        else:
            self.copy = Archive(folder / "archives")
            settings = self.copy.settings(folder)
        self.server.copies["local"] = settings
        self.server.configure().enroll()

    def backup(self) -> None:
        if isinstance(self.copy, Archive):
            self.copy.make(self.server.files, name=self.server.files)
        else:
            self.copy.backup(self.server.files).checked()

    def tested(self, status: int) -> RestoreTest:
        """Run the restore tests, deliver, and return what central has of the newest."""
        assert self.server.agent("restore-test", "--all") == status
        assert not [path for path in self.server.sandbox.rglob("*") if path.is_file()]
        self.server.look()
        return self.server.stated(RestoreTest)[-1]


@pytest.fixture(params=["restic", "borg", "tar"])
def kept(request, tmp_path) -> Kept:
    return Kept(tmp_path, request.param)


@pytest.fixture
def in_restic(tmp_path) -> Kept:
    return Kept(tmp_path, "restic")


def test_a_healthy_copy_passes_with_proofs_and_gives_back_the_canary(kept):
    kept.server.look()
    kept.server.look()
    kept.backup()
    kept.server.look()
    test = kept.tested(PASSED)
    assert (test.outcome, test.reason) == (Outcome.PASSED, Reason.NONE)
    assert verify_draws(test.draws, test.proof, test.manifest_root, test.manifest_files)
    assert test.manifest_root in {fact.root for fact in kept.server.stated(Manifest)}
    assert test.duration_seconds > 0
    assert test.canary is not None
    assert kept.server.stated(Integrity)[-1].outcome is Outcome.PASSED
    contents = kept.server.stated(PointContents)[-1]
    assert (contents.paths_missing, contents.files_missing) == (0, 0)
    assert contents.files == 24
    # When an archive was begun is not known: only what is older by far must be in it.
    assert contents.files_compared == (0 if kept.tool == "tar" else 24)


def test_live_files_rewritten_after_the_backup_do_not_matter(kept):
    kept.backup()
    kept.server.look()
    for path in sorted(kept.server.files.rglob("letter-*.txt"))[::2]:
        path.write_text("rewritten after the backup")
    assert kept.tested(PASSED).outcome is Outcome.PASSED


def test_live_files_rewritten_before_the_backup_are_not_compared(kept):
    kept.server.look()
    for path in sorted(kept.server.files.rglob("letter-*.txt"))[::2]:
        path.write_text("rewritten before the backup, after the manifest")
    kept.backup()
    test = kept.tested(PASSED)
    assert {each.result for each in test.draws} == {DrawResult.MATCHED, DrawResult.CHANGED}


def test_other_bytes_of_the_same_size_and_date_fail(tmp_path):
    kept = Kept(tmp_path, "tar")
    kept.server.look()
    kept.copy.make(altered(kept.server.files), name=kept.server.files)
    test = kept.tested(FAILED)
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_damaged_repository_fails_whatever_a_warm_cache_has(in_restic):
    in_restic.backup()
    in_restic.server.look()
    damage_trees(in_restic.copy)
    target = in_restic.server.folder / "careless"
    careless = in_restic.copy("restore", "latest", "--target", str(target))
    assert careless.status == 0
    test = in_restic.tested(FAILED)
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.DAMAGED)


def test_flipped_bytes_in_a_data_pack_fail(in_restic):
    in_restic.backup()
    in_restic.server.look()
    cached = set(in_restic.copy.cached_packs())
    for pack in in_restic.copy.packs():
        if pack not in cached:
            damage(pack, share=0.0, count=pack.stat().st_size // 2)
    assert in_restic.tested(FAILED).outcome is Outcome.FAILED
    assert in_restic.server.stated(Integrity)[-1].outcome is Outcome.FAILED


def test_a_truncated_segment_fails(tmp_path):
    kept = Kept(tmp_path, "borg")
    kept.backup()
    kept.server.look()
    segment = kept.copy.segments()[0]
    segment.chmod(0o600)
    segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])
    assert kept.server.agent("restore-test", "--all") in (FAILED, NOT_PERFORMED)
    kept.server.look()
    assert kept.server.stated(RestoreTest)[-1].outcome is not Outcome.PASSED
    assert kept.server.stated(Integrity)[-1].outcome is Outcome.FAILED


def test_a_truncated_archive_never_passes(tmp_path):
    kept = Kept(tmp_path, "tar")
    kept.backup()
    kept.server.look()
    whole = kept.copy.newest.read_bytes()
    kept.copy.newest.write_bytes(whole[: len(whole) // 2])
    assert kept.server.agent("restore-test", "--all") != PASSED


def test_files_that_the_backup_skipped_are_found(in_restic):
    in_restic.server.look()
    files = in_restic.server.files
    in_restic.copy.backup(files, extra=("--exclude", "department-0")).checked()
    in_restic.server.look()
    assert in_restic.server.stated(PointContents)[-1].files_missing == 8
    test = in_restic.tested(FAILED)
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.MISSING_FILE)


def test_more_than_the_sandbox_holds_is_not_restored(in_restic):
    in_restic.backup()
    in_restic.server.look()
    in_restic.server.limits["restore_bytes"] = 1000
    in_restic.server.configure()
    test = in_restic.tested(NOT_PERFORMED)
    assert (test.outcome, test.reason) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)


def test_a_wrong_password_is_a_test_not_performed(in_restic):
    in_restic.backup()
    in_restic.server.look()
    in_restic.copy.password_file.write_text("changed by somebody\n")
    test = in_restic.tested(NOT_PERFORMED)
    assert (test.outcome, test.reason) == (Outcome.NOT_PERFORMED, Reason.WRONG_PASSWORD)


def test_show_prints_facts_for_people_and_for_programs(in_restic, capsys):
    in_restic.backup()
    capsys.readouterr()
    assert in_restic.server.agent("show") == 0
    assert "restic 0.14.0: 1 restore point, newest of" in capsys.readouterr().out
    assert in_restic.server.agent("show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [fact["kind"] for fact in shown["observations"]] == [
        "restore_points",
        "copy_encryption",
        "copy_settings",
        "point_contents",
        "manifest",
        "canary_planted",
        "live_areas",
    ]
    assert shown["failures"] == []
    assert in_restic.server.central.statements == []


def test_a_restore_test_prints_one_line_a_fact(in_restic, capfd):
    in_restic.backup()
    in_restic.server.look()
    capfd.readouterr()
    assert in_restic.server.agent("restore-test", "files", "--copy", "local", "--json") == PASSED
    kinds = [json.loads(line)["kind"] for line in capfd.readouterr().out.splitlines()]
    assert kinds == ["restore_test", "integrity"]
    assert in_restic.server.agent("restore-test") == PASSED
    assert capfd.readouterr().out == "no restore test is due\n"
