"""Times that a backup tool writes without a zone, in that of the server that it ran on.

They are believed where they agree with the file's own modification time but for whole quarters of
an hour, as zones differ; then that is the time. Else the file was copied later, and the time is the
earliest that the written one can be. A backup looks newer than it is only where it was copied a
whole number of quarters later, to the minute, and then by twelve hours at most.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_QUARTER = timedelta(minutes=15)
_WRITING = timedelta(minutes=1)
"""Between the moment that the info names and the one at which it is on disk."""
_EAST, _WEST = timedelta(hours=14), timedelta(hours=-12)
"""How far zones are ahead of UTC, and behind."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ended_ns(told: str, written_ns: int) -> int:
    """Return when a backup was ended, out of its info and the info's own modification time."""
    moment = _moment(told)
    if moment is None:
        return written_ns
    ahead = moment - (_EPOCH + timedelta(microseconds=written_ns // 1000))
    zone = round(ahead / _QUARTER) * _QUARTER
    if _WEST <= zone <= _EAST and abs(ahead - zone) <= _WRITING:
        return written_ns
    earliest = (moment - _EPOCH - _EAST) // timedelta(microseconds=1) * 1000
    return max(0, min(written_ns, earliest))


def seconds_between(start: str, end: str) -> int:
    """Return the seconds between two such times; 0 where one is not told."""
    begun, ended = _moment(start), _moment(end)
    if begun is None or ended is None:
        return 0
    return max(0, int((ended - begun).total_seconds()))


def _moment(told: str) -> datetime | None:
    """Return a time without a zone as if it were UTC."""
    try:
        matched = _TIME.fullmatch(told)
        return datetime.fromisoformat(told).replace(tzinfo=UTC) if matched else None
    except ValueError:
        return None
