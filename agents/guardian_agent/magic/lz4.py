"""LZ4 frames (LZ4 Frame Format 1.6): decoded, for the standard library has no decoder."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, renamed, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.packed import LEAST_OUT
from guardian_agent.magic.to_the_end import everything, judged
from guardian_agent.wire.facts.words import Encryption

_FRAME = b"\x04\x22\x4d\x18"
_STORED = 1 << 31
_ENDING = 4
_BLOCK_MOST = 128 * 1024
_OUT_MOST = 16 * 1024
_WHOLE_MOST = 1 << 20
_HAS_DICTIONARY, _HAS_CONTENT_SUM, _HAS_SIZE, _HAS_BLOCK_SUMS = 1, 4, 8, 16


class _BrokenError(Exception):
    """The block is no LZ4."""


def lz4(data: Data) -> Classified | None:
    """Answer for an LZ4 frame by its first block; by all blocks where that is sealed."""
    if not data.head.startswith(_FRAME) or number(data.head[4:5]) >> 6 != 1:
        return None
    start = _after_header(data.head)
    size = number(data.at(start, 4))
    stored, size = bool(size & _STORED), size & ~_STORED
    if not size:
        return unknown("lz4", "lz4-gave-nothing")
    if stored:
        inner = data.part(start + _ENDING, min(size, data.size - start - _ENDING))
    else:
        decoded = _decoded(data, data.at(start + _ENDING, min(size, _BLOCK_MOST)))
        if decoded is None:
            return None
        inner = decoded
    if inner.state in {Encryption.ENCRYPTED, Encryption.WEAK}:
        return judged(data, "lz4", _frame(data))
    return renamed(inner, "lz4", f"lz4-holds-{inner.kind}")


def _after_header(head: bytes) -> int:
    return 7 + (8 if head[4] & _HAS_SIZE else 0) + (4 if head[4] & _HAS_DICTIONARY else 0)


def _decoded(data: Data, block: bytes) -> Classified | None:
    try:
        out = unpack(block)
    except _BrokenError:
        return None
    if len(out) < LEAST_OUT and not data.whole:
        return None
    return data.inside(out, complete=data.whole and len(out) < _OUT_MOST)


def _frame(data: Data) -> list[bytes] | None:
    """Return what a frame holds; None where something follows it, or not all of it decodes."""
    content = everything(data)
    if content is None:
        return None
    found = bytearray()
    place = _after_header(content)
    while size := number(content[place : place + _ENDING]):
        start, place = place + _ENDING, place + _ENDING + (size & ~_STORED)
        block = content[start:place]
        try:
            found += block if size & _STORED else unpack(block, _WHOLE_MOST)
        except _BrokenError:
            return None
        if len(found) >= _WHOLE_MOST:
            return None
        place += _ENDING if content[4] & _HAS_BLOCK_SUMS else 0
    end = place + _ENDING + (_ENDING if content[4] & _HAS_CONTENT_SUM else 0)
    return [bytes(found)] if end == len(content) else None


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
