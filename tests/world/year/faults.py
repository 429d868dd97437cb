"""What goes wrong in a server's year: one fault, with the moment by which it must be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.world.year.habits import DAY, MINUTE
from tests.world.year.life import BEGIN, END, HOUR, SPEAKS, Fault, Life, Run, near_a_change

DELIVERED = HOUR
"""Within it central knows that a run was made good."""
SILENCE = 2 * SPEAKS + 15 * MINUTE
"""What `agent.reporting` allows by default."""


def plant(life: Life, kind: str, *, at_a_change: bool) -> bool:
    """Let something go wrong; say whether there was room for it in the year."""
    slots = near_a_change(life) if at_a_change else life.slots
    room = [slot for slot in slots if _is_quiet(life, slot)]
    if not room or (kind == "early run" and life.max_age is not None):
        return False
    slot = life.chance.choice(room)
    life.runs = [run for run in life.runs if run.slot or not _is_near(run.started_at, slot)]
    life.runs.sort(key=lambda run: run.ended_at)
    life.faults.append(KINDS[kind](life, slot))
    return True


def _is_quiet(life: Life, slot: datetime) -> bool:
    """Say whether nothing else is going on for a while before and after a slot."""
    around = (slot - 3 * DAY, slot + 12 * DAY + 3 * life.habit.gap)
    if around[0] < BEGIN + 32 * DAY or around[1] > END - 3 * DAY:
        return False
    busy = [*life.dead, *((pause.starts, pause.ends) for pause in life.pauses)]
    return all(end < around[0] or begin > around[1] for begin, end in busy)


def _is_near(moment: datetime, slot: datetime) -> bool:
    return slot - 2 * DAY <= moment <= slot + 90 * DAY


def _said_by(life: Life, slot: datetime) -> datetime:
    """Return when the missing run of a slot must be said: as agreed, and a look of central's."""
    if life.max_age is None:
        return slot + life.grace + MINUTE
    return max(run.ended_at for run in life.runs if run.ended_at < slot) + life.max_age + MINUTE


def _fault(life: Life, kind: str, slot: datetime, over_at: datetime) -> Fault:
    return Fault(
        kind=kind,
        control="backup.fresh",
        begins=slot,
        said_by=_said_by(life, slot),
        over_at=over_at + DELIVERED,
    )


def _without(life: Life, begin: datetime, end: datetime) -> datetime:
    """Take away the runs of some slots; return when the first one after them was done."""
    kept = [run for run in life.runs if run.slot is None or not begin <= run.slot < end]
    life.runs = kept
    return min(run.ended_at for run in kept if run.slot is not None and run.slot >= end)


def _stopped(life: Life, slot: datetime) -> Fault:
    """The timer is disabled for days."""
    over_at = _without(life, slot, slot + max(5 * DAY, 2 * life.habit.gap))
    return _fault(life, "stopped", slot, over_at)


def _missed(life: Life, slot: datetime) -> Fault:
    """One run does not happen."""
    over_at = _without(life, slot, slot + MINUTE)
    return _fault(life, "missed once", slot, over_at)


def _early(life: Life, slot: datetime) -> Fault:
    """Somebody runs it by hand before its time, and the scheduled run does not happen."""
    over_at = _without(life, slot, slot + MINUTE)
    ahead = min(life.habit.gap / 2, 5 * HOUR)
    life.runs.append(Run(started_at=slot - ahead, ended_at=slot - ahead + 5 * MINUTE))
    return _fault(life, "early run", slot, over_at)


def _hung(life: Life, slot: datetime) -> Fault:
    """A run takes hours longer than it may."""
    ended_at = _said_by(life, slot) + 3 * HOUR
    _without(life, slot, ended_at)
    life.runs.append(Run(started_at=slot, ended_at=ended_at, slot=slot))
    return _fault(life, "hung", slot, ended_at)


def _ahead(life: Life, slot: datetime) -> Fault:
    """The clock of the machine is a month ahead, and then the job stops."""
    over_at = _without(life, slot, slot + max(5 * DAY, 2 * life.habit.gap))
    ended_at = slot + 10 * MINUTE
    life.runs.append(Run(started_at=slot, ended_at=ended_at, slot=slot, dated=slot + 30 * DAY))
    return _fault(life, "dated ahead", slot, over_at)


def _lacking(life: Life, slot: datetime) -> Fault:
    """For a time the restore points lack files."""
    end = slot + max(3 * DAY, 2 * life.habit.gap)
    for run in life.runs:
        run.lacks_files = run.lacks_files or slot <= (run.slot or END) < end
    over_at = min(run.ended_at for run in life.runs if run.slot is not None and run.slot >= end)
    return _fault(life, "lacks files", slot, over_at)


def _lost(life: Life, slot: datetime) -> Fault:
    """The machine is lost for days, and nobody knows."""
    end = slot + max(6 * DAY, 2 * life.habit.gap)
    over_at = _without(life, slot - HOUR, end)
    life.dead.append((slot - HOUR, end))
    said_by = slot - HOUR + SILENCE + MINUTE
    return Fault(
        kind="lost",
        control="agent.reporting",
        begins=slot - HOUR - SPEAKS,
        said_by=said_by,
        over_at=over_at + DELIVERED,
    )


KINDS: dict[str, Callable[[Life, datetime], Fault]] = {
    "stopped": _stopped,
    "missed once": _missed,
    "early run": _early,
    "hung": _hung,
    "dated ahead": _ahead,
    "lacks files": _lacking,
    "lost": _lost,
}
