"""Which files a restore test takes: drawn by a seed that neither side can choose.

The seed comes from a checkpoint of the client's evidence log, which central signed before the
test and the agent cannot foretell. Whoever knows the seed can draw the same files again, so a
test of hand-picked files shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

SAMPLE_FILES = 299
"""Comparable files that end the drawing: all of them good says, with 95 % confidence, that fewer
than 1 % of the files are bad (0.99^299 < 0.05)."""
MAX_DRAWS = 400
"""Draws that end it when too few files are comparable: a statement holds them and their proof."""

_DOMAIN = b"guardian-sample/1\n"


def seed(
    checkpoint_root_hex: str, tree_size: int, backup_set: str, copy: str, point_id: str
) -> bytes:
    """Return the seed of the test of one restore point under one checkpoint, 32 bytes."""
    chosen_by = json.dumps(
        [checkpoint_root_hex, tree_size, backup_set, copy, point_id], separators=(",", ":")
    )
    return hashlib.sha256(_DOMAIN + chosen_by.encode("ascii")).digest()


def draw(seed: bytes, population: int) -> Iterator[int]:
    """Yield each index below `population` once, in the seed's order.

    Draw j is SHA-256(seed || j as 8 bytes, big-endian) modulo the population; repetitions are
    skipped. 256 bits over any file count leave no bias to speak of. To draw everything takes
    n ln n hashes, so take as many as needed, not all.
    """
    drawn: set[int] = set()
    turn = 0
    while len(drawn) < population:
        digest = hashlib.sha256(seed + turn.to_bytes(8, "big")).digest()
        index = int.from_bytes(digest, "big") % population
        turn += 1
        if index not in drawn:
            drawn.add(index)
            yield index
