"""A laptop's year: on during some working days, and backed up when it is opened."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.world.year.habits import DAY, MINUTE, ZONES, Habit
from tests.world.year.life import BEGIN, END, FIRST, HOUR, LAST, Fault, Life, Run

SPEAKS = 2 * HOUR
WAKES = 10 * MINUTE
"""So long after it was opened it speaks, and its job begins."""
SESSION = 9 * HOUR
NO_HABIT = Habit(expression="when it is on")


def lent(number: int, seed: int) -> Life:
    """Return the year of one laptop; the jobs of every other one stop for a week and more."""
    chance = Random(f"{seed}/{number}")
    life = Life(
        name=f"laptop{number}",
        zone=ZONES[number % len(ZONES)],
        habit=NO_HABIT,
        chance=chance,
        grace=3 * HOUR,
        max_age=timedelta(hours=26),
        speaks=SPEAKS,
        longest_silence=14 * DAY,
    )
    sessions = _sessions(life)
    ends = [BEGIN - DAY, *(session + SESSION for session in sessions)]
    life.dead = list(zip(ends, [*sessions, END + DAY], strict=True))
    for session in sessions:
        if not life.runs or session - life.runs[-1].ended_at > timedelta(hours=12):
            begun = session + WAKES
            life.runs.append(Run(started_at=begun, ended_at=begun + chance.randint(5, 90) * MINUTE))
    if number % 40 == 13:
        life.faults.append(_stopped(life, sessions))
    return life


def _sessions(life: Life) -> list[datetime]:
    """Return when it is opened: four of five working days, and not in three long holidays.

    But never is it off for two weeks: that is what was agreed.
    """
    where, found, day = ZoneInfo(life.zone), [], FIRST
    holidays = [FIRST + (start + life.chance.randint(0, 60)) * DAY for start in (30, 150, 270)]
    while day <= LAST:
        away = any(begin <= day < begin + 7 * DAY for begin in holidays)
        is_due = not found or day - found[-1].date() > 3 * DAY
        if day.weekday() < 5 and not away and (life.chance.random() < 0.8 or is_due):
            opened = datetime.combine(day, time(8, life.chance.randint(0, 59)), where)
            found.append(opened.astimezone(UTC))
        day += DAY
    return [each for each in found if BEGIN < each < END - DAY]


def _stopped(life: Life, sessions: list[datetime]) -> Fault:
    begins = sessions[life.chance.randint(40, len(sessions) - 40)]
    kept = [r for r in life.runs if not begins <= r.started_at < begins + 9 * DAY]
    life.runs = kept
    last = max(run.ended_at for run in kept if run.ended_at < begins)
    over_at = min(run.ended_at for run in kept if run.ended_at > begins)
    return Fault(
        kind="laptop stopped",
        control="backup.fresh",
        begins=begins,
        said_by=_said_by(life, sessions, last, begins),
        over_at=over_at + HOUR,
    )


def _said_by(life: Life, sessions: list[datetime], last: datetime, begins: datetime) -> datetime:
    """Return when it must be said: it was on for the grace, and has spoken after that."""
    old = last + (life.max_age or DAY)
    moments = [
        moment + SPEAKS + SPEAKS
        for session in sessions
        if session >= begins
        and (moment := max(old, session + WAKES + life.grace)) + 2 * SPEAKS < session + SESSION
    ]
    return min(moments)
