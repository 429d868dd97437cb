"""When the next restore point must be there: by a schedule, by an age, or by both.

A slot of a schedule is served by a complete restore point that was *made* (ended, where the tool
tells) no earlier than a short tolerance before the slot. A run made by hand an hour early is a good
restore point, and does not stand for the one that was agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import ServerPlan
from guardian.domain.calendar import Pause, next_slot, stretched
from guardian.domain.evidence import AgentEvidence
from guardian.domain.words import later

DAILY = timedelta(hours=26)
"""What is allowed where neither an age nor a schedule was agreed: a daily job, and two hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was agreed of a copy's freshness."""

    schedule: tuple[str, ...] = ()
    """Cron lines and systemd calendar expressions; a slot of any of them asks for a run."""
    grace: timedelta = timedelta(hours=2)
    """How long after a slot its restore point may come."""
    early: timedelta = timedelta(minutes=15)
    """How long before a slot a restore point may be made and still stand for it."""
    max_age: timedelta | None = DAILY
    """How old the newest may be; None: no limit beside a schedule, a day and two hours without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when the newest restore point is enough."""

    at: datetime
    slot: datetime | None = None
    """The slot that asks for the next one; None: an age does."""


def deadline(
    made_at: datetime, asked: Asked, plan: ServerPlan, pauses: Sequence[Pause] = ()
) -> Deadline | None:
    """Return until when a restore point of `made_at` is enough; None: nothing more is asked for.

    Args:
        made_at: when the newest complete one was made.
        asked: what was agreed.
        plan: the server, with the calendar of its zone.
        pauses: times that do not count; none for what would hold without them.
    """
    slot = expected_slot(made_at, asked, plan, pauses)
    limits = [] if slot is None else [Deadline(at=stretched(slot, asked.grace, pauses), slot=slot)]
    age = asked.max_age if asked.max_age is not None or asked.schedule else DAILY
    if age is not None:
        limits.append(Deadline(at=_aged(made_at, age, pauses)))
    return min(limits, key=lambda each: each.at, default=None)


def _aged(made_at: datetime, age: timedelta, pauses: Sequence[Pause]) -> datetime:
    """Return when a restore point is too old.

    An age does not tell when the next run is. One that a pause left out comes up to a whole age
    after it, and never is there more than two ages of time that counts between two runs.
    """
    end = later(made_at, age)
    for pause in pauses:
        if pause.ends > made_at and pause.starts < end:
            end = max(end, later(pause.ends, age))
    twice = later(made_at, age, 2) - made_at
    return min(end, stretched(made_at, twice, pauses)) if end > later(made_at, age) else end


def expected_slot(
    made_at: datetime, asked: Asked, plan: ServerPlan, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """Return the first slot that a restore point of `made_at` does not serve."""
    if plan.calendar is None:
        return None
    return next_slot(plan.calendar, asked.schedule, later(made_at, asked.early), pauses)


def is_early(moments: Sequence[datetime], slot: datetime, asked: Asked, plan: ServerPlan) -> bool:
    """Say whether the newest restore point stands for no slot of its own.

    Args:
        moments: when the complete restore points were made, newest first.
        slot: the one that the newest does not serve.
        asked: what was agreed.
        plan: the server.
    """
    return len(moments) > 1 and expected_slot(moments[1], asked, plan) == slot


def while_on(
    due: Deadline, asked: Asked, plan: ServerPlan, agent: AgentEvidence | None
) -> Deadline:
    """Return the deadline of a server that is not always on: what counts is the time it speaks.

    After a time of being off it has the grace to catch up, and nothing falls due after it was heard
    last. Both end so long after the ordinary deadline as it may be silent: a machine that is on for
    minutes only must not look fresh for ever.
    """
    if plan.longest_silence is None or agent is None:
        return due
    last = Deadline(at=later(due.at, plan.longest_silence), slot=due.slot)
    woke = agent.speaking_since or agent.last_received_at
    caught_up = max(due.at, later(woke, asked.grace))
    if caught_up > agent.last_received_at:
        return last
    return min(Deadline(at=caught_up, slot=due.slot), last, key=lambda each: each.at)
