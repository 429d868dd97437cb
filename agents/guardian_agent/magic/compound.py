"""Microsoft's compound files (MS-CFB): streams along chains of sectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.magic.data import Data, number

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ENTRY_BYTES = 128
_STREAM, _ROOT = 2, 5
_LAST_SECTOR = 0xFFFF_FFFA
_SECTORS_READ = 32
_MINI_CUTOFF, _MINI_SECTOR = 4096, 64
_FAT_IN_HEADER = 109


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a compound file: its first sector and its size in bytes."""

    first: int
    size: int


class Compound:
    """The directory of a compound file, and the beginnings of its streams."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._shift = number(data.head[30:32])
        self._root = Stream(_LAST_SECTOR, 0)
        self.streams = dict(self._directory()) if self._shift in {9, 12} else {}

    def start(self, name: str, count: int) -> bytes:
        """Return up to `count` bytes of a stream's first sector; none if there is no such."""
        stream = self.streams.get(name)
        if stream is None:
            return b""
        place = self._mini(stream) if stream.size < _MINI_CUTOFF else self._place(stream.first)
        return self._data.at(place, min(count, stream.size)) if place is not None else b""

    def _directory(self) -> Iterator[tuple[str, Stream]]:
        for sector in self._chain(number(self._data.head[48:52])):
            block = self._data.at(self._place(sector), 1 << self._shift)
            for place in range(0, len(block), _ENTRY_BYTES):
                entry = block[place : place + _ENTRY_BYTES]
                stream = Stream(number(entry[116:120]), number(entry[120:124]))
                if entry[66:67] == bytes([_ROOT]):
                    self._root = stream
                elif entry[66:67] == bytes([_STREAM]):
                    yield _name(entry), stream

    def _mini(self, stream: Stream) -> int | None:
        """Find a small stream inside of the root's, which holds them all."""
        sectors, rest = divmod(stream.first * _MINI_SECTOR, 1 << self._shift)
        chain = self._chain(self._root.first)
        sector = next((each for index, each in enumerate(chain) if index == sectors), None)
        return None if sector is None else self._place(sector) + rest

    def _chain(self, sector: int) -> Iterator[int]:
        for _ in range(_SECTORS_READ):
            if sector >= _LAST_SECTOR:
                return
            yield sector
            sector = self._next(sector)

    def _next(self, sector: int) -> int:
        """Look a sector's successor up in the FAT, as far as the header's own list goes."""
        table, index = divmod(sector, 1 << self._shift - 2)
        if table >= _FAT_IN_HEADER:
            return _LAST_SECTOR
        where = number(self._data.head[76 + 4 * table : 80 + 4 * table])
        entry = self._data.at(self._place(where) + 4 * index, 4)
        return number(entry) if len(entry) == 4 else _LAST_SECTOR

    def _place(self, sector: int) -> int:
        return sector + 1 << self._shift


def _name(entry: bytes) -> str:
    length = max(min(number(entry[64:66]), 64) - 2, 0)
    return entry[:length].decode("utf-16-le", "replace")
