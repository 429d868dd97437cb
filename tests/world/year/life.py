"""One server's year: its runs and its statements, what is agreed, and what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from guardian.domain.calendar import Pause
from guardian.domain.lifecycle import Aside, State
from tests.world.year.habits import DAY, HABITS, MINUTE, ZONES, Habit, changes, starts

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
BEGIN, END = (datetime.combine(day, time(12), UTC) for day in (FIRST, LAST))
HOUR = timedelta(hours=1)
SPEAKS = DAY
"""How often agents speak at least."""
LATEST = timedelta(minutes=20)
"""A job begins so long after its slot at most."""
HOLIDAYS = (
    (date(2026, 4, 3), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 1)),
    (date(2026, 10, 24), date(2026, 10, 25)),
    (date(2026, 12, 24), date(2026, 12, 27)),
)


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of the job."""

    started_at: datetime
    ended_at: datetime
    slot: datetime | None = None
    """None: made by hand."""
    dated: datetime | None = None
    """What its restore point says of itself, where that is not when it ran."""
    lacks_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that went wrong, and when it must have been said at the latest."""

    kind: str
    control: str
    begins: datetime
    """The slot that was missed, or the last sign of life."""
    said_by: datetime
    over_at: datetime
    """When it was made good, as far as central can know."""


@dataclass(slots=True, kw_only=True)
class Life:
    """What happens to one server."""

    name: str
    zone: str
    habit: Habit
    chance: Random
    grace: timedelta = timedelta(hours=2)
    max_age: timedelta | None = None
    """Agreed instead of the schedule."""
    pauses: tuple[Pause, ...] = ()
    aside: Aside | None = None
    speaks: timedelta = SPEAKS
    """How often its agent speaks at least."""
    longest_silence: timedelta | None = None
    """Of a laptop."""
    slots: list[datetime] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    dead: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When the machine was lost, or off."""
    faults: list[Fault] = field(default_factory=list)


def lived(number: int, seed: int) -> Life:
    """Return the life of one server of the fleet, always the same for a seed."""
    chance = Random(f"{seed}/{number}")
    zone, habit = ZONES[number % len(ZONES)], HABITS[number // len(ZONES) % len(HABITS)]
    life = Life(name=f"server{number}", zone=zone, habit=habit, chance=chance)
    _agree(life, number)
    life.slots = list(starts(habit, zone, FIRST, LAST))
    life.dead = [(p.starts, p.ends) for p in life.pauses if p.holds_alarms]
    if life.aside is not None:
        life.dead.append((life.aside.since, life.aside.until or END + 2 * DAY))
    expected = [slot for slot in life.slots if not _is_off(life, slot)]
    life.runs = [_run(life, slot) for slot in expected]
    _by_hand(life)
    return life


def _agree(life: Life, number: int) -> None:
    """Agree on pauses and on what is parked; on an age, where no clock's change breaks it."""
    pauses = _holidays() if number % 2 else []
    pauses += _work(life.chance) if number % 3 == 0 else []
    life.pauses = tuple(sorted(pauses, key=lambda pause: pause.starts))
    if life.habit.expression == "15 1 * * *" and life.zone in {"Europe/Berlin", "Europe/London"}:
        life.max_age = timedelta(hours=26)
    if number % 40 == 7:
        life.pauses = ()
        life.aside = _parked(life.chance) if number % 80 == 7 else _retired(life.chance)
    if life.aside is not None and life.aside.until is not None:
        life.pauses = (
            Pause(
                starts=life.aside.since,
                ends=life.aside.until,
                reason="not needed",
                owner="Ada",
                holds_alarms=True,
                words="parked",
            ),
        )


def _holidays() -> list[Pause]:
    return [
        Pause(
            starts=datetime.combine(first, time(), UTC),
            ends=datetime.combine(last + DAY, time(), UTC),
            reason="closed",
            owner="Ada",
        )
        for first, last in HOLIDAYS
    ]


def _work(chance: Random) -> list[Pause]:
    """Return four nights of maintenance, in which the machine is off."""
    days = (date(2026, 2, 10), date(2026, 6, 16), date(2026, 9, 8), date(2026, 11, 17))
    begins = [datetime.combine(day, time(chance.randint(0, 23)), UTC) for day in days]
    return [
        Pause(
            starts=begin,
            ends=begin + chance.randint(4, 60) * HOUR,
            reason="new disks",
            owner="Eve",
            holds_alarms=True,
            words="maintenance",
        )
        for begin in begins
    ]


def _parked(chance: Random) -> Aside:
    since = datetime(2026, 6, 1, tzinfo=UTC) + chance.randint(0, 30) * DAY
    until = since + chance.randint(20, 90) * DAY
    return Aside(state=State.PARKED, since=since, until=until, reason="not needed", owner="Ada")


def _retired(chance: Random) -> Aside:
    since = datetime(2026, 8, 1, tzinfo=UTC) + chance.randint(0, 60) * DAY
    return Aside(state=State.RETIRED, since=since, reason="sold", owner="Ada")


def _is_off(life: Life, moment: datetime) -> bool:
    """Say whether nobody expects a run: the office is closed, or the machine off."""
    is_dead = any(begin <= moment < end for begin, end in life.dead)
    return is_dead or any(pause.covers(moment) for pause in life.pauses)


def _run(life: Life, slot: datetime) -> Run:
    """Return a healthy run: it ends within the grace; at the end of a month it takes longer."""
    longest = min(life.grace - LATEST - 30 * MINUTE, life.habit.gap)
    took = min(life.chance.lognormvariate(2.5, 0.7) * MINUTE, longest)
    took = min(took * (2 if slot.day >= 28 else 1), longest)
    started_at = slot + life.chance.randint(0, LATEST // MINUTE) * MINUTE
    return Run(started_at=started_at, ended_at=started_at + took, slot=slot)


def _by_hand(life: Life) -> None:
    """Let somebody make a few restore points beside the schedule."""
    for _ in range(life.chance.randint(0, 4)):
        started_at = BEGIN + life.chance.randint(1, 360 * 24 * 60) * MINUTE
        if not _is_off(life, started_at):
            life.runs.append(Run(started_at=started_at, ended_at=started_at + 10 * MINUTE))


def near_a_change(life: Life) -> Sequence[datetime]:
    """Return the slots in the three days around a change of the clocks."""
    days = {day + n * DAY for day in changes(life.zone, FIRST, LAST) for n in (-1, 0, 1)}
    return [slot for slot in life.slots if slot.date() in days]
