"""Tables in text: which column a value stands in, and what a heading says of a column.

Comma, semicolon, tab and bar separated lines, PostgreSQL's COPY and SQL's INSERT are the same
here: a row begins after a line break or an opening bracket, and columns are counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROW_MOST: Final = 2048
"""Bytes of a row before a value within which columns are counted."""

_QUOTED: Final = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
_DELIMITERS: Final = (b"\t", b",", b";", b"|")
_HEADING_MOST: Final = 4096
_FIELD: Final = re.compile(
    rb"[\s\"'`\[\xef\xbb\xbf]*[A-Za-z_\x80-\xff][\w.\-/#()\x80-\xff]*"
    rb"(?: [\w.\-/#()\x80-\xff]+){0,3}[\s\"'`\]]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: where it ends, and which kinds its columns are said to hold."""

    end: int
    columns: Mapping[int, tuple[str, ...]]


def column_of(view: bytes, place: int) -> int | None:
    """Return in which column something stands, 0 the first; None when its row begins too far off."""
    first = max(place - ROW_MOST, 0)
    start = max(view.rfind(b"\n", first, place), view.rfind(b"(", first, place))
    if start < 0 and first:
        return None
    row = view[max(start + 1, first) : place]
    if b'"' in row or b"'" in row:
        row = _QUOTED.sub(b"", row)
    return max(map(row.count, _DELIMITERS))


def heading_at(view: bytes, place: int) -> tuple[int, int] | None:
    """Return the bounds of the heading that a word stands in; None when it stands in none.

    A heading is a line, or a bracket in it, of nothing but names.
    """
    start = view.rfind(b"\n", max(place - _HEADING_MOST, 0), place) + 1
    end = view.find(b"\n", place, place + _HEADING_MOST)
    end = len(view) if end < 0 else end
    opened = view.rfind(b"(", start, place)
    closed = view.find(b")", place, end)
    if opened >= 0 and closed >= 0 and view.find(b")", opened, place) < 0:
        start, end = opened + 1, closed
    return (start, end) if _only_names(view[start:end]) else None


def _only_names(heading: bytes) -> bool:
    delimiter = max(_DELIMITERS, key=heading.count)
    return all(_FIELD.fullmatch(field) for field in heading.split(delimiter))
