"""Service levels: the share of hours in which each control held, over all it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardian.domain.check import AnyCheck
from guardian.domain.history import FindingChange, ServiceLevel, service_levels
from guardian.domain.verdict import Status
from guardian.reports.html import words

ORDER = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.EXEMPT)
BAR_WIDTH = 560.0
LEAST_WIDTH = 3.0
"""What happened at all is seen: a minute of failing is not lost in a month of green."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a bar, in the chart's units."""

    status: Status
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One control's month: shares in words for the table, pieces of a bar for the chart."""

    title: str
    number: int
    hours: str
    shares: dict[str, str]
    segments: tuple[Segment, ...]


def levels(
    changes: Sequence[FindingChange],
    checks: Mapping[str, AnyCheck],
    start: datetime,
    end: datetime,
) -> tuple[Level, ...]:
    """Return each control's shares of [start, end), the one that held least first."""
    by_control: dict[str, list[ServiceLevel]] = {}
    for one in service_levels(changes, start, end):
        by_control.setdefault(one.control, []).append(one)
    ranked = sorted(by_control.items(), key=lambda item: (_held(item[1]), item[0]))
    return tuple(_level(own, checks.get(control), control) for control, own in ranked)


def _held(own: Sequence[ServiceLevel]) -> float:
    total = sum(sum(one.seconds.values()) for one in own)
    return sum(one.seconds[Status.PASS] for one in own) / total if total else 0.0


def _level(own: Sequence[ServiceLevel], check: AnyCheck | None, control: str) -> Level:
    seconds = {status: sum(one.seconds[status] for one in own) for status in ORDER}
    total = sum(seconds.values())
    shares = {
        status.value: words.share_up(seconds[status], total)
        for status in (Status.FAIL, Status.UNKNOWN, Status.EXEMPT)
    }
    shares[Status.PASS.value] = words.share_down(seconds[Status.PASS], total)
    return Level(
        title=control if check is None else check.title,
        number=len(own),
        hours=f"{int(total // 3600)} h",
        shares=shares,
        segments=_segments(seconds, total),
    )


def _segments(seconds: Mapping[Status, float], total: float) -> tuple[Segment, ...]:
    """Lay the shares end to end; what the smallest gain, the largest gives."""
    present = [status for status in ORDER if seconds[status] > 0]
    widths = {one: max(seconds[one] / total * BAR_WIDTH, LEAST_WIDTH) for one in present}
    largest = max(present, key=lambda one: widths[one])
    widths[largest] -= sum(widths.values()) - BAR_WIDTH
    laid, x = [], 0.0
    for status in present:
        laid.append(Segment(status=status, x=f"{x:.2f}", width=f"{widths[status]:.2f}"))
        x += widths[status]
    return tuple(laid)
