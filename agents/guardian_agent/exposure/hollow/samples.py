"""Windows of a file, and how many of them look random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from guardian_agent.magic import Read
from guardian_agent.magic.blocks import Verdict, judge

WINDOW: Final = 4096
TAIL: Final = 16 * 1024
"""Here deflate is told from ciphertext; in 4 KiB not always."""


_GOLDEN: Final = 0.6180339887498949
"""Multiples of it fall evenly and out of step with any period."""


def spread(start: int, size: int, count: int, read: Read) -> Iterator[bytes]:
    """Yield up to `count` windows of 4 KiB between `start` and the end, in no regular distance."""
    room = size - start - WINDOW
    if room >= 0:
        for index in range(count):
            yield read(start + int(room * (index * _GOLDEN % 1)), WINDOW)


def random_among(blocks: Iterable[bytes]) -> int:
    """Return how many of the blocks look random."""
    return sum(judge(block) is Verdict.LOOKS_RANDOM for block in blocks)


def has_random_tail(size: int, read: Read) -> bool:
    """Say whether the end of a file of more than 16 KiB looks random."""
    return size > TAIL and random_among([read(size - TAIL, TAIL)]) > 0
