"""LZ4 frames (LZ4 Frame Format 1.6): decoded, for the standard library has no decoder."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, renamed, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.packed import LEAST_OUT

_FRAME = b"\x04\x22\x4d\x18"
_STORED = 1 << 31
_ENDING = 4
_BLOCK_MOST = 128 * 1024
_OUT_MOST = 16 * 1024


class _BrokenError(Exception):
    """The block is no LZ4."""


def lz4(data: Data) -> Classified | None:
    """Answer for an LZ4 frame by what its first block holds."""
    if not data.head.startswith(_FRAME) or number(data.head[4:5]) >> 6 != 1:
        return None
    flags = data.head[4]
    start = 7 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0)
    size = number(data.at(start, 4))
    stored, size = bool(size & _STORED), size & ~_STORED
    if not size:
        return unknown("lz4", "lz4-gave-nothing")
    if stored:
        inner = data.part(start + _ENDING, min(size, data.size - start - _ENDING))
        return renamed(inner, "lz4", f"lz4-holds-{inner.kind}")
    return _decoded(data, data.at(start + _ENDING, min(size, _BLOCK_MOST)))


def _decoded(data: Data, block: bytes) -> Classified | None:
    try:
        out = unpack(block)
    except _BrokenError:
        return None
    if len(out) < LEAST_OUT and not data.whole:
        return None
    inner = data.inside(out, complete=data.whole and len(out) < _OUT_MOST)
    return renamed(inner, "lz4", f"lz4-holds-{inner.kind}")


def unpack(block: bytes, most: int = _OUT_MOST) -> bytes:
    """Decode the beginning of one block, about `most` bytes of output.

    Raises:
        _BrokenError: a copy from before the start.
    """
    out = bytearray()
    place = 0
    while place < len(block) and len(out) < most:
        token = block[place]
        length, place = _length(block, place + 1, token >> 4)
        out += block[place : place + min(length, most)]
        place += length
        distance = number(block[place : place + 2])
        if place + 2 > len(block):
            break
        length, place = _length(block, place + 2, token & 15)
        _copy(out, distance, min(length + 4, most))
    return bytes(out)


def _length(block: bytes, place: int, low: int) -> tuple[int, int]:
    """Add the bytes that follow a length of 15; return it and where it ends."""
    length = low
    while low == 15 and place < len(block):
        length += block[place]
        place += 1
        if block[place - 1] != 255:
            break
    return length, place


def _copy(out: bytearray, distance: int, length: int) -> None:
    """Repeat what was written `distance` bytes ago, which may overlap its own end."""
    if not 0 < distance <= len(out):
        raise _BrokenError
    pattern = bytes(out[-distance:])[:length]
    out += (pattern * (length // len(pattern) + 1))[:length]
