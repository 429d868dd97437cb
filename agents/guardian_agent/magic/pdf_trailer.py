"""Where a PDF says what it is: its newest cross-reference section, and those before it.

Source: ISO 32000-1, 7.5.4 and 7.5.8. A section is a table with a trailer, or a stream whose
dictionary is the trailer. What stands in comments, in strings and in streams is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from guardian_agent.magic.data import Data, number
from guardian_agent.magic.inflate import streams
from guardian_agent.magic.pdf_objects import BrokenError, Name, Reader, Value, Word, number_of

PEEK = 8 * 1024
"""Bytes within which a dictionary must end."""

_SECTIONS, _RUNS = 16, 64
_RUN = re.compile(rb"[\0\t\n\f\r ]*(\d{1,9}) (\d{1,9})[\t ]*(?:\r\n|\r|\n)")
_ENTRY = 20
_IN_USE = re.compile(rb"(\d{10}) \d{5} n(?: \r| \n|\r\n)")
_MOST_STREAM = 256 * 1024
_MOST_ROWS = 2 * 1024 * 1024
"""Bytes of a section that is a stream, unpacked: some 300,000 objects."""
_UP = 2
_STREAM = re.compile(rb"[\0\t\n\f\r ]*stream(?:\r\n|\n)")


class Section(NamedTuple):
    """One section: its trailer, and where it says that an object stands (None: not there)."""

    trailer: dict[bytes, Value]
    find: Callable[[int], int | None]


def sections(data: Data, start: int) -> Iterator[Section]:
    """Yield the section at `start`, the newest, then those before it; raise `BrokenError`."""
    seen: set[int] = set()
    while start not in seen:
        if len(seen) == _SECTIONS:
            raise BrokenError
        seen.add(start)
        section = _section(data, start)
        yield section
        if b"Prev" not in section.trailer:
            return
        start = number_of(section.trailer[b"Prev"])
    raise BrokenError


def object_at(data: Data, place: int, wanted: int) -> dict[bytes, Value]:
    """Read the dictionary that an object is; raise `BrokenError` where another one stands."""
    reader = Reader(data.at(place, min(PEEK, data.size - place)))
    if not reader.opens(wanted):
        raise BrokenError
    return reader.dictionary()


def _section(data: Data, start: int) -> Section:
    reader = Reader(data.at(start, min(PEEK, data.size - start)))
    if reader.passes(b"xref"):
        return _table(data, start + reader.place)
    if reader.opens():
        trailer = reader.dictionary()
        body = _STREAM.match(reader.text, reader.place)
        if trailer.get(b"Type") == Name(b"XRef") and body is not None:
            place = start + body.end()
            return Section(trailer, lambda wanted: _in_stream(data, trailer, place, wanted))
    raise BrokenError


def _table(data: Data, place: int) -> Section:
    runs: list[tuple[int, int, int]] = []
    while (run := _RUN.match(data.at(place, min(64, data.size - place)))) is not None:
        if len(runs) == _RUNS:
            raise BrokenError
        begin = place + run.end()
        runs.append((int(run[1]), int(run[2]), begin))
        place = begin + int(run[2]) * _ENTRY
    reader = Reader(data.at(place, min(PEEK, data.size - place)))
    if not reader.passes(b"trailer"):
        raise BrokenError
    return Section(reader.dictionary(), lambda wanted: _in_table(data, runs, wanted))


def _in_table(data: Data, runs: list[tuple[int, int, int]], wanted: int) -> int | None:
    for first, count, begin in runs:
        if first <= wanted < first + count:
            entry = _IN_USE.fullmatch(data.at(begin + (wanted - first) * _ENTRY, _ENTRY))
            if entry is None:
                raise BrokenError
            return int(entry[1])
    return None


def _in_stream(data: Data, trailer: dict[bytes, Value], place: int, wanted: int) -> int | None:
    widths = [number_of(each) for each in _list(trailer, b"W")]
    if len(widths) != 3 or not 0 < sum(widths) <= 32:
        raise BrokenError
    passed = 0
    for first, count in _runs(trailer):
        if first <= wanted < first + count:
            row = _row(data, trailer, place, (passed + wanted - first, sum(widths)))
            return _offset(row, widths) if row else None
        passed += count
    return None


def _runs(trailer: dict[bytes, Value]) -> list[tuple[int, int]]:
    told = [number_of(each) for each in _list(trailer, b"Index")] if b"Index" in trailer else []
    whole = [(0, number_of(trailer.get(b"Size")))]
    return list(zip(told[::2], told[1::2], strict=False)) or whole


def _list(trailer: dict[bytes, Value], name: bytes) -> list[Value]:
    found = trailer.get(name)
    if not isinstance(found, list):
        raise BrokenError
    return found


def _offset(row: bytes, widths: list[int]) -> int:
    """Return where an object stands that is in no other one; its kind is 1, or left out."""
    kind, offset = row[: widths[0]], row[widths[0] : widths[0] + widths[1]]
    if widths[0] and number(kind, "big") != 1:
        raise BrokenError
    return number(offset, "big")


def _row(
    data: Data, trailer: dict[bytes, Value], place: int, sought: tuple[int, int]
) -> bytes | None:
    """Return one row of a section that is a stream, by its number and its width."""
    packed = data.at(place, min(number_of(trailer.get(b"Length")), _MOST_STREAM))
    if b"Filter" not in trailer:
        return _cut(packed, *sought)
    if trailer[b"Filter"] not in (Name(b"FlateDecode"), [Name(b"FlateDecode")]):
        raise BrokenError
    found = streams("zlib", packed)
    if not found or len(found[0]) > _MOST_ROWS:
        raise BrokenError
    return _unpredicted(found[0], trailer.get(b"DecodeParms"), *sought)


def _unpredicted(content: bytes, parameters: Value | None, sought: int, width: int) -> bytes | None:
    """Undo PNG's prediction from the row above, the one that writers use here (7.4.4.4)."""
    if isinstance(parameters, list):
        parameters = parameters[0] if parameters else None
    if not isinstance(parameters, dict) or parameters.get(b"Predictor", Word(b"1")) == Word(b"1"):
        return _cut(content, sought, width)
    if number_of(parameters.get(b"Columns", Word(b"1"))) != width:
        raise BrokenError
    if _cut(content, sought, width + 1) is None:
        return None
    above = bytes(width)
    for start in range(0, (sought + 1) * (width + 1), width + 1):
        row = content[start : start + width + 1]
        if row[0] not in (0, _UP):
            raise BrokenError
        base = above if row[0] else bytes(width)
        above = bytes((one + other) & 0xFF for one, other in zip(row[1:], base, strict=True))
    return above


def _cut(content: bytes, sought: int, width: int) -> bytes | None:
    row = content[sought * width :][:width]
    return row if len(row) == width else None
