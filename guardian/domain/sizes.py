"""How a copy grew: the sizes of its newest restore points, thinned out evenly over a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guardian.domain.evidence import CopyEvidence, SizeSeen

MAX_SIZES = 32
KEPT_FOR = timedelta(days=400)
"""A year and a month, so that the same season can be compared."""


def grown(copy: CopyEvidence, at: datetime, size: int) -> CopyEvidence:
    """Take how large the newest restore point was at `at`; of a day the last one counts."""
    day = at.date()
    others = [known for known in copy.sizes if known.at.date() != day]
    sizes = sorted([*others, SizeSeen(at=at, bytes=size)], key=_when, reverse=True)
    young = [known for known in sizes if sizes[0].at - known.at <= KEPT_FOR]
    return replace(copy, sizes=tuple(_thinned(young)))


def _when(size: SizeSeen) -> datetime:
    return size.at


def _thinned(sizes: Sequence[SizeSeen]) -> Sequence[SizeSeen]:
    """Leave out the one whose neighbours are closest, where there is one too many.

    The newest and the oldest stay, and what lies between spreads out by itself.
    """
    if len(sizes) <= MAX_SIZES:
        return sizes
    inner = range(1, len(sizes) - 1)
    densest = min(inner, key=lambda place: sizes[place - 1].at - sizes[place + 1].at)
    return [*sizes[:densest], *sizes[densest + 1 :]]
