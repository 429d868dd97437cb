"""The findings' history: what held when, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """Return who had which status when in [start, end), without gaps.

    Before its first change a control counts as `UNKNOWN`: nobody had judged it.
    """
    raise NotImplementedError


def service_levels(
    changes: Sequence[FindingChange], start: datetime, end: datetime
) -> tuple[ServiceLevel, ...]:
    """Return for each control on each asset how long each status held in [start, end)."""
    raise NotImplementedError
