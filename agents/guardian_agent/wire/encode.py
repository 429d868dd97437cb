"""The other direction of `decode`: frozen dataclasses to plain data and compact JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from guardian_agent.wire.duration import spell_duration


def plain(value: object) -> Any:  # noqa: ANN401 - plain data has no better type
    """Return `value` as what JSON can hold; None fields are left out, tagged kinds keep `kind`."""
    if is_dataclass(value) and not isinstance(value, type):
        return _body(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return spell_duration(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value) if isinstance(value, str) else value


def _body(value: Any) -> dict[str, Any]:  # noqa: ANN401
    tag = getattr(type(value), "KIND", None)
    body: dict[str, Any] = {} if tag is None else {"kind": tag}
    for field in fields(value):
        item = getattr(value, field.name)
        if item is None:
            continue
        name = "kind_name" if tag is not None and field.name == "kind" else field.name
        body[name] = plain(item)
    return body


def moment(value: datetime) -> str:
    """Return an aware time as UTC in RFC 3339 with `Z`, whole seconds where they suffice."""
    text = value.astimezone(UTC).isoformat()
    return text.replace("+00:00", "Z")


def to_json(value: object) -> bytes:
    """Return `value` as compact UTF-8 JSON, deterministic for equal values."""
    return json.dumps(
        plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
