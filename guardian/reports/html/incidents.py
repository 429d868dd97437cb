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
    """What had one bad status for a while: one check, or several of a server for one reason."""

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
    longest: str
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
    grouped = sorted(_grouped(found), key=lambda group: (-_length(group), _place(group[0])))
    shown = sorted(grouped[:SHOWN], key=lambda group: (group[0].start, _place(group[0])))
    rest = [one for group in grouped[SHOWN:] for one in group]
    return Incidents(
        number=len(found),
        total=words.span(_sum(found)),
        longest=words.span(max((one.end - one.start for one in found), default=timedelta())),
        shown=tuple(_incident(group, checks, end) for group in shown),
        hidden=len(rest),
        hidden_total=words.span(_sum(rest)),
    )


def _grouped(found: Sequence[Period]) -> list[list[Period]]:
    """Bring together what one server suffered for one reason at one time, to be read as one."""
    groups: dict[tuple[str, ...], list[Period]] = {}
    for one in found:
        when = (words.clock(one.start), words.clock(one.end))
        groups.setdefault((one.server, *when, one.reason), []).append(one)
    return list(groups.values())


def _length(group: Sequence[Period]) -> float:
    return max((one.end - one.start).total_seconds() for one in group)


def _place(period: Period) -> tuple[str, ...]:
    return (period.server, period.backup_set or "", period.copy or "", period.control)


def _sum(found: Sequence[Period]) -> timedelta:
    return sum((one.end - one.start for one in found), timedelta())


def _incident(group: Sequence[Period], checks: Mapping[str, AnyCheck], end: datetime) -> Incident:
    period = group[0]
    return Incident(
        title=_title(group, checks),
        where=_where(group),
        start=words.clock(period.start),
        end=words.clock(period.end),
        is_over=period.end < end,
        length=words.span(period.end - period.start),
        reason=words.sentence(period.reason),
    )


def _title(group: Sequence[Period], checks: Mapping[str, AnyCheck]) -> str:
    if len(group) > 1:
        return words.count(len(group), "check")
    check = checks.get(group[0].control)
    return group[0].control if check is None else check.title


def _where(group: Sequence[Period]) -> str:
    places = {words.place(one.server, one.backup_set, one.copy) for one in group}
    return places.pop() if len(places) == 1 else group[0].server
