from __future__ import annotations

from itertools import count

import pytest
from guardian_agent.errors import StateError
from guardian_agent.run.drill import Wanted, drill
from guardian_agent.run.left_overs import clear_restores
from guardian_agent.wire.observations import Integrity, Outcome, Reason, RestoreTest

from tests.agent.fakes import FakeFiles, FakeSystem
from tests.agent.run.scene import Scene

SAMPLE = Wanted(all=True, kind="sample")
CHECK = Wanted(all=True, kind="integrity")


class Killed(BaseException):
    """No `except` of the agent sees it, as none sees SIGKILL."""


class MortalFiles(FakeFiles):
    """Files under a process that dies before its change number `left`."""

    left: int | None = None

    def _change(self, operation: str, path: str) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        super()._change(operation, path)


def ready() -> Scene:
    scene = Scene(system=FakeSystem(files=MortalFiles()))
    scene.backup()
    scene.turn()
    return scene


def killed(scene: Scene, wanted: Wanted, after: int) -> bool:
    """Let a test be killed after so many changes; say whether it was."""
    scene.system.files.left = after
    try:
        for _ in drill(scene.config, scene.system, wanted, lambda *_: None, scene.toolbox):
            pass
    except Killed:
        return True
    finally:
        scene.system.files.left = None
    return False


def stated(scene: Scene, kind: type) -> list:
    facts = [fact for each in scene.central.statements for fact in each.observations]
    return [fact for fact in facts if isinstance(fact, kind)]


@pytest.mark.parametrize(("wanted", "kind"), [(SAMPLE, RestoreTest), (CHECK, Integrity)])
def test_whenever_a_test_is_killed_the_next_pass_tells_once_and_nothing_is_left(wanted, kind):
    for moment in count():
        scene = ready()
        files = scene.system.files
        before = len(files.journal)
        was_killed = killed(scene, wanted, moment)
        changes = files.journal[before:]
        begun = any(path == scene.state("restore-test.json") for _, path in changes)
        scene.turn()
        found = stated(scene, kind)
        assert len(found) == begun
        assert files.tree(scene.state("sandbox")) == {}
        assert not files.exists(scene.state("restore-test.json"))
        assert not files.exists(scene.state("scratch", "restore-test"))
        if not was_killed:
            assert found[0].outcome is Outcome.PASSED
            return
        if found and found[0].outcome is not Outcome.PASSED:
            assert (found[0].outcome, found[0].reason) == (
                Outcome.NOT_PERFORMED,
                Reason.INTERRUPTED,
            )


def test_whoever_recovers_and_is_killed_leaves_it_to_the_next():
    for moment in count():
        scene = ready()
        kill_while_restoring(scene)
        scene.system.files.left = moment
        try:
            clear_restores(scene.config, scene.system)
            was_killed = False
        except Killed:
            was_killed = True
        scene.system.files.left = None
        scene.turn()
        (test,) = stated(scene, RestoreTest)
        assert (test.outcome, test.reason) == (Outcome.NOT_PERFORMED, Reason.INTERRUPTED)
        if not was_killed:
            return


def kill_while_restoring(scene: Scene) -> None:
    def restore(*_: object) -> None:
        raise Killed

    alive, scene.tool.restore = scene.tool.restore, restore
    assert killed(scene, SAMPLE, 10**6)
    scene.tool.restore = alive


def test_the_next_test_tells_too_and_what_was_interrupted_stays_due():
    scene = ready()
    kill_while_restoring(scene)
    began = scene.system.clock.now()
    scene.system.clock.advance(days=60)
    notes, *_ = list(drill(scene.config, scene.system, Wanted(), lambda *_: None, scene.toolbox))
    said = f"interrupted, it had begun at {began:%Y-%m-%d %H:%M} UTC; it stays due"
    assert notes.notes == (f"files/local sample: {said}",)
    assert not notes.put_off
    scene.turn()
    (test,) = stated(scene, RestoreTest)
    assert (test.reason, test.started_at) == (Reason.INTERRUPTED, began)
    assert test.checkpoint_size == 1
    assert test.checkpoint_root is not None


def test_a_pass_leaves_a_test_at_work_alone():
    scene = ready()
    kill_while_restoring(scene)
    with scene.system.files.lock(scene.state("restore.lock")):
        scene.turn()
    assert stated(scene, RestoreTest) == []
    turn = scene.turn()
    assert "interrupted" in turn.facts.notes[0]
    assert len(stated(scene, RestoreTest)) == 1


def test_a_check_that_was_killed_begins_again_at_its_part():
    scene = ready()
    assert killed(scene, CHECK, 5)
    scene.turn()
    (check,) = stated(scene, Integrity)
    assert (check.outcome, check.part, check.parts) == (Outcome.NOT_PERFORMED, 1, 1)


def test_a_damaged_marker_is_set_aside():
    scene = ready()
    scene.system.files.put(scene.state("restore-test.json"), b'{"backup_set":')
    scene.turn()
    assert stated(scene, RestoreTest) == []
    assert not scene.system.files.exists(scene.state("restore-test.json"))


@pytest.mark.parametrize("operation", ["write", "rename"])
def test_where_nothing_can_be_written_nothing_is_begun_or_lost(operation):
    scene = ready()
    scene.system.files.fail(operation, scene.state("restore-test.json"))
    with pytest.raises(StateError):
        killed(scene, SAMPLE, 10**6)
    assert ("restore" in scene.tool.asked) == (operation == "rename")
    scene.system.files.mend()
    scene.turn()
    assert len(stated(scene, RestoreTest)) == (operation == "rename")
