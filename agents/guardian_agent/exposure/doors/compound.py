"""Streams out of Microsoft's compound files (MS-CFB), as far as small ones go."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.exposure.doors.lock import Look

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_LAST = 0xFFFF_FFFA
"""Sector numbers from here on are none."""
_MOST_SECTORS = 1024
"""Of one stream: its chain may go in circles."""
_ENTRY_BYTES = 128
_IN_HEADER = 109
_MOST_TABLES = 64
"""Sectors of the list that goes on behind the header's: one stands for 127 tables."""


class Compound:
    """One compound file; raises `ValueError` where it makes no sense."""

    def __init__(self, look: Look) -> None:
        head = look.head
        self._look = look
        self._shift = _number(head, 30, 2)
        if self._shift not in {9, 12} or _number(head, 32, 2) != 6:
            raise ValueError("sectors of another size")
        self._tables = list(self._all_tables())
        entries = self._chain(_number(head, 48, 4))
        self._entries = {name: (start, size) for name, start, size in _entries(entries)}

    def stream(self, name: str) -> bytes:
        """Return a stream's bytes, none where there is no such, at most what a chain may have."""
        start, size = self._entries.get(name, (_LAST, 0))
        if size >= _number(self._look.head, 56, 4):
            return self._chain(start)[:size]
        small = self._chain(self._entries["Root Entry"][0])
        table = self._chain(_number(self._look.head, 60, 4))
        found = b""
        for _ in range(_MOST_SECTORS):
            if start >= _LAST or len(found) >= size:
                break
            found += small[start << 6 : start + 1 << 6]
            start = _number(table, 4 * start, 4)
        return found[:size]

    def _sector(self, number: int) -> bytes:
        return self._look.read((number + 1) << self._shift, 1 << self._shift)

    def _chain(self, sector: int) -> bytes:
        found = []
        for _ in range(_MOST_SECTORS):
            if sector >= _LAST:
                break
            found.append(self._sector(sector))
            sector = self._next(sector)
        return b"".join(found)

    def _next(self, sector: int) -> int:
        table, index = divmod(sector, 1 << self._shift - 2)
        if table >= len(self._tables):
            return _LAST
        place = ((self._tables[table] + 1) << self._shift) + 4 * index
        entry = self._look.read(place, 4)
        return int.from_bytes(entry, "little") if len(entry) == 4 else _LAST

    def _all_tables(self) -> Iterator[int]:
        """Yield the sectors of the allocation table: the header's, and those listed behind."""
        yield from _numbers(self._look.head[76 : 76 + 4 * _IN_HEADER])
        sector = _number(self._look.head, 68, 4)
        for _ in range(_MOST_TABLES):
            if sector >= _LAST:
                return
            block = self._sector(sector)
            yield from _numbers(block[:-4])
            sector = _number(block, len(block) - 4, 4)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield name, first sector and size of all streams and of the root."""
    for place in range(0, len(directory), _ENTRY_BYTES):
        entry = directory[place : place + _ENTRY_BYTES]
        length = max(min(_number(entry, 64, 2), 64) - 2, 0)
        name = entry[:length].decode("utf-16-le", "replace")
        if entry[66:67] in {b"\x02", b"\x05"}:
            yield name, _number(entry, 116, 4), _number(entry, 120, 4)


def _number(data: bytes, place: int, width: int) -> int:
    found = data[place : place + width] if place >= 0 else b""
    return int.from_bytes(found, "little") if len(found) == width else _LAST


def _numbers(data: bytes) -> Iterator[int]:
    yield from (_number(data, place, 4) for place in range(0, len(data), 4))
