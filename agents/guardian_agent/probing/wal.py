"""PostgreSQL's write-ahead log: names of its segments, and which of them a base backup needs.

Pure. Sources: PostgreSQL's `xlog_internal.h` (`XLogFileName`: timeline, log and segment, each eight
hexadecimal digits), "Continuous Archiving" (`backup_label`), and the backup manifest's format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

SEGMENT_BYTES = 16 * 1024 * 1024
"""What `initdb` makes of it unless told otherwise."""

_NAME = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})", re.ASCII)
_START = re.compile(r"START WAL LOCATION: ([0-9A-F]+)/([0-9A-F]+) \(file ([0-9A-F]{24})\)")
_TIME = re.compile(r"START TIME: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:UTC|GMT)\b", re.ASCII)
_LABEL_FILE = re.compile(
    r'"Path": "backup_label", "Size": \d+, "Last-Modified": "(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT"',
    re.ASCII,
)
_RANGE_END = re.compile(r'"End-LSN": "([0-9A-F]+)/([0-9A-F]+)"', re.ASCII)
_SIZES = tuple(2**power for power in (24, *range(20, 31)))
"""Segment sizes, the usual one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment of one timeline, counted from the log's beginning."""

    timeline: int
    number: int
    bytes: int = SEGMENT_BYTES

    @property
    def name(self) -> str:
        """Return its file name."""
        per_log = 2**32 // self.bytes
        return f"{self.timeline:08X}{self.number // per_log:08X}{self.number % per_log:08X}"

    def until(self, last: int) -> Iterator[Segment]:
        """Yield it and the segments after it, to number `last`."""
        for number in range(self.number, last + 1):
            yield Segment(timeline=self.timeline, number=number, bytes=self.bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a base backup's recovery begins, by its `backup_label`."""

    segment: Segment
    at: datetime | None
    """In UTC; None where the label tells it in a zone that only the server knows."""


def segment(name: str, size: int = SEGMENT_BYTES) -> Segment | None:
    """Return the segment of a file name, or None for any other file."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    timeline, log, low = (int(part, 16) for part in found.groups())
    return Segment(timeline=timeline, number=log * (2**32 // size) + low, bytes=size)


def read_label(text: str) -> Start | None:
    """Return what a `backup_label` says, or None when it is none."""
    found = _START.search(text)
    if found is None:
        return None
    high, low, name = found.groups()
    position = int(high, 16) * 2**32 + int(low, 16)
    first = _fitting(name, position)
    time = _TIME.search(text)
    at = None if time is None else _moment(time[1])
    return None if first is None else Start(segment=first, at=at)


def manifest_time(head: str) -> datetime | None:
    """Return when the backup was begun by the head of its manifest, which tells it in GMT."""
    found = _LABEL_FILE.search(head)
    return None if found is None else _moment(found[1])


def manifest_end(tail: str, first: Segment) -> int | None:
    """Return the number of the last segment that the backup needs, by its manifest's end."""
    found: list[tuple[str, str]] = _RANGE_END.findall(tail)
    ends = [int(high, 16) * 2**32 + int(low, 16) for high, low in found]
    # The end is the position behind the last byte.
    end = max(ends, default=0)
    return (end - 1) // first.bytes if end else None


def missing(names: Iterable[str], first: Segment, needed: int | None) -> int:
    """Return how many segments are missing from `first` on: up to the newest, or to `needed`.

    Only the timeline of `first` counts: another one is another history.
    """
    numbers = _numbers(names, first)
    last = max(numbers, default=first.number)
    last = last if needed is None else max(last, needed)
    return last - first.number + 1 - len(numbers)


def unbroken(names: Iterable[str], first: Segment) -> list[Segment]:
    """Return the segments from `first` on that follow each other without a gap."""
    numbers = _numbers(names, first)
    found: list[Segment] = []
    while first.number + len(found) in numbers:
        number = first.number + len(found)
        found.append(Segment(timeline=first.timeline, number=number, bytes=first.bytes))
    return found


def _numbers(names: Iterable[str], first: Segment) -> set[int]:
    found = (segment(name, first.bytes) for name in names)
    mine = (each for each in found if each is not None and each.timeline == first.timeline)
    return {each.number for each in mine if each.number >= first.number}


def _fitting(name: str, position: int) -> Segment | None:
    """Return the segment, with the size at which it holds the position."""
    for size in _SIZES:
        found = segment(name, size)
        if found is not None and found.number == position // size:
            return found
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
