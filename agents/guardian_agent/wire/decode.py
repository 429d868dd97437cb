"""One strict decoder for the wire and for both configurations.

It builds frozen dataclasses from plain data by their annotations and refuses everything else:
missing and unknown keys, wrong types, text without its form, numbers out of range, naive times.
JSON text is read with duplicate keys, `NaN`, infinities and deep nesting refused, which the
standard library's reader lets through.
"""

from __future__ import annotations

import difflib
import json
import math
import types
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from guardian_agent.errors import DecodeError
from guardian_agent.wire.duration import parse_duration
from guardian_agent.wire.names import is_restricted, restricted

T = TypeVar("T")

Signed = Annotated[float, "signed"]
"""A number that may lie below zero; a plain `float` may not."""

MAX_DEPTH = 12
MAX_INTEGER = 2**63 - 1
MAX_TEXT = 64 * 1024


def read_json(text: bytes) -> object:
    """Return the plain data in `text`, each key once and every number finite.

    Raises:
        DecodeError: not UTF-8, not JSON, a repeated key, a number JSON has no word for, too deep.
    """
    try:
        # object_pairs_hook sees repeated keys; it returns plain dicts and builds no other object.
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise DecodeError("not UTF-8") from None
    except RecursionError:
        raise DecodeError("nested too deeply") from None
    except DecodeError:
        raise
    except ValueError:
        raise DecodeError("not JSON") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DecodeError("a key stands twice in one object")
    return found


def _no_constant(text: str) -> object:
    raise DecodeError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise DecodeError("number too large")
    return number


def build(kind: type[T], data: object, *, lenient: bool = False, path: str = "$") -> T:
    """Build a `kind` out of plain data.

    Args:
        kind: a frozen dataclass; its annotations are the schema.
        data: what JSON or TOML gave.
        lenient: tolerate unknown keys and keep unknown observation kinds as `Unrecognised`
            (the wire, so that an old central reads a newer agent); else they are refused.
        path: where `data` stands, for messages.

    Raises:
        DecodeError: with the path of the first thing that does not fit.
    """
    return cast("T", _value(kind, data, path, _Mode(lenient=lenient)))


class _Mode:
    __slots__ = ("lenient",)

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient


def _value(kind: Any, data: object, path: str, mode: _Mode) -> object:  # noqa: ANN401
    if path.count(".") + path.count("[") > MAX_DEPTH:
        raise DecodeError("nested too deeply", path)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(get_args(kind), data, path, mode)
    if origin is tuple:
        return _sequence(get_args(kind)[0], data, path, mode)
    if origin is dict:
        return _mapping(get_args(kind), data, path, mode)
    if is_dataclass(kind):
        return _dataclass(cast("type[object]", kind), data, path, mode)
    return _scalar(kind, data, path)


def _union(members: tuple[Any, ...], data: object, path: str, mode: _Mode) -> object:
    if type(None) in members:
        if data is None:
            return None
        rest = tuple(member for member in members if member is not type(None))
        if len(rest) == 1:
            return _value(rest[0], data, path, mode)
        return _union(rest, data, path, mode)
    return _tagged(members, data, path, mode)


def _tagged(members: tuple[Any, ...], data: object, path: str, mode: _Mode) -> object:
    known = {member.KIND: member for member in members}
    body = dict(_object(data, path))
    tag = body.pop("kind", None)
    if not isinstance(tag, str):
        raise DecodeError("expected a text under 'kind'", path)
    if tag in known and tag != "unrecognised":
        return _value(known[tag], body, path, mode)
    if mode.lenient and "unrecognised" in known:
        # Only the tag is kept: what it holds cannot be checked, so it is not carried on.
        named = body.get("kind_name", tag) if tag == "unrecognised" else tag
        return _value(known["unrecognised"], {"kind": named}, path, mode)
    raise DecodeError(f"unknown kind {_quoted(tag)}{_suggestion(tag, known)}", path)


def _sequence(kind: Any, data: object, path: str, mode: _Mode) -> tuple[object, ...]:  # noqa: ANN401
    if not isinstance(data, list | tuple):
        raise DecodeError("expected a list", path)
    return tuple(_value(kind, item, f"{path}[{n}]", mode) for n, item in enumerate(data))


def _mapping(kinds: tuple[Any, ...], data: object, path: str, mode: _Mode) -> dict[object, object]:
    key_kind, value_kind = kinds
    return {
        _scalar(key_kind, key, path): _value(value_kind, value, f"{path}.{key}", mode)
        for key, value in _object(data, path).items()
    }


def _dataclass(kind: type[object], data: object, path: str, mode: _Mode) -> object:
    body = _object(data, path)
    schema = _schema(cast("Any", kind))
    if not mode.lenient:
        for key in body:
            if key not in schema and not _is_tag(kind, key, body[key]):
                raise DecodeError(f"unknown key {_quoted(key)}{_suggestion(key, schema)}", path)
    given = {
        name: _value(hint, body[name], f"{path}.{name}", mode)
        for name, (hint, _) in schema.items()
        if name in body
    }
    for name, (hint, required) in schema.items():
        if required and name not in given:
            # `encode` leaves None out, so what may be None may be missing.
            if type(None) not in get_args(hint):
                raise DecodeError(f"key {name!r} is missing", path)
            given[name] = None
    return kind(**given)


def _is_tag(kind: type[object], key: str, value: object) -> bool:
    """Say whether the key is the tag that `encode` gives each fact, also outside a union."""
    return key == "kind" and value is not None and value == getattr(kind, "KIND", None)


@cache
def _schema(kind: Any) -> dict[str, tuple[Any, bool]]:  # noqa: ANN401
    hints = get_type_hints(kind, include_extras=True)
    listed = cast("tuple[Field[object], ...]", fields(kind))
    return {field.name: (hints[field.name], _required(field)) for field in listed}


def _required(field: Field[object]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _object(data: object, path: str) -> dict[str, object]:
    if not isinstance(data, dict):
        raise DecodeError("expected an object", path)
    return cast("dict[str, object]", data)


def _scalar(kind: Any, data: object, path: str) -> object:  # noqa: ANN401
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
    meant = _suggestion(data, words) if isinstance(data, str) else ""
    raise DecodeError(f"expected one of {', '.join(words)}{meant}", path)


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
    elif isinstance(data, str):
        try:
            moment = datetime.fromisoformat(data)
        except ValueError:
            raise DecodeError("expected a time such as 2026-11-21T12:00:00Z", path) from None
    else:
        raise DecodeError("expected a time such as 2026-11-21T12:00:00Z", path)
    if moment.tzinfo is None:
        raise DecodeError("the time has no zone: end it with Z", path)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DecodeError("time out of range", path) from None


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


def _quoted(text: str) -> str:
    return ascii(text[:64])


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
