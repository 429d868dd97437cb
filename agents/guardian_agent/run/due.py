"""When something that is done again and again falls due: pure functions of times.

Time is cut into cells of one period, counted from 1970, and in each cell lies one slot: at the same
share of the time in which windows are open, a share that follows from the name of what is due. So
the servers of a fleet, and the copies of a server, spread over the period and over the windows by
themselves, and each comes back to its own time after something was done by hand or too late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from guardian_agent.windows import Opening, Window, openings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_TURN_ROUND = timedelta(hours=1)
"""No slot lies in the last hour of a window: the timer must come round while it is open."""
_WEEK = timedelta(days=8)
"""Every window opens within it, whatever the clocks do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The maintenance windows of a server."""

    windows: Sequence[Window]
    zone: tzinfo

    def between(self, since: datetime, until: datetime) -> list[Opening]:
        """Return when they are open between two moments."""
        return openings(self.windows, self.zone, since, until)

    def is_open(self, now: datetime) -> bool:
        """Say whether one is open."""
        return bool(self.between(now, now + timedelta(microseconds=1)))

    def next_opening(self, after: datetime) -> datetime:
        """Return the first moment from `after` on at which one is open."""
        return self.between(after, after + _WEEK)[0][0]


def share_of(words: Iterable[str]) -> float:
    """Return a number from 0 up to 1 that follows from `words` and looks drawn by chance."""
    digest = hashlib.sha256("/".join(words).encode("utf-8")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def first_due(since: datetime, every: timedelta, share: float, calendar: Calendar) -> datetime:
    """Return when what is known since `since`, and was never done, falls due first.

    That is within one period (and the wait for a window), at any time of it alike.
    """
    return _Slots(every, share, calendar).after(since)


def next_due(done: datetime, every: timedelta, share: float, calendar: Calendar) -> datetime:
    """Return when what was done at `done` falls due again.

    That is half a period later at the earliest and one period later at the latest, unless no window
    opens in that time: then as soon after as one does.
    """
    soon, late = done + every / 2, done + every
    slot = _Slots(every, share, calendar).after(soon)
    if slot <= late:
        return slot
    return _at(share, calendar.between(soon, late)) or slot


class _Slots:
    """One slot in each cell of time, `share` of its open time after its beginning."""

    def __init__(self, length: timedelta, share: float, calendar: Calendar) -> None:
        self._length = length
        self._share = share
        self._calendar = calendar

    def after(self, moment: datetime) -> datetime:
        """Return the first slot after `moment`."""
        cell = (moment - EPOCH) // self._length
        while True:
            begins = EPOCH + cell * self._length
            following = begins + self._length
            slot = _at(self._share, self._calendar.between(begins, following))
            if slot is not None and slot > moment:
                return slot
            cell = (self._calendar.next_opening(following) - EPOCH) // self._length


def _at(share: float, pieces: Sequence[Opening]) -> datetime | None:
    """Return the moment at which `share` of the time in all pieces is over; None without any."""
    early = [_early(each) for each in pieces]
    total = sum((until - since for since, until in early), timedelta())
    left = min(total * share, total - timedelta(microseconds=1))
    for since, until in early:
        if left < until - since:
            return since + left
        left -= until - since
    return None


def _early(opening: Opening) -> Opening:
    since, until = opening
    return since, until - min(_TURN_ROUND, (until - since) / 2)
