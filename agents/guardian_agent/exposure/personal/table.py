"""Tables in text: which column a value stands in, and what a heading says of a column.

Comma, semicolon, tab and bar separated lines, PostgreSQL's COPY and SQL's INSERT are the same
here: a row begins after a line break or an opening bracket, and columns are counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

ROW_MOST: Final = 2048
"""Bytes of a row before a value within which columns are counted."""

_QUOTED: Final = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
DELIMITERS: Final = (b"\t", b",", b";", b"|")
_HEADING_MOST: Final = 4000
_LONE_ROW_MOST: Final = 48
"""Bytes of a row in a table of one column: longer lines are prose."""
_FIELD: Final = re.compile(
    rb"[\s\"'`\[]*[A-Za-z_\x80-\xff][\w.\-/#()\x80-\xff]*"
    rb"(?: [\w.\-/#()\x80-\xff]+){0,3}[\s\"'`\]]*"
)
_NAME_ENDS: Final = re.compile(
    rb"[A-Za-z_\x80-\xff][A-Za-z_\x80-\xff .\-/#]{0,80}[0-9]{0,3}[\"'`\]]?[ \r]?(?:[,;\t|)\n(]|\Z)"
)
"""How a name in a heading goes on: to a delimiter, and not to a value."""
_VALUES: Final = re.compile(rb"\)\s*VALUES\b", re.IGNORECASE)
_COPY: Final = re.compile(rb"\)\s*FROM\s+stdin\b", re.IGNORECASE)

IsRow = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: its bounds, what a row below it looks like, and whether rows stand in brackets."""

    start: int
    end: int
    delimiter: bytes
    least: int
    """How many delimiters a row has at least."""
    is_row: IsRow
    in_brackets: bool

    def column_of(self, view: bytes, place: int) -> int:
        """Return in which column below it something stands; -1 when its row begins too far off."""
        first = max(place - ROW_MOST, 0)
        start = view.rfind(b"(" if self.in_brackets else b"\n", first, place) + 1
        if not start and first:
            return -1
        row = view[start or first : place]
        if b'"' in row or b"'" in row:
            row = _QUOTED.sub(b"", row)
        return row.count(self.delimiter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows below a heading, and which kinds its columns are said to hold."""

    heading: Heading
    rows: range
    is_open: bool
    """Whether it may go on past what was at hand."""
    columns: dict[int, tuple[str, ...]]


def column_of(view: bytes, place: int) -> int | None:
    """Return in which column a value stands, 0 the first; None when its row begins too far off."""
    first = max(place - ROW_MOST, 0)
    start = max(view.rfind(b"\n", first, place), view.rfind(b"(", first, place))
    if start < 0 and first:
        return None
    row = view[max(start + 1, first) : place]
    if b'"' in row or b"'" in row:
        row = _QUOTED.sub(b"", row)
    return max(map(row.count, DELIMITERS))


def heading_at(view: bytes, place: int) -> Heading | None:
    """Return the heading that a word stands in; None when it stands in none.

    A heading is a line, or the bracket of an INSERT or a COPY, of nothing but names.
    """
    if _NAME_ENDS.match(view, place) is None:
        return None
    before = view.rfind(b"\n", max(place - _HEADING_MOST, 0), place)
    end = view.find(b"\n", place, place + _HEADING_MOST)
    if before < 0 or (end < 0 and len(view) - place > _HEADING_MOST):
        return _bracket_around(view, place, max(place - _HEADING_MOST, 0), place + _HEADING_MOST)
    start, end = before + 1, len(view) if end < 0 else end
    bracket = _bracket_around(view, place, start, end)
    if bracket is not None:
        return bracket
    names = _names(view[start:end])
    if names is None:
        return None
    return Heading(
        start=start,
        end=end,
        delimiter=names[0],
        least=names[1],
        is_row=_line_like(*names),
        in_brackets=False,
    )


def _bracket_around(view: bytes, place: int, first: int, limit: int) -> Heading | None:
    start, end = view.rfind(b"(", first, place) + 1, view.find(b")", place, limit)
    if not start or end < 0 or view.find(b")", start, place) >= 0:
        return None
    is_told = _VALUES.match(view, end) or _COPY.match(view, end)
    return _bracket(view, start, end) if is_told and _names(view[start:end]) else None


def _bracket(view: bytes, start: int, end: int) -> Heading:
    if _VALUES.match(view, end):
        return Heading(
            start=start, end=end, delimiter=b",", least=0, is_row=_opens_bracket, in_brackets=True
        )
    return Heading(
        start=start, end=end, delimiter=b"\t", least=0, is_row=_is_no_end_mark, in_brackets=False
    )


def _opens_bracket(line: bytes) -> bool:
    return line.lstrip().startswith(b"(")


def _is_no_end_mark(line: bytes) -> bool:
    return not line.startswith(b"\\.")


def _line_like(delimiter: bytes, count: int) -> IsRow:
    if not count:
        return lambda line: 0 < len(line) <= _LONE_ROW_MOST
    return lambda line: line.count(delimiter) >= count


def _names(heading: bytes) -> tuple[bytes, int] | None:
    """What names are separated by, and how often; None when there is more than names."""
    delimiter = max(DELIMITERS, key=heading.count)
    fields = heading.split(delimiter)
    if not all(_FIELD.fullmatch(field) for field in fields):
        return None
    return delimiter, len(fields) - 1


def rows_below(view: bytes, heading: Heading, place: int, limit: int) -> tuple[range, bool]:
    """Return the rows from `place` on, as far as they look like rows, and whether they may go on.

    What stands between `place` and the next line break belongs to them.
    """
    end = place
    while end < limit:
        line_end = view.find(b"\n", end)
        if line_end < 0:
            return range(place, limit), True
        end = line_end + 1
        next_end = view.find(b"\n", end)
        if not heading.is_row(view[end : next_end if next_end >= 0 else len(view)]):
            return range(place, min(end, limit)), end >= limit and next_end < 0
    return range(place, limit), True


class Tables:
    """The tables of one block, the one that the block before ended in among them."""

    def __init__(self, view: bytes, owned: range, before: Table | None) -> None:
        self._view = view
        self._limit = owned.stop
        self._tables: list[Table] = []
        self._starts: list[int] = []
        self._ends: dict[tuple[bytes, int, bool], tuple[int, bool]] = {}
        if before is not None:
            self._add(before.heading, owned.start, before.columns)

    def __iter__(self) -> Iterator[Table]:
        """Every table, in order."""
        return iter(self._tables)

    @property
    def open(self) -> Table | None:
        """The last one, where it may go on past the block."""
        return self._tables[-1] if self._tables and self._tables[-1].is_open else None

    def note(self, word: range, kinds: tuple[str, ...]) -> None:
        """Note that a word heads a column, in a new table or in the one whose heading it is in."""
        last = self._tables[-1] if self._tables else None
        is_new = last is None or not last.rows.start == last.heading.end > word.start
        heading = heading_at(self._view, word.start) if is_new or last is None else last.heading
        if heading is None:
            return
        before = self._view[heading.start : word.start]
        column = max(map(before.count, DELIMITERS))
        if is_new or last is None:
            self._add(heading, heading.end, {column: kinds})
        else:
            last.columns[column] = tuple({*last.columns.get(column, ()), *kinds})

    def of(self, place: int) -> tuple[str, ...]:
        """Which kinds the heading above says that the column holds there."""
        above = bisect_right(self._starts, place) - 1
        if above < 0 or place not in self._tables[above].rows:
            return ()
        table = self._tables[above]
        return table.columns.get(table.heading.column_of(self._view, place), ())

    def _add(self, heading: Heading, start: int, columns: dict[int, tuple[str, ...]]) -> None:
        """Add a table, up to where rows of its form end: found once for all that end there."""
        form = heading.delimiter, heading.least, heading.in_brackets
        stop, is_open = self._ends.get(form, (0, False))
        if stop <= start:
            rows, is_open = rows_below(self._view, heading, start, self._limit)
            stop = rows.stop
            self._ends[form] = stop, is_open
        if self._tables and self._tables[-1].rows.stop > heading.start:
            last = self._tables[-1]
            cut = range(last.rows.start, max(heading.start, last.rows.start))
            self._tables[-1] = replace(last, rows=cut, is_open=False)
        rows = range(start, stop)
        self._starts.append(start)
        self._tables.append(Table(heading=heading, rows=rows, is_open=is_open, columns=columns))
