from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.probe import Probe
from guardian_agent.restore import whole
from guardian_agent.restore.canary import plant
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds import find
from guardian_agent.restore.kinds.full import KIND, Settings, full_test
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.room import Plot
from guardian_agent.restore.whole import plain_files
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.manifest import verify_draws
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import (
    CanaryReturn,
    Compared,
    DrawResult,
    Outcome,
    Reason,
    RestoreTest,
)
from guardian_agent.wire.sampling import SAMPLE_FILES, draw, seed

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import CHECKPOINT, KEY, FakeTool, put_old, subject_of

SANDBOX = "/state/sandbox"
LEDGER = "/state/ledgers/files@local"
CANARY = Canary(marker=Hash("cd" * 32), tree_size=3, root=Hash("ef" * 32))
LIMIT = 100_000_000


class Scene:
    """A server with live data, its signed manifest, and a backup of it."""

    def __init__(self, count: int = 30, paths: tuple[str, ...] = ("/srv",)) -> None:
        self.system = FakeSystem()
        self.tool = FakeTool()
        self.set = BackupSet(name=Name("files"), paths=paths)
        self.where = manifest_file("/state", "files")
        self.told: list[tuple[str, float | None]] = []
        for number in range(count):
            put_old(self.system, self.path(number), f"letter {number:03}".encode())

    def path(self, number: int) -> str:
        return f"/srv/{number % 3}/letter-{number:03}"

    def sign(self, budget: int = LIMIT) -> None:
        take_manifest(self.set, KEY, self.system, Budget(budget), self.where)
        self.where.keep(self.system.files)

    def backup(self) -> None:
        self.system.clock.advance(minutes=10)
        self.tool.backup(self.set, self.system)
        self.system.clock.advance(minutes=10)

    def ready(self) -> Scene:
        self.sign()
        self.backup()
        return self

    def test(self, *, probe: Probe | None = None, limit: int = LIMIT, **ground) -> RestoreTest:
        plot = Plot(folder=SANDBOX, limit=limit, user="nobody", memory_bytes=10**9, processes=64)
        given = {
            "manifest": self.where.signed,
            "ledger": LEDGER,
            "checkpoint": CHECKPOINT,
            "marker": CANARY.marker,
            "plot": plot,
        }
        self.system.files.make_directory("/state/scratch")
        return full_test(
            Task(
                probe=probe or self.tool.probe(),
                subject=replace(subject_of(self.set), scratch="/state/scratch"),
                settings=Settings(),
                ground=Ground(**{**given, **ground}),
                system=self.system,
                progress=lambda text, share: self.told.append((text, share)),
            )
        )


def outcome(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


def compared(test: RestoreTest) -> Compared:
    assert test.compared is not None
    return test.compared


def test_is_found_and_is_never_made_unasked():
    assert find("full") is KIND
    assert (KIND.by_default, KIND.every) == (False, timedelta(days=84))
    tool = FakeTool()
    assert KIND.fits(tool.probe())
    assert not KIND.fits(replace(tool.probe(), restorer=None))


def test_a_healthy_backup_passes_file_by_file():
    scene = Scene().ready()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    size = len(b"letter 000")
    assert compared(test) == Compared(
        files=30, bytes=30 * size, matched=30, mismatched=0, missing=0, changed=0
    )
    assert (test.files_restored, test.bytes_restored) == (30, 30 * size)
    assert (test.whole_files, test.whole_bytes) == (30, 30 * size)
    assert test.duration_seconds == scene.tool.seconds
    assert scene.tool.asked.count("restore_all") == 1
    assert "contents" not in scene.tool.asked


def test_the_files_that_the_seed_draws_are_proven():
    test = Scene(count=500).ready().test()
    assert len(test.draws) == SAMPLE_FILES
    drawn_by = seed(CHECKPOINT[1], CHECKPOINT[0], "files", "local", test.point)
    expected = draw(drawn_by, test.manifest_files)
    assert [each.index for each in test.draws] == [next(expected) for _ in test.draws]
    assert verify_draws(test.draws, test.proof, test.manifest_root, test.manifest_files)
    assert compared(test).matched == 500


def test_nothing_is_left_behind():
    scene = Scene().ready()
    scene.test()
    assert scene.system.files.tree(SANDBOX) == scene.system.files.tree("/state/scratch") == {}


def test_every_file_counts_as_tested():
    scene = Scene().ready()
    coverage = scene.test().coverage
    assert coverage is not None
    assert (coverage.files, coverage.files_tested) == (30, 30)
    assert coverage.untested_since is None


@pytest.mark.parametrize("content", [b"LETTER 001", b"short", b"", b"letter 001 and more"])
def test_one_other_file_among_many_fails(content):
    scene = Scene(count=500).ready()
    scene.tool.stored[scene.path(1)] = content
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISMATCH)
    assert (compared(test).matched, compared(test).mismatched) == (499, 1)
    assert test.coverage is not None
    assert test.coverage.files_tested == 499


def test_a_file_that_is_listed_and_does_not_come_back_fails():
    scene = Scene(count=500).ready()
    del scene.tool.stored[scene.path(1)]
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISSING_FILE)
    assert (compared(test).matched, compared(test).missing) == (499, 1)


def test_a_file_that_the_point_lacks_although_it_was_there_fails():
    scene = Scene(count=500).ready()
    scene.tool.lose(scene.path(1))
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISSING_FILE)


def test_live_files_that_changed_are_no_failure():
    scene = Scene(count=20)
    scene.sign()
    for number in range(10):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.system.files.remove(scene.path(10))
    scene.backup()
    scene.system.files.put(scene.path(11), b"rewritten")
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert (compared(test).matched, compared(test).changed) == (9, 11)


def test_files_made_after_the_backup_are_rightly_not_in_it():
    scene = Scene(count=3)
    scene.backup()
    scene.system.files.put("/srv/new", b"made after the backup")
    scene.system.clock.advance(minutes=1)
    scene.sign()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert (compared(test).matched, compared(test).changed) == (3, 1)


def test_files_without_a_signed_hash_are_not_compared():
    scene = Scene(count=5)
    scene.sign(budget=30)
    scene.backup()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert (compared(test).matched, compared(test).changed) == (3, 2)


def test_where_all_changed_there_is_nothing_to_compare():
    scene = Scene(count=5)
    scene.sign()
    for number in range(5):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.backup()
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE)


def test_a_tool_that_restores_no_times_is_asked_for_those_it_lists():
    scene = Scene(count=5).ready()
    scene.tool.dated = False
    scene.tool.stored[scene.path(0)] = b"LETTER 000"
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISMATCH)
    assert compared(test).mismatched == 1


def test_what_only_the_listing_explains_is_explained_in_portions(monkeypatch):
    monkeypatch.setattr(whole, "PUZZLING", 4)
    scene = Scene(count=30)
    scene.sign()
    for number in range(9):
        scene.system.files.remove(scene.path(number))
    scene.backup()
    test = scene.test()
    assert (compared(test).matched, compared(test).changed) == (21, 9)
    assert scene.tool.asked.count("contents") == 3


def test_a_path_of_the_set_of_which_nothing_comes_back_fails():
    """The point has one of two disks: what came back of it is whole, and proves half."""
    scene = Scene(count=10, paths=("/srv", "/data"))
    scene.system.files.make_directory("/data")
    scene.sign()
    scene.system.files.put("/data/new", b"made after the manifest")
    scene.backup()
    del scene.tool.listed["/data"]
    scene.tool.lose("/data/new")
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISSING_FILE)
    assert compared(test).matched == 10


def test_a_path_that_is_an_empty_folder_may_be_left_out():
    scene = Scene(count=10, paths=("/srv", "/data"))
    scene.system.files.make_directory("/data")
    scene.ready()
    del scene.tool.listed["/data"]
    assert outcome(scene.test()) == (Outcome.PASSED, Reason.NONE)


def test_a_path_that_the_point_cannot_have_fails():
    scene = Scene(count=10, paths=("/srv", "/data")).ready()
    scene.tool.place = lambda subject, target, path: (
        None if path.startswith("/data") else f"{target}{path}"
    )
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISSING_FILE)


def test_a_file_may_have_a_place_where_its_folder_has_none():
    scene = Scene(count=10).ready()
    folders = {"/srv/0", "/srv/1", "/srv/2"}
    scene.tool.place = lambda subject, target, path: None if path in folders else f"{target}{path}"
    assert compared(scene.test()).matched == 10


def test_a_link_in_a_folders_place_is_not_followed_to_the_live_data():
    """A restore that gives back a link to the live folder would match everything behind it."""
    scene = Scene(count=30).ready()
    for path in list(scene.tool.stored):
        if path.startswith("/srv/1"):
            del scene.tool.stored[path]
    del scene.tool.listed["/srv/1"]
    scene.tool.links = ("/srv/1",)
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISSING_FILE)
    assert (compared(test).matched, compared(test).missing) == (20, 10)


def test_what_came_back_beside_is_counted_and_links_and_special_files_are_left_alone():
    scene = Scene(count=3).ready()
    scene.tool.also = {"/srv/0/aa": b"x" * 9, "/zz": b"yy", "/a": b"z"}
    scene.tool.links = ("/srv/0/link",)
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert (compared(test).files, test.files_restored) == (3, 6)


def test_the_canary_comes_back():
    scene = Scene(count=5)
    plant(scene.set, CANARY, scene.system.files)
    scene.system.clock.advance(minutes=1)
    scene.ready()
    test = scene.test(canary_since=scene.tool.started_at)
    assert test.canary == CanaryReturn(tree_size=CANARY.tree_size, root=CANARY.root)
    assert test.canary_expected
    assert scene.test(marker="ee" * 32).canary is None


def test_a_canary_elsewhere_is_not_taken_for_the_sets_own():
    scene = Scene(count=5)
    scene.sign()
    plant(scene.set, CANARY, scene.system.files)
    scene.backup()
    text = scene.tool.stored.pop("/srv/.guardian-canary")
    scene.tool.also = {"/srv/0/.guardian-canary": text}
    assert scene.test().canary is None


class TestNotPerformed:
    @pytest.mark.parametrize(
        "reason", [Reason.TIMEOUT, Reason.TOOL_MISSING, Reason.LOCKED, Reason.WRONG_PASSWORD]
    )
    @pytest.mark.parametrize("method", ["gather", "restore_all", "contents"])
    def test_what_keeps_it_from_being_made_is_neither_pass_nor_failure(self, method, reason):
        scene = Scene().ready()
        del scene.tool.stored[scene.path(0)]  # so that the point is listed
        scene.tool.failing[method] = reason
        assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, reason)
        assert scene.system.files.tree(SANDBOX) == {}

    def test_without_checkpoint_point_manifest_or_restorer(self):
        scene = Scene()
        assert scene.test(checkpoint=None).reason is Reason.NO_CHECKPOINT
        assert scene.test().reason is Reason.NO_RESTORE_POINT
        scene.backup()
        assert scene.test().reason is Reason.NOTHING_COMPARABLE
        probe = replace(scene.tool.probe(), restorer=None)
        assert scene.test(probe=probe).reason is Reason.UNSUPPORTED

    def test_a_damaged_manifest_is_not_the_backups_fault(self):
        scene = Scene().ready()
        text = scene.system.files.read(scene.where.signed, LIMIT)
        scene.system.files.put(scene.where.signed, text.replace(b"letter-001", b"letter-xxx"))
        assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE)

    def test_what_cannot_fit_is_not_even_begun(self):
        scene = Scene().ready()
        assert outcome(scene.test(limit=1000)) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)
        assert "restore_all" not in scene.tool.asked

    def test_more_than_fits_is_stopped(self):
        scene = Scene(count=3).ready()
        scene.tool.also = {"/bomb": bytes(40_000)}
        assert outcome(scene.test(limit=30_000)) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)

    def test_what_came_back_and_cannot_be_read(self):
        scene = Scene(count=1).ready()
        opening = scene.system.files.open

        def refuse(path):
            if path.startswith(SANDBOX):
                raise PermissionError(13, "Permission denied", path)
            return opening(path)

        scene.system.files.open = refuse
        assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.PERMISSION_DENIED)


class TestDamage:
    @pytest.mark.parametrize("reason", [Reason.DAMAGED, Reason.EXIT_STATUS])
    def test_what_came_back_in_spite_of_it_is_counted(self, reason):
        scene = Scene().ready()
        del scene.tool.stored[scene.path(0)]
        scene.tool.failing["restore_all"] = reason
        test = scene.test()
        assert outcome(test) == (Outcome.FAILED, reason)
        assert (compared(test).matched, compared(test).missing) == (29, 1)

    def test_fails_also_where_nothing_more_can_be_told(self):
        scene = Scene().ready()
        del scene.tool.stored[scene.path(0)]
        scene.tool.failing = {"restore_all": Reason.DAMAGED, "contents": Reason.TIMEOUT}
        assert outcome(scene.test()) == (Outcome.FAILED, Reason.DAMAGED)

    def test_unsafe_contents_end_it_at_once(self):
        scene = Scene().ready()
        scene.tool.failing["restore_all"] = Reason.UNSAFE_CONTENTS
        test = scene.test()
        assert outcome(test) == (Outcome.FAILED, Reason.UNSAFE_CONTENTS)
        assert test.compared is None

    def test_an_error_while_listing_is_no_failure(self):
        scene = Scene().ready()
        del scene.tool.stored[scene.path(0)]
        scene.tool.failing["contents"] = Reason.EXIT_STATUS
        assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.EXIT_STATUS)


def test_a_newer_manifest_signed_meanwhile_changes_nothing():
    scene = Scene().ready()
    restore_all = scene.tool.restore_all

    def sign_meanwhile(*args):
        restore_all(*args)
        for number in range(10):
            scene.system.files.remove(scene.path(number))
        put_old(scene.system, "/srv/0/another", b"x")
        scene.system.clock.advance(minutes=1)
        scene.sign()

    scene.tool.restore_all = sign_meanwhile
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert compared(test).matched == 30
    assert test.coverage is not None
    assert (test.coverage.files, test.coverage.files_tested) == (21, 20)


def test_progress_is_told_of_both_halves_and_never_goes_back():
    scene = Scene(count=50).ready()
    restore_all = scene.tool.restore_all

    def fill(subject, system, *rest):
        restore_all(subject, system, *rest)
        for taken in (100, 300, 200, 10**9):
            scene.system.files.free = (1 << 40) - taken
            system.processes.run(["/usr/bin/tool"], seconds=1, output_limit=1)

    scene.tool.restore_all = fill
    scene.system.processes.answer("tool")
    scene.test()
    told: dict[str, list[float]] = {}
    for text, share in scene.told:
        told.setdefault(text, []).append(share)
    assert list(told) == ["files/local: restoring everything", "files/local: comparing"]
    restoring, comparing = told.values()
    assert restoring == [0.0, 0.2, 0.6, 1.0]
    assert comparing == sorted(comparing)
    assert comparing[-1] == 1.0


def test_the_walk_leaves_out_what_is_no_file():
    system = FakeSystem()
    for path in ("/room/a.txt", "/room/a/b", "/room/a/c/d", "/room/b"):
        system.files.put(path, b"x")
    system.files.link("/room/a/link", "/room/b")
    system.files.special("/room/pipe")
    found = [entry.path for entry in plain_files(system.files, "/room")]
    assert found == ["/room/a/b", "/room/a/c/d", "/room/a.txt", "/room/b"]


def test_results_of_draws_are_told():
    scene = Scene(count=3).ready()
    scene.tool.stored[scene.path(1)] = b"LETTER 001"
    by_place = sorted(scene.test().draws, key=lambda each: each.index)
    assert [each.result for each in by_place] == [
        DrawResult.MATCHED, DrawResult.MISMATCHED, DrawResult.MATCHED,
    ]  # fmt: skip
    assert [each.restored is not None for each in by_place] == [False, True, False]
