"""Intermittent encryption: every other piece of a block is ciphertext, and those between are not.

Some ransomware encrypts 16 of every 32 bytes, or one block in three: a fraction of the work, and
neither the entropy nor the chi-square of the whole is that of ciphertext. Taken apart they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guardian_agent.magic.blocks import Verdict, judge
from guardian_agent.magic.randomness import CHI_SQUARE_BYTES, chi_square

PIECES: Final = tuple(1 << power for power in range(4, 11))
"""Bytes that are encrypted and left in turns; longer pieces fill windows of their own."""
CALM: Final = 320.0
WILD: Final = 600.0
"""Chi-square (255 degrees of freedom) of one half and of the other. Halves of the same stuff differ
by some 30; random ones stay below the first, but for one in 400."""
WINDOW: Final = 4096
SHARE: Final = 0.15
RANDOM_LEAST: Final = 2


def is_striped(block: bytes) -> bool:
    """Say whether a block of at least 4 KiB falls into a random half and one that is not."""
    if len(block) < 2 * CHI_SQUARE_BYTES or chi_square(block) < CALM:
        return False
    return any(_halves_differ(block, piece) for piece in PIECES)


def _halves_differ(block: bytes, piece: int) -> bool:
    low, high = sorted(chi_square(_every_other(block, piece, start)) for start in (0, piece))
    return low <= CALM and high >= WILD


def _every_other(block: bytes, piece: int, start: int) -> bytes:
    return b"".join(
        block[place : place + piece] for place in range(start, len(block) - piece + 1, 2 * piece)
    )


def is_mixed(blocks: Sequence[bytes]) -> bool:
    """Say whether some windows of the blocks look random, and others plainly do not.

    True of readable files with compressed parts as well: it says something only where none belong.
    """
    windows = [
        block[place : place + WINDOW]
        for block in blocks
        for place in range(0, len(block) - WINDOW + 1, WINDOW)
    ]
    random = sum(judge(window) is Verdict.LOOKS_RANDOM for window in windows)
    return RANDOM_LEAST <= random < len(windows) and random >= SHARE * len(windows)
