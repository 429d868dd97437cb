"""Documents and archives that end with a table of what is in them: PDF, zip, office files."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from guardian_agent.exposure.hollow.samples import TAIL, WINDOW, has_random_tail, random_among
from guardian_agent.magic import Read


def is_hollow_pdf(size: int, read: Read) -> bool:
    """No end mark, and random bytes in its place."""
    return b"%%EOF" not in read(max(size - 2048, 0), 2048) and has_random_tail(size, read)


_END: Final = b"PK\x05\x06"
_ENTRY: Final = b"PK\x01\x02"
_LOCAL: Final = b"PK\x03\x04"
_ENTRIES: Final = 12
_DIRECTORY_MOST: Final = 48 * 1024
_DEFLATED: Final = 8
_DECODED: Final = 512


def is_hollow_zip(size: int, read: Read) -> bool:
    """Two entries that are not what the directory says, or the only one."""
    tail = read(max(size - TAIL, 0), TAIL)
    end = tail.rfind(_END)
    if end < 0:
        return _ENTRY not in tail and has_random_tail(size, read)
    length, start = (int.from_bytes(tail[end + at : end + at + 4], "little") for at in (12, 16))
    entries = list(_entries(read(start, min(length, _DIRECTORY_MOST))))
    chosen = entries[:: max(len(entries) // _ENTRIES, 1)][:_ENTRIES]
    broken = [_is_broken(entry, read) for entry in chosen]
    return bool(broken) and sum(broken) >= min(len(broken), 2)


def _entries(directory: bytes) -> Iterator[bytes]:
    """Yield the fixed part of each entry of a zip's directory."""
    place = 0
    while directory[place : place + 4] == _ENTRY and len(directory) >= place + 46:
        entry = directory[place : place + 46]
        yield entry
        place += 46 + sum(int.from_bytes(entry[at : at + 2], "little") for at in (28, 30, 32))


def _is_broken(entry: bytes, read: Read) -> bool:
    """Say whether an entry is not where it should be, or does not begin as deflate does."""
    window = read(int.from_bytes(entry[42:46], "little"), WINDOW)
    if not window.startswith(_LOCAL):
        return random_among([window]) > 0
    start = 30 + sum(int.from_bytes(window[at : at + 2], "little") for at in (26, 28))
    is_packed = int.from_bytes(entry[10:12], "little") == _DEFLATED and not entry[8] & 1
    return is_packed and not _inflates(window[start:])


def _inflates(packed: bytes) -> bool:
    try:
        zlib.decompressobj(-15).decompress(packed, _DECODED)
    except zlib.error:
        return False
    return True
