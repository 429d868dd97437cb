from __future__ import annotations

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.probe import Probe
from guardian_agent.restore.canary import plant
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.sample import Ground, sample_test
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.manifest import verify_draw
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import DrawResult, Outcome, Reason, RestoreTest
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES, draw, seed

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import CHECKPOINT, KEY, FakeTool, put_old, subject_of

FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
SANDBOX = "/state/sandbox"
CANARY = Canary(marker=Hash("cd" * 32), tree_size=3, root=Hash("ef" * 32))
LIMIT = 1_000_000


class Scene:
    """A server with live data, its signed manifest, and a backup of it."""

    def __init__(self, count: int = 30) -> None:
        self.system = FakeSystem()
        self.tool = FakeTool()
        for number in range(count):
            put_old(self.system, self.path(number), f"letter {number}".encode())

    def path(self, number: int) -> str:
        return f"/srv/{number % 3}/letter-{number:03}"

    def sign(self, budget: int = LIMIT) -> None:
        take_manifest(FILES, KEY, self.system, Budget(budget), WHERE)
        WHERE.keep(self.system.files)

    def backup(self) -> None:
        self.system.clock.advance(minutes=10)
        self.tool.backup(FILES, self.system)
        self.system.clock.advance(minutes=10)

    def ready(self) -> Scene:
        self.sign()
        self.backup()
        return self

    def test(self, *, probe: Probe | None = None, **ground) -> RestoreTest:
        given = {
            "manifest": WHERE.signed,
            "checkpoint": CHECKPOINT,
            "marker": CANARY.marker,
            "sandbox": SANDBOX,
            "limit": LIMIT,
        }
        known = probe or self.tool.probe()
        return sample_test(known, subject_of(FILES), self.system, Ground(**{**given, **ground}))


def outcome(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


def results(test: RestoreTest) -> set[DrawResult]:
    return {each.result for each in test.draws}


def test_a_healthy_backup_passes_with_proofs_that_central_can_check():
    scene = Scene().ready()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED}
    assert len(test.draws) == SAMPLE_FILES == test.files_restored
    assert all(verify_draw(each, test.manifest_root, test.manifest_files) for each in test.draws)
    assert all(each.restored == each.content for each in test.draws)
    assert test.duration_seconds == scene.tool.seconds
    assert test.bytes_restored == sum(each.size for each in test.draws)


def test_the_files_are_those_that_the_checkpoint_draws():
    test = Scene().ready().test()
    drawn_by = seed(CHECKPOINT[1], CHECKPOINT[0], "files", "local", test.point)
    expected = draw(drawn_by, test.manifest_files)
    assert [each.index for each in test.draws] == [next(expected) for _ in test.draws]
    assert (test.checkpoint_size, test.checkpoint_root) == CHECKPOINT


def test_one_call_restores_everything():
    scene = Scene().ready()
    scene.test()
    assert scene.tool.asked.count("restore") == 1
    assert len(scene.tool.restored) == SAMPLE_FILES


def test_nothing_is_left_in_the_sandbox():
    scene = Scene().ready()
    scene.test()
    assert scene.system.files.tree(SANDBOX) == {}


def test_a_small_set_is_tested_whole():
    test = Scene(count=3).ready().test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert len(test.draws) == 3


def test_other_bytes_than_were_signed_fail():
    scene = Scene(count=5).ready()
    scene.tool.stored[scene.path(2)] = b"LETTER 2"
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISMATCH)
    assert results(test) == {DrawResult.MATCHED, DrawResult.MISMATCHED}


def test_a_truncated_file_fails():
    scene = Scene(count=5).ready()
    scene.tool.stored[scene.path(2)] = b"let"
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_file_that_is_listed_and_does_not_come_back_fails():
    scene = Scene(count=5).ready()
    del scene.tool.stored[scene.path(2)]
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISSING_FILE)
    assert results(test) == {DrawResult.MATCHED, DrawResult.MISSING}


def test_a_file_that_the_point_lacks_although_it_was_there_fails():
    scene = Scene(count=5).ready()
    scene.tool.lose(scene.path(2))
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISSING_FILE)


def test_live_files_that_changed_after_the_backup_do_not_matter():
    scene = Scene(count=20).ready()
    for number in range(20):
        scene.system.files.put(scene.path(number), b"rewritten")
    assert outcome(scene.test()) == (Outcome.PASSED, Reason.NONE)


def test_live_files_that_changed_before_the_backup_are_not_compared():
    scene = Scene(count=20)
    scene.sign()
    for number in range(10):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.backup()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED, DrawResult.CHANGED}


def test_when_all_changed_there_is_nothing_to_compare():
    scene = Scene(count=60)
    scene.sign()
    for number in range(60):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.backup()
    test = scene.test()
    assert outcome(test) == (Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE)
    assert len(test.draws) == MAX_DRAWS
    assert "restore" not in scene.tool.asked


def test_files_made_after_the_backup_are_rightly_not_in_it():
    scene = Scene(count=3)
    scene.backup()
    scene.system.files.put("/srv/new", b"made after the backup")
    scene.system.clock.advance(minutes=1)
    scene.sign()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED, DrawResult.NOT_IN_POINT}


def test_files_of_a_folder_moved_after_the_backup_are_rightly_not_in_it():
    scene = Scene(count=3)
    put_old(scene.system, "/srv/old/deep/x", b"x")
    scene.backup()
    scene.system.files.rename("/srv/old", "/srv/new")
    scene.system.files._nodes["/srv/new"].changed_ns = scene.system.clock.nanoseconds()
    scene.sign()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED, DrawResult.NOT_IN_POINT}


def test_files_deleted_before_the_backup_are_no_finding():
    scene = Scene(count=5)
    scene.sign()
    scene.system.files.remove(scene.path(2))
    scene.backup()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED, DrawResult.CHANGED}


def test_files_without_a_signed_hash_are_not_compared():
    scene = Scene(count=5)
    scene.sign(budget=20)
    scene.backup()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED, DrawResult.NOT_HASHED}


def test_a_tool_without_times_is_compared_where_the_live_file_never_changed():
    scene = Scene(count=2).ready()
    for path, item in list(scene.tool.listed.items()):
        scene.tool.listed[path] = type(item)(
            path=path, size=item.size, modified_ns=None, is_file=item.is_file
        )
    scene.system.files.put(scene.path(0), b"lettre 0")
    test = scene.test()
    assert results(test) == {DrawResult.MATCHED, DrawResult.CHANGED}


def test_a_folder_in_a_files_place_is_a_change():
    scene = Scene(count=2).ready()
    item = scene.tool.listed[scene.path(0)]
    scene.tool.listed[scene.path(0)] = type(item)(
        path=item.path, size=item.size, modified_ns=item.modified_ns, is_file=False
    )
    assert results(scene.test()) == {DrawResult.MATCHED, DrawResult.CHANGED}


def test_the_canary_comes_back():
    scene = Scene(count=5)
    plant(FILES, CANARY, scene.system.files)
    scene.system.clock.advance(minutes=1)
    scene.ready()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert (test.canary.tree_size, test.canary.root) == (CANARY.tree_size, CANARY.root)


def test_another_sets_canary_is_not_taken_for_ours():
    scene = Scene(count=5)
    plant(FILES, CANARY, scene.system.files)
    test = scene.ready().test(marker="ee" * 32)
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert test.canary is None


def test_a_canary_that_is_listed_and_does_not_come_back_fails():
    scene = Scene(count=5)
    scene.sign()
    plant(FILES, CANARY, scene.system.files)
    scene.backup()
    del scene.tool.stored["/srv/.guardian-canary"]
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISSING_FILE)


@pytest.mark.parametrize(
    "reason",
    [Reason.TIMEOUT, Reason.TOOL_MISSING, Reason.LOCKED, Reason.WRONG_PASSWORD],
)
@pytest.mark.parametrize("method", ["gather", "contents", "restore"])
def test_what_keeps_a_test_from_being_made_is_neither_pass_nor_failure(method, reason):
    scene = Scene().ready()
    scene.tool.failing[method] = reason
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, reason)
    assert scene.system.files.tree(SANDBOX) == {}


@pytest.mark.parametrize("method", ["gather", "contents", "restore"])
def test_a_damaged_repository_fails(method):
    scene = Scene().ready()
    scene.tool.failing[method] = Reason.DAMAGED
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.DAMAGED)


def test_an_error_while_restoring_fails_and_one_before_it_does_not():
    scene = Scene().ready()
    scene.tool.failing["restore"] = Reason.EXIT_STATUS
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.EXIT_STATUS)
    scene.tool.failing = {"contents": Reason.EXIT_STATUS}
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.EXIT_STATUS)


def test_a_link_among_what_came_back_fails():
    scene = Scene(count=3).ready()
    scene.tool.links = ("/srv/0/evil",)
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.UNSAFE_CONTENTS)


def test_a_place_outside_the_sandbox_is_not_hashed():
    scene = Scene(count=1).ready()
    restore = scene.tool.restore
    scene.system.files.put("/outside", b"letter 0")
    scene.tool.restore = lambda *args: dict.fromkeys(restore(*args), "/outside")
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISSING_FILE)


def test_more_than_was_allowed_is_not_even_restored():
    scene = Scene(count=5).ready()
    assert outcome(scene.test(limit=10)) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)
    assert "restore" not in scene.tool.asked


def test_more_than_was_listed_is_stopped():
    scene = Scene(count=3).ready()
    scene.tool.also = {"/bomb": b"x" * 200}
    test = scene.test(limit=100)
    assert outcome(test) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)
    assert scene.system.files.tree(SANDBOX) == {}


def test_a_full_disk_is_no_failure_of_the_backup():
    scene = Scene().ready()
    scene.system.files.free = 1000
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)


def test_what_came_back_and_cannot_be_read_is_no_failure_of_the_backup():
    scene = Scene(count=1).ready()
    opening = scene.system.files.open

    def refuse(path):
        if path.startswith(SANDBOX):
            raise PermissionError(13, "Permission denied", path)
        return opening(path)

    scene.system.files.open = refuse
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.PERMISSION_DENIED)


def test_without_a_restorer_it_is_unsupported():
    scene = Scene().ready()
    whole = scene.tool.probe()
    probe = Probe(tool="dump", settings=whole.settings, gather=whole.gather, parse=whole.parse)
    assert outcome(scene.test(probe=probe)) == (Outcome.NOT_PERFORMED, Reason.UNSUPPORTED)


def test_without_a_restore_point_there_is_nothing_to_restore():
    scene = Scene()
    scene.sign()
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NO_RESTORE_POINT)


def test_without_a_checkpoint_anybody_could_choose_the_files():
    test = Scene().ready().test(checkpoint=None)
    assert outcome(test) == (Outcome.NOT_PERFORMED, Reason.NO_CHECKPOINT)


def test_without_a_signed_manifest_there_is_nothing_to_compare_with():
    scene = Scene()
    scene.backup()
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE)


def test_an_empty_manifest_has_nothing_to_draw():
    scene = Scene(count=0)
    scene.system.files.put("/srv/x")
    scene.system.files.remove("/srv/x")
    assert outcome(scene.ready().test()) == (Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"letter-001", b"letter-991"),
        lambda data: b"".join(data.splitlines(keepends=True)[1:]),
    ],
)
def test_a_manifest_that_is_not_the_signed_one_is_not_drawn_from(damage):
    scene = Scene(count=4).ready()
    signed = scene.system.files.read(WHERE.signed, 10**6)
    scene.system.files.put(WHERE.signed, damage(signed))
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE)


def test_a_folder_that_cannot_be_asked_may_have_come_later():
    scene = Scene(count=3)
    put_old(scene.system, "/srv/old/deep/x", b"x")
    scene.ready()
    scene.tool.lose("/srv/old/deep/x")
    scene.system.files.fail("stat", "/srv/old/deep")
    assert results(scene.test()) == {DrawResult.MATCHED, DrawResult.NOT_IN_POINT}
