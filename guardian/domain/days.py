"""Days of one kind: what happens each Sunday, or at each end of a month, is usual then."""

from __future__ import annotations

from datetime import datetime

LATE_IN_MONTH, EARLY_IN_MONTH = 28, 2


def alike(one: datetime, other: datetime) -> bool:
    """Say whether two days are of one weekday, or both at the end of a month."""
    return one.weekday() == other.weekday() or (_is_month_end(one) and _is_month_end(other))


def _is_month_end(moment: datetime) -> bool:
    return moment.day >= LATE_IN_MONTH or moment.day <= EARLY_IN_MONTH
