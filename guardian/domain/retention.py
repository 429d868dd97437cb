"""How far back a set of restore points reaches, and where it has holes.

Retention jobs keep the last point of each calendar day, week, month or year, in a zone that central
does not know, and the newest point is wherever the present is. So no calendar is drawn: what counts
is how far neighbouring points lie apart, and how far from the newest the oldest lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

WIDEST = 1.75
"""Neighbours further apart than so many periods have a hole between them: a job may be late."""
JITTER = 0.25
"""A share of a period by which two runs may be off."""
PERIODS = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=365.2425 / 12),
    "yearly": timedelta(days=365.2425),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many of the agreed restore points of one period there are."""

    expected: int
    between: int
    """Missing between others: holes."""
    before: int
    """Missing at the old end: it does not reach back."""

    @property
    def available(self) -> int:
        """Return how many there are."""
        return max(self.expected - self.between - self.before, 0)


def held(moments: Iterable[datetime], expected: int, period: timedelta) -> Held:
    """Hold restore points against an agreed number of them, one for each period.

    Args:
        moments: when the points were made; at least one.
        expected: how many periods, counted back from the newest point, must have one.
        period: how long a period is.
    """
    ages = _ages(moments, period)
    window = [each for each in ages if each <= expected - 2 + WIDEST]
    between = sum(_holes(later - earlier) for earlier, later in pairwise(window))
    # The last point of the oldest period may lie nearly a whole period later than its first.
    short = window[-1] < expected - 2 - JITTER
    before = max(round(expected - 1 - window[-1]), 1) if short else 0
    # Where periods are exact, one too few shows in the number alone.
    before = max(before, expected - len(window) - between)
    return Held(expected=expected, between=min(between, expected), before=max(before, 0))


def _ages(moments: Iterable[datetime], period: timedelta) -> Sequence[float]:
    """Return the ages beside the newest, youngest first, in periods."""
    ordered = sorted(moments, reverse=True)
    return [(ordered[0] - each) / period for each in ordered]


def _holes(gap: float) -> int:
    return max(round(gap) - 1, 1) if gap > WIDEST else 0
