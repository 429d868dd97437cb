"""Single values for the decoder: one reader for each kind, which refuses every other form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any

from guardian_agent.errors import DecodeError
from guardian_agent.wire.duration import parse_duration
from guardian_agent.wire.names import is_restricted, restricted

Signed = Annotated[float, "signed"]
"""A number that may lie below zero; a plain `float` may not."""

MAX_INTEGER = 2**63 - 1
MAX_TEXT = 64 * 1024

_A_MOMENT = "2026-11-21T12:00:00Z"
# RFC 3339 alone: `fromisoformat` would take any sign, also half a surrogate, between day and hour.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)


def read_scalar(kind: Any, data: object, path: str) -> object:  # noqa: ANN401
    """Return `data` as `kind`: a restricted string, an enum's member or a plain value.

    Raises:
        DecodeError: at `path`, when it does not have the kind's form.
        TypeError: nobody wrote a reader for this kind.
    """
    if is_restricted(kind):
        return restricted(kind, data, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, data, path)
    reader = _SCALARS.get(kind)
    if reader is None:
        raise TypeError(f"no reader for {kind!r} at {path}")
    return reader(data, path)


def _member(kind: type[Enum], data: object, path: str) -> Enum:
    for member in kind:
        # True equals 1 and 1.0, but is no number here.
        if type(member.value) is type(data) and member.value == data:
            return member
    words = {str(member.value): member for member in kind}
    meant = suggestion(data, words) if isinstance(data, str) else ""
    raise DecodeError(f"expected one of {', '.join(words)}{meant}", path)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" where a known word is close, else nothing."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _boolean(data: object, path: str) -> bool:
    if not isinstance(data, bool):
        raise DecodeError("expected true or false", path)
    return data


def _integer(data: object, path: str) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise DecodeError("expected a whole number", path)
    if not 0 <= data <= MAX_INTEGER:
        raise DecodeError("expected a number from 0 to 2^63-1", path)
    return data


def _number(data: object, path: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise DecodeError("expected a number", path)
    if not 0 <= data <= MAX_INTEGER:
        raise DecodeError("expected a number from 0 to 2^63-1", path)
    return float(data)


def _anything(data: object, _path: str) -> object:
    """A plugin's own settings: plain data that the plugin decodes with its own schema later."""
    return data


def _signed(data: object, path: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise DecodeError("expected a number", path)
    if not -MAX_INTEGER <= data <= MAX_INTEGER:
        raise DecodeError("expected a number from -2^63+1 to 2^63-1", path)
    return float(data)


def _text(data: object, path: str) -> str:
    if not isinstance(data, str):
        raise DecodeError("expected a text", path)
    if len(data) > MAX_TEXT:
        raise DecodeError(f"text longer than {MAX_TEXT} characters", path)
    if not data.isprintable():
        raise DecodeError("text with control or unassigned characters", path)
    return data


def _moment(data: object, path: str) -> datetime:
    if isinstance(data, datetime):
        moment = data
    elif isinstance(data, str) and _MOMENT.fullmatch(data) is not None:
        moment = _calendar(data, path)
    else:
        raise DecodeError(f"expected a time such as {_A_MOMENT}", path)
    if moment.tzinfo is None:
        raise DecodeError("the time has no zone: end it with Z", path)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DecodeError("time out of range", path) from None


def _calendar(text: str, path: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise DecodeError(f"expected a time such as {_A_MOMENT}", path) from None


def _day(data: object, path: str) -> date:
    if isinstance(data, date) and not isinstance(data, datetime):
        return data
    raise DecodeError("expected a date such as 2026-11-21", path)


def _duration(data: object, path: str) -> timedelta:
    if not isinstance(data, str):
        raise DecodeError('expected a duration in words, such as "26h" or "90d"', path)
    return parse_duration(data, path)


_SCALARS: dict[object, Any] = {
    Any: _anything,
    bool: _boolean,
    int: _integer,
    float: _number,
    Signed: _signed,
    str: _text,
    datetime: _moment,
    date: _day,
    timedelta: _duration,
}
