from __future__ import annotations

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.run.attempt import Attempts, Step
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import CanaryPlanted, Outcome, Reason

from tests.agent.fakes import FakeSystem
from tests.agent.run.scene import Scene

MARKER = "/state/pass.json"
STEP = Step(probe=Slug("restic"), backup_set=Name("files"), copy=Name("local"))
FACT = CanaryPlanted(backup_set=Name("files"), outcome=Outcome.PASSED)


def a_machine() -> FakeSystem:
    system = FakeSystem()
    system.files.make_directory("/state")
    return system


def broken(error: BaseException):
    yield FACT
    raise error


def test_what_was_stated_before_it_broke_off_stands():
    facts = Attempts(a_machine().files, MARKER).attempt(
        STEP, broken(ProbeError(Reason.TIMEOUT, "too slow"))
    )
    assert facts.observations == (FACT,)
    assert [failure.reason for failure in facts.failures] == [Reason.TIMEOUT]
    assert facts.notes == ("restic of files/local: timeout: too slow",)


@pytest.mark.parametrize("error", [ValueError("secret path"), KeyError("x"), MemoryError()])
def test_any_other_error_is_internal_and_its_text_stays_here(error):
    facts = Attempts(a_machine().files, None).attempt(STEP, broken(error))
    assert [failure.reason for failure in facts.failures] == [Reason.INTERNAL]
    assert type(error).__name__ in facts.notes[0]


def test_a_step_that_took_the_pass_down_is_told_and_left_out_once():
    system = a_machine()
    first = Attempts(system.files, MARKER)
    with pytest.raises(KeyboardInterrupt):
        first.attempt(STEP, broken(KeyboardInterrupt()))
    other = Step(probe=Slug("borg"), backup_set=Name("files"), copy=Name("away"))
    second = Attempts(system.files, MARKER)
    assert second.attempt(other, iter((FACT,))).failures == ()
    told = second.attempt(STEP, broken(AssertionError("it was tried")))
    assert [failure.reason for failure in told.failures] == [Reason.INTERRUPTED]
    assert told.observations == ()
    second.close()
    assert Attempts(system.files, MARKER).attempt(STEP, iter((FACT,))).observations == (FACT,)


def test_a_pass_that_came_to_its_end_leaves_no_marker():
    system = a_machine()
    attempts = Attempts(system.files, MARKER)
    attempts.attempt(STEP, iter(()))
    assert system.files.exists(MARKER)
    attempts.close()
    assert not system.files.exists(MARKER)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff" * 5000])
def test_a_damaged_marker_is_no_step(text):
    system = a_machine()
    system.files.put(MARKER, text)
    assert Attempts(system.files, MARKER).attempt(STEP, iter((FACT,))).observations == (FACT,)


def test_a_full_disk_keeps_no_step_from_being_tried():
    system = a_machine()
    system.files.fail("write", MARKER)
    assert Attempts(system.files, MARKER).attempt(STEP, iter((FACT,))).observations == (FACT,)


def test_a_killed_pass_shows_in_the_next_statement():
    scene = Scene()
    scene.backup()
    gather, scene.tool.gather = scene.tool.gather, lambda *_: exec("raise SystemExit")
    with pytest.raises(SystemExit):
        scene.turn()
    scene.tool.gather = gather
    scene.turn()
    assert [failure.reason for failure in scene.newest().failures] == [Reason.INTERRUPTED]
    assert scene.kinds() == ["manifest", "canary_planted"]
    scene.turn()
    assert scene.newest().failures == ()
