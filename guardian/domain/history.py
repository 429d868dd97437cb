"""The findings' history: what held when, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from guardian.domain.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A finding's status from `at` on; the history that reports are built from."""

    client: str
    server: str
    backup_set: str | None
    copy: str | None
    control: str
    at: datetime
    status: Status
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One control on one asset having one status from `start` to `end`."""

    client: str
    server: str
    backup_set: str | None
    copy: str | None
    control: str
    status: Status
    reason: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """How long each status held for one control on one asset, in seconds.

    The four add up to the whole span asked about.
    """

    client: str
    server: str
    backup_set: str | None
    copy: str | None
    control: str
    seconds: dict[Status, float]


def periods(changes: Sequence[FindingChange], start: datetime, end: datetime) -> tuple[Period, ...]:
    """Return who had which status when in [start, end), without gaps, by control and time.

    Before its first change a control counts as `UNKNOWN`: nobody had judged it.
    """
    found: list[Period] = []
    for own in _by_finding(changes).values():
        found.extend(_spans(own, start, end))
    return tuple(found)


def service_levels(
    changes: Sequence[FindingChange], start: datetime, end: datetime
) -> tuple[ServiceLevel, ...]:
    """Return for each control on each asset how long each status held in [start, end)."""
    levels: list[ServiceLevel] = []
    for own in _by_finding(changes).values():
        seconds = dict.fromkeys(Status, 0.0)
        for span in _spans(own, start, end):
            seconds[span.status] += (span.end - span.start).total_seconds()
        levels.append(_level(own[0], seconds))
    return tuple(levels)


def _level(whose: FindingChange, seconds: dict[Status, float]) -> ServiceLevel:
    return ServiceLevel(
        client=whose.client,
        server=whose.server,
        backup_set=whose.backup_set,
        copy=whose.copy,
        control=whose.control,
        seconds=seconds,
    )


def _by_finding(changes: Sequence[FindingChange]) -> dict[tuple[str, ...], list[FindingChange]]:
    """Return the changes of each finding in the order they happened, findings in a fixed order."""
    found: dict[tuple[str, ...], list[FindingChange]] = {}
    for change in sorted(changes, key=lambda change: change.at):
        found.setdefault(_key(change), []).append(change)
    return dict(sorted(found.items()))


def _key(change: FindingChange) -> tuple[str, ...]:
    where = (change.client, change.server, change.backup_set or "", change.copy or "")
    return (*where, change.control)


def _spans(own: Sequence[FindingChange], start: datetime, end: datetime) -> list[Period]:
    """Cut [start, end) at one finding's changes; neighbours of one status are one period."""
    marks = [(start, Status.UNKNOWN, "not judged yet")]
    marks += [(min(max(each.at, start), end), each.status, each.reason) for each in own]
    ends = [at for at, _, _ in marks[1:]] + [end]
    spans: list[Period] = []
    for (at, status, reason), until in zip(marks, ends, strict=True):
        if at >= until:
            continue
        if spans and spans[-1].status is status:
            spans[-1] = replace(spans[-1], end=until)
        else:
            spans.append(_period(own[0], status, reason, at, until))
    return spans


def _period(
    whose: FindingChange, status: Status, reason: str, start: datetime, end: datetime
) -> Period:
    return Period(
        client=whose.client,
        server=whose.server,
        backup_set=whose.backup_set,
        copy=whose.copy,
        control=whose.control,
        status=status,
        reason=reason,
        start=start,
        end=end,
    )
