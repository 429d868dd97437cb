"""Do bytes look random? That can refute "encrypted" and never prove it.

Compressed data (LZMA above all) looks just the same, so these functions only guard the answer of a
container's header: a known header before readable bytes is no encryption.
"""

from __future__ import annotations

from collections import Counter

from guardian_agent.magic.data import Data

BLOCK = 16 * 1024
CHI_SQUARE_RANGE = (150.0, 420.0)
"""For 255 degrees of freedom: random data leaves it about once in 10^6 blocks."""
CHI_SQUARE_BYTES = 2048
"""Below, expected counts are too small for the test."""
SHORTEST = 16
"""Below, nothing can be said."""
PRINTABLE_SHARE = 0.65
"""Of random bytes 37 % are printable; 64 of them stay below this by more than four sigma."""

_PRINTABLE = bytes([9, 10, 13, *range(32, 127)])


def looks_random(block: bytes) -> bool:
    """Say whether a block could be ciphertext; short ones are given the benefit of the doubt."""
    if len(block) < SHORTEST:
        return True
    if len(block) >= CHI_SQUARE_BYTES:
        low, high = CHI_SQUARE_RANGE
        return low <= chi_square(block) <= high
    printable = len(block) - len(block.translate(None, _PRINTABLE))
    if printable > len(block) * (PRINTABLE_SHARE if len(block) >= 4 * SHORTEST else 0.9):
        return False
    commonest = Counter(block).most_common(1)[0][1]
    return commonest <= max(4, len(block) // 16)


def chi_square(block: bytes) -> float:
    """Return the chi-square statistic of the byte counts against equal ones."""
    expected = len(block) / 256
    squares = sum(count * count for count in Counter(block).values())
    return squares / expected - len(block)


def samples(data: Data, start: int, count: int = 4) -> list[bytes]:
    """Return `count` blocks spread evenly from `start` to the end, first and last included."""
    length = data.known - start
    if length <= BLOCK * count:
        return [block for block in (data.at(start, length),) if block]
    step = (length - BLOCK) / (count - 1)
    return [data.at(start + int(step * index), BLOCK) for index in range(count)]


def body_is_random(data: Data, start: int) -> bool:
    """Say whether everything sampled from `start` on could be ciphertext; False if nothing is."""
    blocks = samples(data, start)
    return bool(blocks) and all(block and looks_random(block) for block in blocks)
