"""When a scheduler starts a job, told from the wall's clock and from nothing of Guardian's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",  # its summer time is called the standard one
    "America/New_York",
    "America/St_Johns",  # half an hour beside the others
    "America/Havana",  # changes at midnight
    "America/Santiago",  # the same, in the other half of the year
    "Africa/Casablanca",  # changes for Ramadan
    "Africa/Cairo",  # changes on a Friday at midnight
    "Australia/Sydney",
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Auckland",
)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A job's schedule: at a time of day on some days, or every so many hours."""

    expression: str
    hour: int = 2
    minute: int = 30
    every: int | None = None
    """Hours; None: once a day."""
    weekdays: frozenset[int] = frozenset(range(7))
    month_days: frozenset[int] = frozenset(range(1, 32))
    is_timer: bool = False
    """Of systemd; else of cron."""
    gap: timedelta = DAY
    """The shortest time between two runs."""


def starts(habit: Habit, zone: str, first: date, last: date) -> Iterator[datetime]:
    """Yield when the job is started, in UTC, from one day to another."""
    where = ZoneInfo(zone)
    if habit.every is not None:
        yield from _by_the_hour(habit, where, first, last)
        return
    day = first
    while day <= last:
        if day.weekday() in habit.weekdays and day.day in habit.month_days:
            yield from _on(day, habit, where)
        day += DAY


def changes(zone: str, first: date, last: date) -> list[date]:
    """Return the days on which the clocks change."""
    where, found, day = ZoneInfo(zone), [], first
    while day <= last:
        today, tomorrow = (datetime.combine(each, time(12), where) for each in (day, day + DAY))
        if today.utcoffset() != tomorrow.utcoffset():
            found.append(day + DAY)
        day += DAY
    return found


def _on(day: date, habit: Habit, where: ZoneInfo) -> Iterator[datetime]:
    wall = datetime.combine(day, time(habit.hour, habit.minute), where)
    moment = wall.astimezone(UTC)
    if moment.astimezone(where).replace(tzinfo=None) == wall.replace(tzinfo=None):
        yield moment
    elif not habit.is_timer:
        yield _jump(wall, where)


def _jump(wall: datetime, where: ZoneInfo) -> datetime:
    """Return the moment at which the clock jumped over a time: cron starts the job then."""
    moment = wall.replace(fold=1).astimezone(UTC)
    before = moment.astimezone(where).utcoffset()
    while moment.astimezone(where).utcoffset() == before:
        moment += MINUTE
    return moment


def _by_the_hour(habit: Habit, where: ZoneInfo, first: date, last: date) -> Iterator[datetime]:
    every = habit.every or 1
    moment = datetime.combine(first, time(), UTC)
    end = datetime.combine(last + DAY, time(), UTC)
    while moment < end:
        wall = moment.astimezone(where)
        if wall.minute == habit.minute and wall.hour % every == 0:
            yield moment
        moment += 15 * MINUTE


def cron(minute: int, hour: int, days: str = "* * *", **more: object) -> Habit:
    return Habit(expression=f"{minute} {hour} {days}", minute=minute, hour=hour, **more)


def timer(minute: int, hour: int, days: str = "*-*-*", **more: object) -> Habit:
    expression = f"{days} {hour:02}:{minute:02}"
    return Habit(expression=expression, minute=minute, hour=hour, is_timer=True, **more)


HABITS = (
    cron(30, 2),
    timer(30, 2),
    cron(0, 0),
    timer(0, 0),
    cron(15, 1),
    timer(45, 23),
    cron(0, 3, "* * SUN", weekdays=frozenset({6}), gap=7 * DAY),
    timer(0, 2, "Sun *-*-*", weekdays=frozenset({6}), gap=7 * DAY),
    cron(0, 22, "* * MON-FRI", weekdays=frozenset(range(5))),
    cron(30, 1, "1 * *", month_days=frozenset({1}), gap=28 * DAY),
    cron(0, 4, "31 * *", month_days=frozenset({31}), gap=28 * DAY),
    cron(0, 4, "28-31 * *", month_days=frozenset(range(28, 32))),
    Habit(expression="0 */6 * * *", minute=0, every=6, gap=timedelta(hours=5)),
    Habit(expression="0 */4 * * *", minute=0, every=4, gap=timedelta(hours=3)),
    *(cron(30, 2), timer(30, 2), cron(45, 23), timer(15, 1), cron(0, 5), timer(0, 3), timer(30, 1)),
    cron(0, 3, "* * SUN", weekdays=frozenset({6}), gap=7 * DAY),
    timer(30, 2, "Sun *-*-*", weekdays=frozenset({6}), gap=7 * DAY),
    cron(30, 2, "* * SAT,SUN", weekdays=frozenset({5, 6})),
    Habit(expression="0 */2 * * *", minute=0, every=2, gap=timedelta(hours=1)),
)
