"""The literals of a Zstandard block (RFC 8878, 4.2): Huffman codes, their weights packed by FSE.

Only the first ones are decoded: where nothing was there to be matched yet, they are the data, and
enough to tell text from letters that stand for ciphertext.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.magic.data import number

MOST = 59
"""Literals that are decoded at most: less than a line of base64."""
_STREAM_TAIL = 256
_WEIGHTS_MOST = 255
_ACCURACY_MOST = 6
_BITS_MOST = 11


class BrokenError(Exception):
    """The literals do not have Zstandard's form."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Decodes `width` bits at once: the symbol, how many bits it really takes, where to go on."""

    width: int
    entries: list[tuple[int, int, int]]


class _Backward:
    """Reads bits from the end of a stream, whose last set bit marks where it ends."""

    def __init__(self, stream: bytes) -> None:
        if not stream or not stream[-1]:
            raise BrokenError
        self._bits = int.from_bytes(stream, "little")
        self.left = self._bits.bit_length() - 1

    def peek(self, count: int) -> int:
        """Return the next bits; zeros beyond the start."""
        shift = self.left - count
        bits = self._bits >> shift if shift >= 0 else self._bits << -shift
        return bits & (1 << count) - 1

    def take(self, count: int) -> int:
        bits = self.peek(count)
        self.left -= count
        return bits


def first_literals(section: bytes, size: int, *, streams: int) -> bytes:
    """Decode the beginning of a compressed literals section.

    Args:
        section: the Huffman tree's description and the streams.
        size: literals in all.
        streams: 1, or 4 with a table of their sizes before them.

    Raises:
        BrokenError: it is none.
    """
    weights, place = _weights(section)
    table = _huffman(weights)
    stream = section[place:]
    if streams == 4:  # the first of them, a quarter of the literals
        length = number(stream[:2])
        stream, size = stream[6 : 6 + length], (size + 3) // 4
        if len(stream) != length:
            raise BrokenError
    return _decode(stream, min(size, MOST), table)


def _decode(stream: bytes, count: int, table: _Table) -> bytes:
    bits = _Backward(stream[-_STREAM_TAIL:])
    out = bytearray()
    while len(out) < count and bits.left > 0:
        symbol, width, _ = table.entries[bits.peek(table.width)]
        bits.left -= width
        out.append(symbol)
    return bytes(out)


def _weights(section: bytes) -> tuple[list[int], int]:
    """Return the weights of the symbols but the last, and where their description ends."""
    head = number(section[:1])
    if head >= 128:  # four bits each
        count = head - 127
        end = 1 + (count + 1) // 2
        nibbles = [half for byte in section[1:end] for half in (byte >> 4, byte & 15)]
        return nibbles[:count], end
    packed = section[1 : 1 + head]
    if len(packed) != head or not head:
        raise BrokenError
    table, place = _distribution(packed)
    return _alternating(packed[place:], table), 1 + head


def _huffman(weights: list[int]) -> _Table:
    """Build the table of a canonical code; the last weight is what is missing to a power of 2."""
    total = sum(1 << weight - 1 for weight in weights if weight)
    width = total.bit_length()
    missing = (1 << width) - total
    if not total or width > _BITS_MOST or missing & missing - 1:
        raise BrokenError
    weights = [*weights, missing.bit_length()]
    entries = [
        (symbol, width + 1 - weight, 0)
        for weight in range(1, width + 1)
        for symbol in range(len(weights))
        if weights[symbol] == weight
        for _ in range(1 << weight - 1)
    ]
    if len(entries) != 1 << width or len(weights) > 256:
        raise BrokenError
    return _Table(width, entries)


def _alternating(stream: bytes, table: _Table) -> list[int]:
    """Decode weights by two states that take turns (RFC 8878, 4.2.1.2)."""
    bits = _Backward(stream)
    states = [bits.take(table.width), bits.take(table.width)]
    out: list[int] = []
    while len(out) < _WEIGHTS_MOST:
        turn = len(out) & 1
        symbol, width, base = table.entries[states[turn]]
        out.append(symbol)
        states[turn] = base + bits.take(width)
        if bits.left < 0:
            out.append(table.entries[states[1 - turn]][0])
            return out
    raise BrokenError


def _distribution(packed: bytes) -> tuple[_Table, int]:
    """Read the probabilities of an FSE table (RFC 8878, 4.1.1); return where they end."""
    bits = int.from_bytes(packed, "little")
    width = (bits & 15) + 5
    if width > _ACCURACY_MOST:
        raise BrokenError
    place, left = 4, 1 << width
    shares: list[int] = []
    while left > 0 and len(shares) < 16:
        count = (left + 1).bit_length()
        value = bits >> place & (1 << count) - 1
        low = value & (1 << count - 1) - 1
        threshold = (1 << count) - 1 - (left + 1)
        short = low < threshold
        place += count - short
        share = (low if short else value - threshold * (value >= 1 << count - 1)) - 1
        shares.append(share)
        left -= abs(share)
        while share == 0:
            repeat = bits >> place & 3
            place += 2
            shares += [0] * repeat
            share = 0 if repeat == 3 else 1
    if left:
        raise BrokenError
    return _fse(shares, width), (place + 7) // 8


def _fse(shares: list[int], width: int) -> _Table:
    """Spread the symbols over the states, the rarest at the end."""
    size = 1 << width
    rare = [symbol for symbol, share in enumerate(shares) if share == -1]
    symbols = [0] * (size - len(rare)) + rare[::-1]
    place, step = 0, (size >> 1) + (size >> 3) + 3
    for symbol, share in enumerate(shares):
        for _ in range(max(share, 0)):
            symbols[place] = symbol
            place = place + step & size - 1
            while place >= size - len(rare):
                place = place + step & size - 1
    following = [1 if share == -1 else share for share in shares]
    entries = []
    for symbol in symbols:
        state = following[symbol]
        following[symbol] += 1
        bits = width + 1 - state.bit_length()
        entries.append((symbol, bits, (state << bits) - size))
    return _Table(width, entries)
