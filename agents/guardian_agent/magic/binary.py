"""What is left: bytes of no known format, judged by how much of them anybody can read.

Random-looking data is `unknown`. Data of which no sampled part is as varied as ciphertext is called
readable: its structure lies open, whatever program wrote it. So is what was compressed by prefix
codes, though no decoder is at hand, or its header is gone.
"""

from __future__ import annotations

import re

from guardian_agent.magic.answer import (
    LIKELY,
    Classified,
    empty,
    plaintext,
    unknown,
)
from guardian_agent.magic.blocks import Verdict, judge
from guardian_agent.magic.data import Data
from guardian_agent.magic.randomness import BLOCK, CHI_SQUARE_BYTES, looks_random, samples
from guardian_agent.magic.stripes import is_striped

_RUN = re.compile(rb"[\t\n\r -~]{8,}")
_READABLE_SHARE = 0.5
_WINDOW = 256
_WINDOWS = 24
_LEAST = 32
"""Below, even random bytes may all be different or not by chance."""
_VARIED, _VARIED_SHORT = 0.8, 0.7
"""Of the different values that as many random bytes have: random windows stay above it but for
once in 10^5 (of 32 bytes) to 10^9 (of 256); programs, tables, sounds and indexes stay below."""
_ENCODED = re.compile(rb"[A-Za-z0-9+/=_-]{48,}")
_ENCODED_SHARE = 0.3
_STRIPES_SOUGHT = 8 * 1024


def binary(data: Data) -> Classified:
    """Answer for everything: readable where most of each sampled block is plain words."""
    blocks = [data.head, *samples(data, len(data.head), 8)]
    written = [block for block in blocks if block.strip(b"\x00")]
    if not written:
        whole = empty("zeros", "only-zeros")
        return whole if data.whole else unknown("zeros", "only-zeros-seen")
    if is_striped(data.head[:_STRIPES_SOUGHT]):
        return plaintext("mixed", "mixed-stripes", LIKELY)
    if data.size >= CHI_SQUARE_BYTES and all(reads(block) for block in written):
        return plaintext("binary", "binary-words")
    told = [block for block in written if len(block) - block.count(b"\x00") >= _LEAST]
    if told and all(_is_structured(block) for block in told):
        return plaintext("binary", "binary-structured", LIKELY)
    if data.size < CHI_SQUARE_BYTES:
        return unknown("data", "too-small")
    if _is_compressed(written):
        return plaintext("compressed", "compressed-bits", LIKELY)
    if all(looks_random(block) for block in written):
        return unknown("random", "looks-random")
    return unknown("binary", "binary-unrecognised")


def _is_compressed(blocks: list[bytes]) -> bool:
    """Whether every block is, one that is not ends it; one alone would err once in 3,000."""
    pieces = [
        block[place : place + BLOCK]
        for block in reversed(blocks)
        for place in range(0, len(block) - BLOCK + 1, BLOCK)
    ]
    return len(pieces) > 1 and all(judge(piece) is Verdict.COMPRESSED for piece in pieces)


def reads(block: bytes) -> bool:
    """Say whether runs of printable characters make up most of what is not zero, unencoded."""
    runs = _RUN.findall(block)
    words = sum(len(run) for run in runs if b" " in run or len(run) < 60)
    return words > _READABLE_SHARE * (len(block) - block.count(b"\x00"))


def reads_inside(data: Data, start: int) -> bool:
    """Say whether anything sampled from `start` on is words.

    For headers behind which more than ciphertext lies, such as tables and records.
    """
    return any(reads(block) for block in samples(data, start, 8))


def _is_structured(block: bytes) -> bool:
    """Whether no window of a block is as varied as ciphertext, nor made of its letters."""
    written = block.replace(b"\x00", b"")
    encoded = sum(len(run) for run in _ENCODED.findall(written))
    if encoded > _ENCODED_SHARE * len(written):
        return False
    step = max(_WINDOW, len(written) // _WINDOWS)
    windows = [written[place : place + _WINDOW] for place in range(0, len(written), step)]
    return not any(_is_varied(window) for window in windows if len(window) >= _LEAST)


def _is_varied(window: bytes) -> bool:
    expected = 256 * (1 - (255 / 256) ** len(window))
    share = _VARIED if len(window) == _WINDOW else _VARIED_SHORT
    return len(set(window)) >= share * expected
