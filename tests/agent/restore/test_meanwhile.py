"""A restore point that is another one by now was being written: that is no damage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.meanwhile import broken_off_now
from guardian_agent.restore.result import about, not_performed
from guardian_agent.restore.room import Plot
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import CHECKPOINT, FakeTool, subject_of
from tests.agent.restore.test_sample import FILES

PLOT = Plot(folder="/room", limit=1, user="nobody", memory_bytes=1, processes=1)


class Scene:
    """A tool with one restore point, and a test of it."""

    def __init__(self) -> None:
        self.system, self.tool = FakeSystem(), FakeTool()
        self.tool.started_at = self.system.clock.now()
        self.subject = subject_of(FILES)

    def begun(self) -> RestoreTest:
        test = not_performed(self.subject, "sample", self.system.clock.now(), Reason.NONE)
        point = self.tool.newest(self.subject, self.tool.gather(self.subject, self.system))
        return test if point is None else about(test, point)

    def ended(self, test: RestoreTest, reason: Reason = Reason.DAMAGED) -> tuple[Outcome, Reason]:
        ground = Ground(checkpoint=CHECKPOINT, manifest="/m", ledger="/l", marker=None, plot=PLOT)
        task = Task(
            probe=self.tool.probe(),
            subject=self.subject,
            settings=None,
            ground=ground,
            system=self.system,
            progress=lambda text, share: None,
        )
        found = broken_off_now(task, test, ProbeError(reason, "cut short"))
        return found.outcome, found.reason


def test_a_point_that_still_stands_is_damaged():
    scene = Scene()
    assert scene.ended(scene.begun()) == (Outcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize("seconds", [None, 1])
def test_one_that_went_or_was_written_on_is_not(seconds):
    scene = Scene()
    test, began = scene.begun(), scene.tool.started_at
    scene.tool.started_at = None if seconds is None else began + timedelta(seconds=seconds)
    assert scene.ended(test) == (Outcome.NOT_PERFORMED, Reason.NO_RESTORE_POINT)


def test_where_nobody_can_tell_it_is_damaged():
    scene = Scene()
    test = scene.begun()
    scene.tool.failing["gather"] = Reason.TIMEOUT
    assert scene.ended(test) == (Outcome.FAILED, Reason.DAMAGED)


def test_what_keeps_a_test_from_being_made_needs_no_second_look():
    scene = Scene()
    test = scene.begun()
    scene.tool.asked.clear()
    assert scene.ended(test, Reason.TIMEOUT) == (Outcome.NOT_PERFORMED, Reason.TIMEOUT)
    assert scene.tool.asked == []


def test_damage_before_a_point_was_found_stays_damage():
    scene = Scene()
    scene.tool.started_at = None
    assert scene.ended(scene.begun()) == (Outcome.FAILED, Reason.DAMAGED)
