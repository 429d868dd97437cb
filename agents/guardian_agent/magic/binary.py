"""What is left: bytes of no known format, judged by how much of them anybody can read."""

from __future__ import annotations

import re

from guardian_agent.magic.answer import Classified, empty, plaintext, unknown
from guardian_agent.magic.data import Data
from guardian_agent.magic.randomness import CHI_SQUARE_BYTES, looks_random, samples

_RUN = re.compile(rb"[\t\n\r -~]{8,}")
_READABLE_SHARE = 0.5


def binary(data: Data) -> Classified:
    """Answer for everything: readable where most of each sampled block is plain words."""
    blocks = [data.head, *samples(data, len(data.head), 8)]
    written = [block for block in blocks if block.strip(b"\x00")]
    if not written:
        whole = empty("zeros", "only-zeros")
        return whole if data.whole else unknown("zeros", "only-zeros-seen")
    if data.size < CHI_SQUARE_BYTES:
        return unknown("data", "too-small")
    if all(looks_random(block) for block in written):
        return unknown("random", "looks-random")
    if all(_reads(block) for block in written):
        return plaintext("binary", "binary-words")
    return unknown("binary", "binary-unrecognised")


def _reads(block: bytes) -> bool:
    """Whether runs of printable characters make up most of what is not zero, unencoded."""
    runs = _RUN.findall(block)
    words = sum(len(run) for run in runs if b" " in run or len(run) < 60)
    return words > _READABLE_SHARE * (len(block) - block.count(b"\x00"))
