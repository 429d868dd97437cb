"""Writing the TOML that configurations need; the standard library only reads it."""

from __future__ import annotations

import json
from datetime import date


def dumps(settings: dict[str, object]) -> str:
    """Return nested dictionaries and lists as TOML, one line a key, everything below it inline."""
    return "\n".join(_line(key, value) for key, value in settings.items()) + "\n"


def _line(key: str, value: object) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        inside = ", ".join(_line(key, item) for key, item in value.items())
        return "{" + inside + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)
