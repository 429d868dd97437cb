"""A block without a container: a piece of compressed data, or as random as ciphertext?

Never "encrypted": some compressed data (LZMA, video) looks as random as ciphertext in short blocks.
`COMPRESSED` is said of ciphertext less than once in a thousand blocks, `LOOKS_RANDOM` kept from
it as seldom; how often compressed data is taken for random is what `make bench ONLY=blocks` tells.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from guardian_agent.magic.bits import bit_deviation
from guardian_agent.magic.fragments import has_fragment_marks
from guardian_agent.magic.headless import starts_headless
from guardian_agent.magic.randomness import CHI_SQUARE_BYTES, chi_square

CHI_SQUARE_RANGE: Final = (160.0, 350.0)
"""For 255 degrees of freedom: random data leaves it about once in 10^4 blocks."""
DOUBTFUL: Final = 3.7
"""Standard deviations of the bits beyond which a block is not called random: once in 10^3."""
SURE: Final = 5.0
"""Beyond, a dense block is compressed: once in 10^5."""
DENSE: Final = 1.0
"""Chi-square of a byte, at most, in prefix codes (0.4 seen); 3 and more in programs and LZ4."""
REPEATED: Final = 16
REPEATS: Final = 64
"""Ciphers without chaining repeat their blocks of so many bytes; compressed data seldom does."""
_COUNTED: Final = 64 * 1024


class Verdict(StrEnum):
    """What the statistics of a block say."""

    COMPRESSED = "compressed"
    LOOKS_RANDOM = "looks-random"
    NEITHER = "neither"
    """Not random, and not plainly compressed; or too short to tell."""


def judge(block: bytes) -> Verdict:
    """Say what a block of at least 2 KiB looks like; it may be cut out anywhere.

    Counts bytes in its first and last 64 KiB, and bits in 32 windows spread over it.
    """
    if len(block) < CHI_SQUARE_BYTES:
        return Verdict.NEITHER
    counted = block if len(block) <= 2 * _COUNTED else block[:_COUNTED] + block[-_COUNTED:]
    spread = chi_square(counted)
    if spread / len(counted) > DENSE or spread < CHI_SQUARE_RANGE[0]:
        return Verdict.NEITHER
    if has_fragment_marks(block) or starts_headless(block):
        return Verdict.COMPRESSED
    deviation = bit_deviation(block)
    if deviation > SURE and not _repeats(counted):
        return Verdict.COMPRESSED
    if deviation > DOUBTFUL or spread > CHI_SQUARE_RANGE[1]:
        return Verdict.NEITHER
    return Verdict.LOOKS_RANDOM


def _repeats(block: bytes) -> bool:
    """Say whether more than one in `REPEATS` aligned pieces of a cipher's block size occurred."""
    pieces = [block[place : place + REPEATED] for place in range(0, len(block), REPEATED)]
    return len(pieces) - len(set(pieces)) > len(pieces) / REPEATS
