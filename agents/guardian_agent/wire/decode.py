"""One strict decoder for the wire and for both configurations.

It builds frozen dataclasses from plain data by their annotations and refuses everything else:
missing and unknown keys, wrong types, text without its form, numbers out of range, naive times.
JSON text is read with duplicate keys, `NaN`, infinities and deep nesting refused, which the
standard library's reader lets through.
"""

from __future__ import annotations

import json
import math
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from guardian_agent.errors import DecodeError
from guardian_agent.wire.scalars import Signed, read_scalar, suggestion

__all__ = ["MAX_DEPTH", "Signed", "build", "read_json"]

T = TypeVar("T")

MAX_DEPTH = 12


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
    return read_scalar(kind, data, path)


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
    raise DecodeError(f"unknown kind {_quoted(tag)}{suggestion(tag, known)}", path)


def _sequence(kind: Any, data: object, path: str, mode: _Mode) -> tuple[object, ...]:  # noqa: ANN401
    if not isinstance(data, list | tuple):
        raise DecodeError("expected a list", path)
    return tuple(_value(kind, item, f"{path}[{n}]", mode) for n, item in enumerate(data))


def _mapping(kinds: tuple[Any, ...], data: object, path: str, mode: _Mode) -> dict[object, object]:
    key_kind, value_kind = kinds
    return {
        read_scalar(key_kind, key, path): _value(value_kind, value, f"{path}.{key}", mode)
        for key, value in _object(data, path).items()
    }


def _dataclass(kind: type[object], data: object, path: str, mode: _Mode) -> object:
    body = _object(data, path)
    schema = _schema(cast("Any", kind))
    if not mode.lenient:
        for key in body:
            if key not in schema and not _is_tag(kind, key, body[key]):
                raise DecodeError(f"unknown key {_quoted(key)}{suggestion(key, schema)}", path)
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


def _quoted(text: str) -> str:
    return ascii(text[:64])
