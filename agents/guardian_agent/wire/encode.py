"""The other direction of `decode`: frozen dataclasses to plain data and compact JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from guardian_agent.wire.duration import spell_duration

Writer = Callable[[Any], Any]


def plain(value: object) -> Any:  # noqa: ANN401 - plain data has no better type
    """Return `value` as what JSON can hold; None fields are left out, tagged kinds keep `kind`."""
    return _WRITERS[type(value)](value)


def moment(value: datetime) -> str:
    """Return an aware time as UTC in RFC 3339 with `Z`, whole seconds where they suffice."""
    text = value.astimezone(UTC).isoformat()
    return text.replace("+00:00", "Z")


def _list(value: Iterable[object]) -> list[Any]:
    return [_WRITERS[type(item)](item) for item in value]


def _object(value: Mapping[object, object]) -> dict[str, Any]:
    return {str(key): plain(item) for key, item in value.items()}


def _member(value: Enum) -> Any:  # noqa: ANN401
    return value.value


def _same(value: object) -> object:
    return value


_BY_BASE: tuple[tuple[type, Writer], ...] = (
    (Enum, _member),
    (datetime, moment),
    (date, date.isoformat),
    (timedelta, spell_duration),
    (tuple, _list),
    (list, _list),
    (dict, _object),
    (str, str),
    (object, _same),
)
"""The first that fits."""


class _Writers(dict[type, Writer]):
    """How values of each type are written, found out once: evidence has thousands of few types."""

    def __missing__(self, kind: type) -> Writer:
        writer = next(writer for base, writer in _BY_BASE if issubclass(kind, base))
        self[kind] = _fields_writer(kind) if is_dataclass(kind) else writer
        return self[kind]


_WRITERS = _Writers()


def _fields_writer(kind: Any) -> Writer:  # noqa: ANN401
    tag = getattr(kind, "KIND", None)
    head = {} if tag is None else {"kind": tag}
    names = [field.name for field in fields(kind)]
    told = [(name, "kind_name" if tag and name == "kind" else name) for name in names]

    def body(value: object) -> dict[str, Any]:
        items = [(key, getattr(value, name)) for name, key in told]
        return head | {key: _WRITERS[type(item)](item) for key, item in items if item is not None}

    return body


def to_json(value: object) -> bytes:
    """Return `value` as compact UTF-8 JSON, deterministic for equal values."""
    return json.dumps(
        plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
