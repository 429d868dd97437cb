"""How a test ended that an error ended, with a look at whether its restore point still stands.

A dump is written while tests run: at night both are at work. What was listed, and is another file
now (or none), was being written, replaced or taken away. That is no damage; the next test finds it
as it is then.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.restore.kind import AnyTask
from guardian_agent.restore.result import DAMAGE, broken_off
from guardian_agent.wire.facts.copies import RestorePoints
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason


def broken_off_now(
    task: AnyTask, test: RestoreTest, error: ProbeError, damage: AbstractSet[Reason] = DAMAGE
) -> RestoreTest:
    """Say how a test ended as `broken_off` does, unless its restore point is there no more."""
    ended = broken_off(test, error, damage)
    if ended.outcome is not Outcome.FAILED or test.point is None or _is_listed(task, test):
        return ended
    return replace(ended, outcome=Outcome.NOT_PERFORMED, reason=Reason.NO_RESTORE_POINT)


def _is_listed(task: AnyTask, test: RestoreTest) -> bool:
    """Say whether the copy still lists the point as it was; where nobody can tell it does."""
    now = task.system.clock.now()
    try:
        facts = task.probe.parse(task.subject, task.probe.gather(task.subject, task.system), now)
    except ProbeError:
        return True
    lists = [fact for fact in facts if isinstance(fact, RestorePoints)]
    return not lists or any(point.id == test.point for each in lists for point in each.points)
