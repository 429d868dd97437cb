"""When a restore point was made, as its name or its tool tells: never guessed.

A time without a zone is no time: it is refused unless the configuration says how far the clock
that wrote it was ahead of UTC. Of a clock that is put forward in summer the larger distance is to
be given: then a point looks older by an hour in winter, and never newer.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.wire.facts.words import Reason

_OFFSET = re.compile(r"([+-])([01][0-9]):([0-5][0-9])", re.ASCII)
_FARTHEST = timedelta(hours=14)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def offset(told: str | None, path: str) -> tzinfo | None:
    """Return the zone of "+03:00" or "UTC"; None where none is given.

    Raises:
        DecodeError: another form, or farther from UTC than any clock is.
    """
    if told is None:
        return None
    found = _OFFSET.fullmatch("+00:00" if told == "UTC" else told)
    if found is None:
        raise DecodeError("expected UTC or hours and minutes ahead of it, such as +03:00", path)
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if ahead > _FARTHEST:
        raise DecodeError("no clock is so far from UTC", path)
    return timezone(-ahead if found[1] == "-" else ahead)


def check_naming(name_format: str | None, utc_offset: str | None) -> None:
    """Refuse a format of names without the zone of the clock that named.

    Raises:
        DecodeError: one is missing, or cannot be used.
    """
    zone = offset(utc_offset, "$.utc_offset")
    if name_format is not None and zone is None and "%z" not in name_format:
        raise DecodeError("names hold no zone: say by `utc_offset` whose clock named them")


def in_name(name: str, name_format: str, utc_offset: str | None) -> datetime | None:
    """Return the time in a name, in UTC; None where the name has another form."""
    try:
        found = datetime.strptime(name, name_format)  # noqa: DTZ007 - the zone is added below
        zone = offset(utc_offset, "$.utc_offset")
        aware = found.replace(tzinfo=zone) if found.tzinfo is None else found
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zoned(told: object, zone: tzinfo | None) -> datetime:
    """Return a time as ISO 8601 has it, in UTC.

    Raises:
        ProbeError: UNREADABLE_ANSWER for another form, and where it has no zone and none is known.
    """
    try:
        found = datetime.fromisoformat(told) if isinstance(told, str) else None
        if found is not None and found.tzinfo is None and zone is not None:
            found = found.replace(tzinfo=zone)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ProbeError(Reason.UNREADABLE_ANSWER, "expected a time with its zone")


def of_seconds(told: object) -> datetime:
    """Return a time out of whole seconds since 1970, a number or a text of digits.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    digits = isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) < 18  # noqa: PLR2004
    if digits or (isinstance(told, int) and not isinstance(told, bool) and told >= 0):
        try:
            return _EPOCH + timedelta(seconds=int(str(told)))
        except OverflowError:
            pass
    raise ProbeError(Reason.UNREADABLE_ANSWER, "expected seconds since 1970")


def of_nanoseconds(told: int) -> datetime:
    """Return a file's time in UTC, to the microsecond below.

    Raises:
        ProbeError: UNREADABLE_ANSWER for one that is out of range.
    """
    try:
        return _EPOCH + timedelta(microseconds=told // 1000)
    except OverflowError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "a file's time is out of range") from error


def nanoseconds_of(moment: datetime) -> int:
    """Return a time in nanoseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND * 1000
