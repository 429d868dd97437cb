"""Pictures: the sums of a PNG's chunks, the markers of a JPEG."""

from __future__ import annotations

import zlib
from typing import Final

from guardian_agent.exposure.hollow.samples import TAIL, WINDOW, random_among
from guardian_agent.magic import Read

_CHUNKS: Final = 256
_SUMS: Final = 6
_CHUNK_READ: Final = 32 * 1024


def is_hollow_png(size: int, read: Read) -> bool:
    """A chunk whose name is no word, or two whose contents are not what their sum says."""
    place, wrong, left = 8, 0, _SUMS
    for _ in range(_CHUNKS):
        head = read(place, 8)
        if len(head) < 8 or head[4:] == b"IEND":
            return wrong > 1 or (left == _SUMS and _has_random_picture(size, read))
        if not head[4:].isalpha() or not head[4:].isascii():
            return random_among([read(min(place, size - WINDOW), WINDOW)]) > 0
        length = int.from_bytes(head[:4], "big")
        if length <= _CHUNK_READ and left and head[4:] == b"IDAT":
            wrong, left = wrong + _differs(read(place + 4, length + 8)), left - 1
        place += 12 + length
    return wrong > 1


def _differs(named: bytes) -> bool:
    """Say whether a chunk's sum, its last four bytes, is another than that of the rest."""
    return zlib.crc32(named[:-4]) != int.from_bytes(named[-4:], "big")


def _has_random_picture(size: int, read: Read) -> bool:
    """One huge chunk: deflate is told from ciphertext in blocks of 16 KiB."""
    blocks = [read(size * part // 8, TAIL) for part in (2, 4, 6)]
    return size > 8 * TAIL and random_among(blocks) > 1


def is_hollow_jpeg(size: int, read: Read) -> bool:
    """In a picture 0xFF stands before zero or a marker; three blocks where it does not."""
    if size < 128 * 1024:
        return False
    return all(_has_no_markers(read(size * part // 16, TAIL)) for part in (2, 3, 4))


def _has_no_markers(block: bytes) -> bool:
    marks = block.count(b"\xff")
    right = sum(block.count(bytes([0xFF, after])) for after in (0, *range(0xC0, 0x100)))
    return marks > 16 and right < marks / 2
