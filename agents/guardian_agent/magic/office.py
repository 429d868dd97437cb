"""Microsoft's compound files (MS-CFB): an encrypted OOXML document is one with two streams."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.magic.answer import Classified, encrypted, unknown
from guardian_agent.magic.data import Data, number

_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ENTRY_BYTES = 128
_STREAM = 2
_LAST_SECTOR = 0xFFFF_FFFA
_SECTORS_READ = 32
_LEAST_PACKAGE = 8 + 16
"""A size and one cipher block."""


def office(data: Data) -> Classified | None:
    """Answer for a compound file; the older formats inside are not judged."""
    if not data.head.startswith(_MAGIC):
        return None
    streams = dict(_streams(data))
    if "EncryptionInfo" in streams and streams.get("EncryptedPackage", 0) >= _LEAST_PACKAGE:
        return encrypted("ooxml", "ooxml-encrypted-package")
    return unknown("cfb", "cfb-not-judged")


def _streams(data: Data) -> Iterator[tuple[str, int]]:
    """Yield the names and sizes of the streams, along the directory's chain of sectors."""
    shift = number(data.head[30:32])
    if shift not in {9, 12}:
        return
    sector = number(data.head[48:52])
    for _ in range(_SECTORS_READ):
        if sector >= _LAST_SECTOR:
            return
        block = data.at((sector + 1) << shift, 1 << shift)
        for place in range(0, len(block), _ENTRY_BYTES):
            entry = block[place : place + _ENTRY_BYTES]
            if number(entry[66:67]) == _STREAM:
                yield _name(entry), number(entry[120:124])
        sector = _next(data, sector, shift)


def _name(entry: bytes) -> str:
    length = max(min(number(entry[64:66]), 64) - 2, 0)
    return entry[:length].decode("utf-16-le", "replace")


def _next(data: Data, sector: int, shift: int) -> int:
    """Look a sector's successor up in the FAT, as far as the header's own list goes."""
    table, index = divmod(sector, 1 << shift - 2)
    where = number(data.head[76 + 4 * table : 80 + 4 * table]) if table < 109 else _LAST_SECTOR
    entry = data.at(((where + 1) << shift) + 4 * index, 4)
    return number(entry) if len(entry) == 4 else _LAST_SECTOR
