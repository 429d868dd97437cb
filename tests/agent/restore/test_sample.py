from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probe import Found, Probe
from guardian_agent.restore.canary import plant
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.sample import Settings, sample_test
from guardian_agent.restore.livedata import order
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.restoring import Restored
from guardian_agent.restore.room import Plot
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.decode import build
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
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES, draw, seed

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import CHECKPOINT, KEY, FakeTool, put_old, subject_of

FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
SANDBOX = "/state/sandbox"
LEDGER = "/state/ledgers/files@local"
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

    def test(
        self,
        *,
        probe: Probe | None = None,
        settings: Settings | None = None,
        limit: int = LIMIT,
        **ground,
    ) -> RestoreTest:
        given = {
            "manifest": WHERE.signed,
            "ledger": LEDGER,
            "checkpoint": CHECKPOINT,
            "marker": CANARY.marker,
            "plot": Plot(
                folder=SANDBOX, limit=limit, user="nobody", memory_bytes=10**9, processes=64
            ),
        }
        return sample_test(
            Task(
                probe=probe or self.tool.probe(),
                subject=subject_of(FILES),
                settings=settings or Settings(),
                ground=Ground(**{**given, **ground}),
                system=self.system,
                progress=lambda text, share: None,
            )
        )


def outcome(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


def results(test: RestoreTest) -> set[DrawResult]:
    return {each.result for each in test.draws}


def test_a_healthy_backup_passes_with_proofs_that_central_can_check():
    scene = Scene().ready()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert results(test) == {DrawResult.MATCHED}
    assert len(test.draws) == 30 == test.files_restored
    assert verify_draws(test.draws, test.proof, test.manifest_root, test.manifest_files)
    assert all(each.restored is None for each in test.draws)
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
    assert scene.tool.restored == sorted([*scene.tool.stored, "/srv/.guardian-canary"])
    assert "contents" not in scene.tool.asked


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
    assert len(test.draws) == 60
    assert results(test) == {DrawResult.CHANGED}


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


def untimed(scene: Scene) -> None:
    """Let the tool neither list nor restore times."""
    scene.tool.dated = False
    for path, item in list(scene.tool.listed.items()):
        scene.tool.listed[path] = replace(item, modified_ns=None)


def test_a_tool_without_times_is_compared_where_the_live_file_never_changed():
    scene = Scene(count=3).ready()
    untimed(scene)
    scene.tool.stored[scene.path(0)] = scene.tool.stored[scene.path(1)] = b"LETTER"
    scene.system.files.put(scene.path(0), b"lettre 0")
    expected = [DrawResult.CHANGED, DrawResult.MISMATCHED, DrawResult.MATCHED]
    assert by_place(scene.test()) == expected


def by_place(test: RestoreTest) -> list[DrawResult]:
    return [each.result for each in sorted(test.draws, key=lambda each: each.index)]


@pytest.mark.parametrize("listed_later", [False, True])
def test_a_tool_that_restores_no_times_is_asked_for_those_it_lists(listed_later):
    scene = Scene(count=2).ready()
    scene.tool.dated = False
    scene.tool.stored[scene.path(0)] = b"LETTER"
    if listed_later:
        item = scene.tool.listed[scene.path(0)]
        scene.tool.listed[scene.path(0)] = replace(item, modified_ns=item.modified_ns + 10**10)
    other = DrawResult.CHANGED if listed_later else DrawResult.MISMATCHED
    assert by_place(scene.test()) == [other, DrawResult.MATCHED]


def test_a_folder_in_a_files_place_is_a_change():
    scene = Scene(count=2).ready()
    item = scene.tool.listed[scene.path(0)]
    scene.tool.listed[scene.path(0)] = replace(item, is_file=False)
    del scene.tool.stored[scene.path(0)]
    assert results(scene.test()) == {DrawResult.MATCHED, DrawResult.CHANGED}


def test_a_link_in_a_files_place_is_a_change_and_not_followed():
    scene = Scene(count=2).ready()
    item = scene.tool.listed[scene.path(0)]
    scene.tool.listed[scene.path(0)] = replace(item, is_file=False)
    del scene.tool.stored[scene.path(0)]
    scene.tool.links = (scene.path(0),)
    scene.system.files.put("/etc/passwd", b"letter 0")
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert by_place(test) == [DrawResult.CHANGED, DrawResult.MATCHED]


def test_a_file_put_in_anothers_place_under_its_old_time_after_the_backup_is_a_change():
    scene = Scene(count=2)
    scene.sign()
    scene.backup()
    entry = scene.system.files.stat(scene.path(0))
    scene.system.files.put(scene.path(0), b"LETTER 0", modified_ns=entry.modified_ns)
    scene.system.clock.advance(minutes=1)
    scene.sign()
    assert by_place(scene.test()) == [DrawResult.CHANGED, DrawResult.MATCHED]


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


def test_a_canary_that_must_be_in_the_point_is_expected():
    scene = Scene(count=5)
    scene.ready()
    began = scene.tool.started_at
    assert scene.test(canary_since=began).canary_expected
    assert not scene.test(canary_since=began + timedelta(seconds=1)).canary_expected
    assert not scene.test().canary_expected


def test_a_canary_that_does_not_come_back_is_told_and_not_judged():
    scene = Scene(count=5)
    scene.sign()
    plant(FILES, CANARY, scene.system.files)
    scene.backup()
    del scene.tool.stored["/srv/.guardian-canary"]
    test = scene.test(canary_since=scene.tool.started_at)
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert (test.canary, test.canary_expected) == (None, True)


@pytest.mark.parametrize(
    "reason",
    [Reason.TIMEOUT, Reason.TOOL_MISSING, Reason.LOCKED, Reason.WRONG_PASSWORD],
)
@pytest.mark.parametrize("method", ["gather", "contents", "restore"])
def test_what_keeps_a_test_from_being_made_is_neither_pass_nor_failure(method, reason):
    scene = Scene().ready()
    del scene.tool.stored[scene.path(0)]  # so that the point is listed
    scene.tool.failing[method] = reason
    assert outcome(scene.test()) == (Outcome.NOT_PERFORMED, reason)
    assert scene.system.files.tree(SANDBOX) == {}


@pytest.mark.parametrize("method", ["gather", "contents", "restore"])
def test_a_damaged_repository_fails(method):
    scene = Scene().ready()
    del scene.tool.stored[scene.path(0)]  # so that the point is listed
    scene.tool.failing[method] = Reason.DAMAGED
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.DAMAGED)


def test_an_error_while_restoring_fails_and_one_before_it_does_not():
    scene = Scene().ready()
    scene.tool.failing["restore"] = Reason.EXIT_STATUS
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.EXIT_STATUS)
    del scene.tool.stored[scene.path(0)]  # so that the point is listed
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


def test_as_many_files_are_drawn_as_support_the_claim_and_no_more():
    test = Scene(count=600).ready().test(settings=Settings(turn_files=0))
    assert len(test.draws) == test.files_restored == SAMPLE_FILES
    assert test.compared == Compared(
        files=0, bytes=0, matched=0, mismatched=0, missing=0, changed=0
    )
    assert (test.whole_files, test.whole_bytes) == (600, sum(map(len, texts(600))))


def texts(count: int) -> list[bytes]:
    return [f"letter {number}".encode() for number in range(count)]


def test_files_touched_after_the_backup_are_expected_to_differ_and_others_drawn_at_once():
    scene = Scene(count=600)
    scene.backup()
    for number in range(0, 600, 10):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.system.clock.advance(minutes=1)
    scene.sign()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert SAMPLE_FILES < len(test.draws) < MAX_DRAWS
    assert by_result(test)[DrawResult.MATCHED] == SAMPLE_FILES
    assert scene.tool.asked.count("restore") == 1


def test_files_that_changed_unknown_to_the_manifest_cost_a_second_call():
    scene = Scene(count=600)
    scene.sign()
    for number in range(0, 600, 10):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.backup()
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert by_result(test)[DrawResult.MATCHED] == SAMPLE_FILES
    assert by_result(test)[DrawResult.CHANGED] == len(test.draws) - SAMPLE_FILES
    assert verify_draws(test.draws, test.proof, test.manifest_root, test.manifest_files)
    assert scene.tool.asked.count("restore") == 2


def test_what_came_back_bad_is_told_even_if_a_second_call_would_fail():
    scene = Scene(count=600)
    scene.tool = TiredTool()
    scene.sign()
    for number in range(0, 600, 10):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.backup()
    for path, data in scene.tool.stored.items():
        scene.tool.stored[path] = data.upper()
    assert outcome(scene.test()) == (Outcome.FAILED, Reason.MISMATCH)


class TiredTool(FakeTool):
    """Restores once, and comes to no end the second time."""

    def _meet(self, method: str) -> None:
        super()._meet(method)
        if self.asked.count("restore") > 1:
            raise ProbeError(Reason.TIMEOUT, "the second call")


def by_result(test: RestoreTest) -> Counter[DrawResult]:
    return Counter(each.result for each in test.draws)


def test_a_bad_file_that_was_drawn_beyond_need_still_fails():
    scene = Scene(count=600)
    scene.sign()
    for number in range(0, 600, 10):
        scene.system.files.put(scene.path(number), b"rewritten")
    scene.backup()
    good = scene.test(settings=Settings(turn_files=0))
    beyond = set(scene.tool.restored) - {drawn_path(scene, each.index) for each in good.draws}
    known = {path: data for path, data in scene.tool.stored.items() if data != b"rewritten"}
    spoilt = min(beyond & known.keys())
    scene.tool.stored[spoilt] = b"LETTER"
    test = scene.test(settings=Settings(turn_files=0))
    assert outcome(test) == (Outcome.FAILED, Reason.MISMATCH)
    assert test.compared.mismatched == 1
    assert DrawResult.MISMATCHED not in results(test)


def drawn_path(scene: Scene, index: int) -> str:
    return sorted(map(scene.path, range(600)), key=order)[index]


def test_what_does_not_fit_into_one_room_comes_in_several():
    scene = Scene(count=40).ready()
    whole = sum(map(len, texts(40)))
    test = scene.test(limit=whole)
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    calls = scene.tool.asked.count("restore")
    assert calls == 3
    assert (test.files_restored, test.bytes_restored) == (40, whole)
    assert test.duration_seconds == calls * scene.tool.seconds


def test_the_newest_canary_counts_wherever_it_comes_back():
    old, new = Restored(canary=return_of(3)), Restored(canary=return_of(4))
    assert old.joined(new).canary == new.joined(old).canary == return_of(4)
    assert old.joined(Restored()).canary == return_of(3)
    assert Restored().joined(Restored()).canary is None


def return_of(tree_size: int) -> CanaryReturn:
    return CanaryReturn(tree_size=tree_size, root=Hash("ab" * 32))


def test_those_whose_turn_it_is_come_along_and_count_for_the_coverage():
    scene = Scene(count=600).ready()
    test = scene.test(settings=Settings(turn_files=50, all_within=timedelta(days=7)))
    assert test.compared.files == test.compared.matched == 48  # 8 % of the bytes
    assert test.files_restored == SAMPLE_FILES + 48
    assert test.coverage.files_tested == SAMPLE_FILES + 48
    assert (test.coverage.files, test.coverage.bytes) == (600, test.whole_bytes)
    assert test.coverage.untested_since == test.coverage.oldest_test_at - timedelta(minutes=20)


def test_a_bad_file_whose_turn_it_is_fails_the_test_and_stays_untested():
    scene = Scene(count=600).ready()
    generous = Settings(turn_files=50, all_within=timedelta(days=7))
    first = set(scene.test(settings=generous).draws)
    asked = set(scene.tool.restored) - {drawn_path(scene, each.index) for each in first}
    spoilt = next(path for path in sorted(asked) if path in scene.tool.stored)
    scene.system.files.remove(LEDGER)
    scene.tool.stored[spoilt] = b"LETTER"
    test = scene.test(settings=generous)
    assert outcome(test) == (Outcome.FAILED, Reason.MISMATCH)
    assert (test.compared.mismatched, test.compared.matched) == (1, 47)
    assert test.coverage.files_tested == SAMPLE_FILES + 47


def test_no_luck_of_the_draw_hides_what_came_back_bad():
    scene = Scene(count=600).ready()
    little = Settings(turn_files=3, all_within=timedelta(days=700))
    bad = drawn_path(scene, scene.test(settings=little).draws[0].index)
    good, scene.tool.stored[bad] = scene.tool.stored[bad], b"LETTER"
    for number in range(12):
        scene.system.clock.advance(days=1)
        if number == 11:
            scene.tool.stored[bad] = good
        checkpoint = CHECKPOINT if number == 0 else (number, Hash(f"{number:02x}" * 32))
        test = scene.test(settings=little, checkpoint=checkpoint)
        assert bad in scene.tool.restored
        expected = Outcome.PASSED if number == 11 else Outcome.FAILED
        assert test.outcome is expected
    scene.system.clock.advance(days=1)
    drawn = {drawn_path(scene, each.index) for each in scene.test(settings=little).draws}
    assert (bad in scene.tool.restored) == (bad in drawn)


def test_test_after_test_everything_is_covered():
    scene = Scene(count=700).ready()
    generous = Settings(turn_files=100, all_within=timedelta(days=7))
    covered = []
    for number in range(16):
        test = scene.test(settings=generous, checkpoint=(number + 1, Hash(f"{number:02x}" * 32)))
        covered.append(test.coverage.files_tested)
        scene.system.clock.advance(days=7)
    assert covered == sorted(covered)
    assert covered[-1] == 700
    assert test.coverage.untested_since is None


def test_without_an_index_the_proof_is_made_and_nothing_rotates():
    scene = Scene(count=600).ready()
    whole = scene.test()
    scene.system.files.remove("/state/manifests/files.index")
    test = scene.test()
    assert (test.draws, test.proof) == (whole.draws, whole.proof)
    assert (test.compared.files, test.coverage) == (0, None)


def test_a_ledger_that_cannot_be_written_costs_only_its_memory():
    scene = Scene(count=5).ready()
    scene.system.files.fail("write", LEDGER)
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert test.coverage is None


def test_a_cheaper_way_to_the_points_is_taken_and_what_asking_costs_is_told():
    scene = Scene(count=5).ready()
    whole = scene.tool.probe()

    def points(subject, system):
        return Found(answers=scene.tool.gather(subject, system), seconds=0.7)

    assert scene.test(probe=replace(whole, points=points)).fixed_seconds == 0.7
    assert scene.test().fixed_seconds == 0.0


def test_settings_that_leave_no_time_are_refused():
    assert build(Settings, {"all_within": "90d", "turn_files": 0}).all_within == timedelta(days=90)
    with pytest.raises(DecodeError, match="all_within"):
        build(Settings, {"all_within": "0d"})
    with pytest.raises(DecodeError):
        build(Settings, {"turn_files": -1})
