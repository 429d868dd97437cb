"""As much of PDF's grammar as a dictionary of numbers, names and strings needs (ISO 32000, 7.3)."""

from __future__ import annotations

import re

Value = bytes | int | bool | str | None | dict[str, "Value"] | list["Value"]
"""Strings are bytes, names and other words are text."""

_BLANK = re.compile(rb"(?:[\s\0]|%[^\r\n]*)*")
_WORD = re.compile(rb"/?[^\s\0()<>\[\]{}/%]+")
_STRING = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])|([()])|\r\n?|[^\\()\r]+")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MOST_DEPTH = 8
_MOST_STRING = 4096
_MOST_ITEMS = 256


def read_value(data: bytes, place: int) -> Value:
    """Return the value at a place; raise `ValueError` for what is none."""
    return _value(data, place, 0)[0]


def _value(data: bytes, place: int, depth: int) -> tuple[Value, int]:
    if depth > _MOST_DEPTH:
        raise ValueError("nested too deeply")
    place = _skip(data, place)
    if data.startswith(b"<<", place):
        return _dictionary(data, place + 2, depth)
    if data.startswith(b"[", place):
        return _array(data, place + 1, depth)
    if data.startswith(b"<", place):
        return _hexadecimal(data, place + 1)
    if data.startswith(b"(", place):
        return _string(data, place + 1)
    return _word(data, place)


def _skip(data: bytes, place: int) -> int:
    blank = _BLANK.match(data, place)
    return blank.end() if blank else place


def _dictionary(data: bytes, place: int, depth: int) -> tuple[Value, int]:
    found: dict[str, Value] = {}
    for _ in range(_MOST_ITEMS):
        place = _skip(data, place)
        if data.startswith(b">>", place):
            return found, place + 2
        name, place = _word(data, place)
        value, place = _value(data, place, depth + 1)
        if isinstance(name, str) and name.startswith("/"):  # else it is the rest of `12 0 R`
            found[name] = value
    raise ValueError("no end of a dictionary")


def _array(data: bytes, place: int, depth: int) -> tuple[Value, int]:
    found: list[Value] = []
    for _ in range(_MOST_ITEMS):
        place = _skip(data, place)
        if data.startswith(b"]", place):
            return found, place + 1
        value, place = _value(data, place, depth + 1)
        found.append(value)
    raise ValueError("no end of an array")


def _hexadecimal(data: bytes, place: int) -> tuple[Value, int]:
    end = data.find(b">", place, place + 2 * _MOST_STRING)
    digits = b"".join(data[place:end].split()).decode("ascii")
    if end < 0:
        raise ValueError("no end of a string")
    return bytes.fromhex(digits + "0" * (len(digits) % 2)), end + 1


def _string(data: bytes, place: int) -> tuple[Value, int]:
    found, depth = b"", 1
    while len(found) <= _MOST_STRING:
        part = _STRING.match(data, place)
        if part is None:
            break
        place = part.end()
        depth += {b"(": 1, b")": -1}.get(part[2], 0)
        if not depth:
            return found, place
        found += _escaped(part[1]) if part[1] else part[0].replace(b"\r\n", b"\n")
    raise ValueError("no end of a string")


def _escaped(text: bytes) -> bytes:
    if text[:1].isdigit() and text[:1] < b"8":
        return bytes([int(text, 8) & 0xFF])
    return b"" if text.isspace() else _ESCAPES.get(text, text)


def _word(data: bytes, place: int) -> tuple[int | str | bool, int]:
    word = _WORD.match(data, place, place + _MOST_STRING)
    if word is None:
        raise ValueError("no word")
    text = word[0].decode("ascii", "replace")
    if text in {"true", "false"}:
        return text == "true", word.end()
    is_number = re.fullmatch(r"[+-]?\d{1,20}", text)
    return int(text) if is_number else text, word.end()
