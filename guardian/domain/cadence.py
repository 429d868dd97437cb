"""The cadence of a copy's own history, as a proposal for a schedule.

A proposal is never in force by itself: somebody reads it and writes it down. It is made only where
the history bears it out: most of its slots have a run, and most runs have a slot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTES_OF_DAY = 1440
MINUTES_OF_HOUR = 60
LEAST_RUNS = 5
"""Fewer show nothing."""
WEEKS_FOR_DAYS = timedelta(days=13)
"""A shorter history cannot tell a weekday that is left out from one that was missed."""
SURE = 0.85
"""The share of slots with a run, and of runs with a slot, below which nothing is proposed."""
ROUND = 5
"""Minutes to which a slot is rounded down."""
WEEKLY_DAYS = 7
MONTH = range(27, 33)
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """What a history looks like."""

    expression: str
    """A cron line in the zone of the history's times."""
    grace: timedelta
    """Longer than all but the very latest run took, from its slot to its end."""
    runs: int
    """How many runs show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One restore point, by the wall's clock of its server."""

    started_at: datetime
    finished_at: datetime


def learned(runs: Iterable[Run]) -> Cadence | None:
    """Return what a history proposes; None where it shows no cadence.

    Args:
        runs: complete restore points with aware times in the zone of the server.
    """
    ordered = sorted(runs, key=lambda run: run.started_at)
    if len(ordered) < LEAST_RUNS:
        return None
    starts = [run.started_at for run in ordered]
    gap = median((later - earlier) / HOUR for earlier, later in pairwise(starts))
    expression = _hourly(starts, round(gap)) if gap < 20 else _by_day(starts)  # noqa: PLR2004
    if expression is None:
        return None
    return Cadence(expression=expression, grace=_grace(ordered, expression), runs=len(ordered))


def _hourly(starts: Sequence[datetime], every: int) -> str | None:
    """Return a cron line for so many hours, where the runs stand in them."""
    if every < 1 or 24 % every:
        return None
    minute = _first([start.minute for start in starts], MINUTES_OF_HOUR)
    if minute is None:
        return None
    hours = [_slot_of(start, minute, MINUTES_OF_HOUR).hour % every for start in starts]
    (first, times), *_ = Counter(hours).most_common(1)
    slots = (starts[-1] - starts[0]) / HOUR / every + 1
    if min(times / len(starts), len(starts) / slots) < SURE:
        return None
    which = "*" if every == 1 else f"{first}-23/{every}" if first else f"*/{every}"
    return f"{minute} {which} * * *"


def _by_day(starts: Sequence[datetime]) -> str | None:
    """Return a cron line for a time of day, on all days, some weekdays or a day of the month."""
    minutes = _first([start.hour * 60 + start.minute for start in starts], MINUTES_OF_DAY)
    if minutes is None:
        return None
    days = sorted({_slot_of(start, minutes, MINUTES_OF_DAY).date() for start in starts})
    which = _month_day(days) or _weekdays(days)
    if which is None:
        return None
    return f"{minutes % 60} {minutes // 60} {which}"


def _first(minutes: Sequence[int], circle: int) -> int | None:
    """Return the minute of a day, or of an hour, at which runs begin; None where they do anywhere.

    Measured around the circle from the middle of the runs, so that midnight is no border.
    """
    centre = min(
        minutes, key=lambda each: sum(abs(_turned(other, each, circle)) for other in minutes)
    )
    offsets = sorted(_turned(each, centre, circle) for each in minutes)
    near = [each for each in offsets if abs(each) <= circle // 4]
    if len(near) / len(offsets) < SURE or near[-1] - near[0] > circle // 3:
        return None
    return (centre + near[0]) // ROUND * ROUND % circle


def _turned(minute: int, centre: int, circle: int) -> int:
    """Return how far a minute lies after the centre; before it, where that is nearer."""
    half = circle // 2
    return (minute - centre + half) % circle - half


def _slot_of(start: datetime, minute: int, circle: int) -> datetime:
    """Return the slot that a run belongs to, by the wall's clock: the nearest one."""
    offset = _turned(start.hour * 60 + start.minute, minute, circle)
    return start.replace(tzinfo=None) - timedelta(minutes=offset)


def _weekdays(days: Sequence[date]) -> str | None:
    """Return the last fields of a cron line: every day, or the weekdays that have runs."""
    span = (days[-1] - days[0]).days + 1
    every = [days[0] + number * DAY for number in range(span)]
    if len(days) / span >= SURE:
        return "* * *"
    if days[-1] - days[0] < WEEKS_FOR_DAYS:
        return None
    there, all_days = Counter(d.weekday() for d in days), Counter(d.weekday() for d in every)
    kept = [each for each in range(WEEKLY_DAYS) if there[each] / all_days[each] >= SURE]
    if not kept or sum(there[each] for each in kept) / len(days) < SURE:
        return None
    return f"* * {_spelt(kept)}"


def _spelt(kept: Sequence[int]) -> str:
    in_a_row = kept == list(range(kept[0], kept[-1] + 1)) and len(kept) > 2  # noqa: PLR2004
    if in_a_row:
        return f"{DAYS[kept[0]]}-{DAYS[kept[-1]]}"
    return ",".join(DAYS[each] for each in kept)


def _month_day(days: Sequence[date]) -> str | None:
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    (day, times), *_ = Counter(each.day for each in days).most_common(1)
    monthly = sum(gap in MONTH for gap in gaps) >= SURE * len(gaps) > 0
    return f"{day} * *" if monthly and times / len(days) >= SURE else None


def _grace(runs: Sequence[Run], expression: str) -> timedelta:
    """Return whole hours within which nineteen of twenty runs were done, half as long again."""
    minute, hours, *_ = expression.split()
    is_daily = hours.isdigit()
    slot = int(minute) + (int(hours) * 60 if is_daily else 0)
    circle = MINUTES_OF_DAY if is_daily else MINUTES_OF_HOUR
    took = sorted(_took(run, slot, circle) for run in runs)
    usual = took[(len(took) * 19 - 1) // 20]
    return max(HOUR, HOUR * -(-(usual * 3 / 2) // HOUR))


def _took(run: Run, slot: int, circle: int) -> timedelta:
    began = _turned(run.started_at.hour * 60 + run.started_at.minute, slot, circle)
    return timedelta(minutes=max(began, 0)) + max(run.finished_at - run.started_at, timedelta())
