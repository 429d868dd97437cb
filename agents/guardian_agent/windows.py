"""Maintenance windows: "22:00-05:00", "sat-sun 00:00-24:00"; when they are open, in UTC.

A window is said in the server's own time. The day that the clocks change it opens all the same: an
hour that is left out counts as the one after it, an hour that comes twice as both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from guardian_agent.errors import DecodeError

Opening = tuple[datetime, datetime]
"""From when, until when: in UTC, the end not included."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_MINUTES = 24 * 60
_EXPECTED = 'expected a window such as "22:00-05:00", "mon-fri 20:00-06:00" or "sun 00:00-24:00"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days on which it opens (0 is Monday), and its times in minutes since midnight.

    A window that ends on the following day has an `end` beyond 24 hours.
    """

    days: frozenset[int]
    start: int
    end: int


def parse_window(text: str, path: str = "$") -> Window:
    """Return the window that `text` says.

    Raises:
        DecodeError: another form, or a window that never opens.
    """
    *days, times = text.lower().split(" ")
    start_text, dash, end_text = times.partition("-")
    if len(days) > 1 or not dash:
        raise DecodeError(_EXPECTED, path)
    start, end = _minutes(start_text, path), _minutes(end_text, path)
    if start in (end, _MINUTES):
        raise DecodeError("this window never opens; a whole day is 00:00-24:00", path)
    known = _days(days[0], path) if days else frozenset(range(7))
    return Window(days=known, start=start, end=end if end > start else end + _MINUTES)


def openings(
    windows: Sequence[Window], zone: tzinfo, since: datetime, until: datetime
) -> list[Opening]:
    """Return when any of the windows is open between two moments, in order, joined and cut.

    Args:
        windows: without any, it is always open.
        zone: the time zone in which they are said.
        since: aware.
        until: aware; nothing is open when it is not after `since`.
    """
    if until <= since:
        return []
    if not windows:
        return [(since.astimezone(UTC), until.astimezone(UTC))]
    first, last = since.astimezone(zone).date() - 2 * _DAY, until.astimezone(zone).date() + _DAY
    found = sorted(opening for each in windows for opening in _all(each, zone, first, last))
    return list(_joined(_cut(found, since.astimezone(UTC), until.astimezone(UTC))))


def _days(text: str, path: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            raise DecodeError(f"{_EXPECTED}; days are {' '.join(_DAYS)}", path)
        begin = _DAYS.index(first)
        length = (_DAYS.index(last) - begin) % 7 if dash else 0
        found |= {(begin + day) % 7 for day in range(length + 1)}
    return frozenset(found)


def _minutes(text: str, path: str) -> int:
    hours, colon, minutes = text.partition(":")
    digits = (hours + minutes).isascii() and (hours + minutes).isdigit()
    if not (colon and digits and len(hours) in (1, 2) and len(minutes) == 2):  # noqa: PLR2004
        raise DecodeError(_EXPECTED, path)
    total = int(hours) * 60 + int(minutes)
    if int(minutes) >= 60 or total > _MINUTES:  # noqa: PLR2004
        raise DecodeError(f"{_EXPECTED}; {text} is no time of day", path)
    return total


def _all(window: Window, zone: tzinfo, first: date, last: date) -> Iterator[Opening]:
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if day.weekday() in window.days:
            yield _opening(window, zone, day)


def _opening(window: Window, zone: tzinfo, day: date) -> Opening:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time, placed below
    begins = midnight + timedelta(minutes=window.start)
    ends = midnight + timedelta(minutes=window.end)
    since = begins.replace(tzinfo=zone).astimezone(UTC)
    # Of an hour that comes twice, the second; one that is left out is taken as the one after it.
    until = max(ends.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if until <= since:  # it begins in the hour that is left out, and would end before
        until = since + (ends - begins)
    return since, until


def _cut(found: Sequence[Opening], since: datetime, until: datetime) -> Iterator[Opening]:
    for begins, ends in found:
        if begins < until and ends > since:
            yield max(begins, since), min(ends, until)


def _joined(found: Iterator[Opening]) -> Iterator[Opening]:
    current: Opening | None = None
    for begins, ends in found:
        if current is None or begins > current[1]:
            if current is not None:
                yield current
            current = (begins, ends)
        else:
            current = (current[0], max(current[1], ends))
    if current is not None:
        yield current
