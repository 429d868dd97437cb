"""How fast a copy grows: the median of slopes (Theil-Sen), which a few odd sizes do not turn.

Theil 1950, "A rank-invariant method of linear and polynomial regression analysis"; Sen 1968.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import combinations
from statistics import median

from guardian.domain.evidence import SizeSeen
from guardian.domain.words import LONGEST_SECONDS, later

LEAST_SIZES = 5
LEAST_SPAN = timedelta(days=14)
"""Fewer sizes, or over less time, are no trend."""
RISING_SHARE = 0.75
"""So many of all pairs of sizes must rise: noise about a level is no growth."""
REACH = 3
"""How far a trend tells what comes: this many times as long as it was watched."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A steady growth, seen from the first size to the newest."""

    bytes_per_second: float
    first_at: datetime
    newest: SizeSeen

    def reaches(self, size: float) -> datetime | None:
        """Return when the copy is expected to be as large as `size`, from its newest size on.

        None where that lies further ahead than the trend bears.
        """
        ahead = max(size - self.newest.bytes, 0.0) / self.bytes_per_second
        watched = (self.newest.at - self.first_at).total_seconds()
        if ahead > watched * REACH:
            return None
        return later(self.newest.at, timedelta(seconds=min(ahead, LONGEST_SECONDS)))


@lru_cache(maxsize=8192)  # sizes change once a day, and figures are drawn up all the time
def growth(sizes: tuple[SizeSeen, ...]) -> Growth | None:
    """Return how a copy grows; None where that is not known or it does not grow.

    Args:
        sizes: in any order; two of one moment count once each, with no slope between them.
    """
    known = sorted(sizes, key=lambda size: size.at)
    if len(known) < LEAST_SIZES or known[-1].at - known[0].at < LEAST_SPAN:
        return None
    slopes = _slopes(known)
    rising = sum(slope > 0 for slope in slopes)
    if rising < len(slopes) * RISING_SHARE:
        return None
    return Growth(bytes_per_second=median(slopes), first_at=known[0].at, newest=known[-1])


def _slopes(sizes: Sequence[SizeSeen]) -> list[float]:
    return [
        (after.bytes - before.bytes) / ((after.at - before.at) / _SECOND)
        for before, after in combinations(sizes, 2)
        if after.at > before.at
    ]
