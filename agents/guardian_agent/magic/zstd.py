"""Zstandard (RFC 8878) without a decoder: the frame's blocks tell what went in.

Ciphertext does not compress, so zstd stores it in raw blocks, whose contents are classified. A
block that was really compressed, by matches that ciphertext does not have, held something readable.
Ciphertext written as base64 or hexadecimal does compress, but through its small alphabet alone:
almost no matches. Where there are few, some literals are decoded and read as text.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.magic.answer import Classified, plaintext, renamed, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.to_the_end import everything, judged
from guardian_agent.magic.zstd_literals import MOST, BrokenError, first_literals
from guardian_agent.wire.facts.words import Encryption

_MAGIC = b"\x28\xb5\x2f\xfd"
_RAW, _RLE, _COMPRESSED = 0, 1, 2
_BLOCK_MOST = 128 * 1024
_COMPRESSED_LEAST = 2
_CHECK_SUM, _HAS_CHECK_SUM = 4, 4
"""Its bytes, and the bit of the descriptor that says that it stands behind the last block."""
_LITERALS_LEAST = 256
"""Fewer come from zeros and other repetition, which may lie before anything."""
_WORDS_LEAST, _WORDS_MOST = 32, 56
_WORDS_AT_START, _WORDS = 2, 3
"""Words in 56 letters: lines of base64, hexadecimal and Ascii85 are longer than that."""
_BLOCKS_WALKED = 64
_MATCHES_PER_LITERAL = 1 / 40
"""Dumps, logs and programs have more; base64, base32 and Ascii85 of ciphertext at most 1/90."""
_HEXADECIMAL_RATIO = (0.495, 0.52)
"""Sixteen equally frequent digits take half a byte and a little each, whatever was matched."""
_TABLE_BYTES = 80
_HEXADECIMAL_MATCHES = 0.7
"""Short matches by chance; at most 0.54 in ciphertext written as hexadecimal, at any level."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a frame: its type, where its contents start, how long they are, if it ends."""

    kind: int
    start: int
    size: int
    is_last: bool

    @property
    def end(self) -> int:
        """Where the next block starts; a run-length block stores one byte."""
        return self.start + (1 if self.kind == _RLE else self.size)


def zstd(data: Data) -> Classified | None:
    """Answer for a Zstandard frame whose blocks follow each other."""
    if not data.head.startswith(_MAGIC):
        return None
    block = _block(data, _after_header(data.head))
    for _ in range(_BLOCKS_WALKED):
        if block is None:
            return None
        following = _block(data, block.end)
        if not block.is_last and following is None:
            return None
        answer = _contents(data, block)
        if answer is not None:
            return answer
        if block.is_last:
            break
        block = following
    return unknown("zstd", "zstd-few-matches")


def _contents(data: Data, block: Block) -> Classified | None:
    """Answer from one block; None when it does not decide."""
    if block.kind == _RAW and block.size:
        inner = data.part(block.start, block.size)
        if inner.state in {Encryption.ENCRYPTED, Encryption.WEAK}:
            return judged(data, "zstd", _stored(data))
        return renamed(inner, "zstd", f"zstd-holds-{inner.kind}")
    if block.kind == _COMPRESSED:
        return _compressed(data, block)
    return None


def _stored(data: Data) -> list[bytes] | None:
    """Return what a frame stores, as ciphertext is; None where not all is stored in this one."""
    content = everything(data) or b""
    found: list[bytes] = []
    place = _after_header(content)
    while len(header := content[place : place + 3]) == 3:
        block = _told(header, place)
        if block.kind != _RAW:
            return None
        found.append(content[block.start : block.end])
        place = block.end
        if block.is_last:
            is_end = place + (_CHECK_SUM if content[4] & _HAS_CHECK_SUM else 0) == len(content)
            return [b"".join(found)] if is_end else None
    return None


def _after_header(head: bytes) -> int:
    """Return where the first block starts: descriptor, window, dictionary id, content size."""
    descriptor = number(head[4:5])
    is_single = bool(descriptor & 0x20)
    size_bytes = (1 if is_single else 0, 2, 4, 8)[descriptor >> 6]
    return 5 + (not is_single) + (0, 1, 2, 4)[descriptor & 3] + size_bytes


def _block(data: Data, place: int) -> Block | None:
    header = data.at(place, 3)
    block = _told(header, place)
    sound = block.kind <= _COMPRESSED and block.size <= _BLOCK_MOST and block.end <= data.size
    if len(header) < 3 or not sound:
        return None
    return block


def _told(header: bytes, place: int) -> Block:
    fields = number(header)
    return Block(fields >> 1 & 3, place + 3, fields >> 3, bool(fields & 1))


def _compressed(data: Data, block: Block) -> Classified | None:
    """Judge a compressed block by its matches, or by its literals; None when they do not decide."""
    head = data.at(block.start, min(block.size, 5))
    if len(head) < _COMPRESSED_LEAST:
        return None
    literals, stored, header = _literals(head)
    matches = _matches(data.at(block.start + header + stored, 3))
    few = literals < _LITERALS_LEAST or matches <= literals * _MATCHES_PER_LITERAL
    if few or not stored or _hexadecimal(literals, stored, matches):
        return _written(data, block, head[0], literals, stored, header)
    return plaintext("zstd", "zstd-matches")


def _written(
    data: Data, block: Block, form: int, literals: int, stored: int, header: int
) -> Classified | None:
    """Decode some literals; only what is clearly readable decides."""
    section = data.at(block.start + header, min(stored, block.size - header))
    if form & 3 == _COMPRESSED:
        try:
            section = first_literals(section, literals, streams=1 if form >> 2 & 3 == 0 else 4)
        except BrokenError:
            return None
    elif form & 3 != _RAW:
        return None
    section = section[:MOST]
    is_first = block.start == _after_header(data.head) + 3
    words = len(section[:_WORDS_MOST].split())
    if len(section) < _WORDS_LEAST or words < (_WORDS_AT_START if is_first else _WORDS):
        return None
    inner = data.inside(section, complete=False)
    return plaintext("zstd", "zstd-literals") if inner.rule == "text-readable" else None


def _hexadecimal(literals: int, stored: int, matches: int) -> bool:
    """Whether the literals could be hexadecimal digits, beside what the code table takes."""
    low, high = (share * literals for share in _HEXADECIMAL_RATIO)
    return low <= stored <= high + _TABLE_BYTES and matches < literals * _HEXADECIMAL_MATCHES


def _literals(head: bytes) -> tuple[int, int, int]:
    """Return the literals' regenerated size, stored size and the length of their header."""
    kind, form = head[0] & 3, head[0] >> 2 & 3
    if kind in {_RAW, _RLE}:
        header = (1, 2, 1, 3)[form]
        size = number(head[:header]) >> (3 if header == 1 else 4)
        return size, 1 if kind == _RLE else size, header
    header, bits = ((3, 10), (3, 10), (4, 14), (5, 18))[form]
    fields = number(head[:header]) >> 4
    mask = (1 << bits) - 1
    return fields & mask, fields >> bits & mask, header


def _matches(head: bytes) -> int:
    """Return the number of sequences (RFC 8878, 3.1.1.3.2.1)."""
    first, second, third = head.ljust(3, b"\x00")
    if first < 128:
        return first
    if first < 255:
        return (first - 128 << 8) + second
    return second + (third << 8) + 0x7F00
