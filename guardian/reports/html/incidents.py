"""What went wrong in the month, from when until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.check import AnyCheck
from guardian.domain.history import FindingChange, Period, periods
from guardian.domain.verdict import Status
from guardian.reports.html import words

SHOWN = 40
"""Longest periods that are listed one by one; the rest is summed up, never left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One control on one asset that had one bad status for a while."""

    title: str
    where: str
    start: str
    end: str
    is_over: bool
    length: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """All periods of one status: the longest in order of time, and sums of them all."""

    number: int
    total: str
    shown: tuple[Incident, ...]
    hidden: int
    hidden_total: str


def incidents(
    changes: Sequence[FindingChange],
    checks: Mapping[str, AnyCheck],
    start: datetime,
    end: datetime,
    status: Status,
) -> Incidents:
    """Return the periods of [start, end) in which a control had `status`."""
    found = [one for one in periods(changes, start, end) if one.status is status]
    longest = sorted(found, key=lambda one: (one.start - one.end, _place(one)))
    shown = sorted(longest[:SHOWN], key=lambda one: (one.start, _place(one)))
    return Incidents(
        number=len(found),
        total=words.span(_sum(found)),
        shown=tuple(_incident(one, checks.get(one.control), end) for one in shown),
        hidden=len(longest[SHOWN:]),
        hidden_total=words.span(_sum(longest[SHOWN:])),
    )


def _place(period: Period) -> tuple[str, ...]:
    return (period.server, period.backup_set or "", period.copy or "", period.control)


def _sum(found: Sequence[Period]) -> timedelta:
    return sum((one.end - one.start for one in found), timedelta())


def _incident(period: Period, check: AnyCheck | None, end: datetime) -> Incident:
    return Incident(
        title=period.control if check is None else check.title,
        where=words.place(period.server, period.backup_set, period.copy),
        start=words.clock(period.start),
        end=words.clock(period.end),
        is_over=period.end < end,
        length=words.span(period.end - period.start),
        reason=words.sentence(period.reason),
    )
