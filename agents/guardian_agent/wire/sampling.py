"""Which files a restore test takes: drawn by a seed that neither side can choose.

The seed comes from a checkpoint of the client's evidence log, which central signed before the
test and the agent cannot foretell. Whoever knows the seed can draw the same files again, so a
test of hand-picked files shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache

SAMPLE_FILES = 299
"""Comparable files that end the drawing: all of them good says, with 95 % confidence, that fewer
than 1 % of the files are bad (0.99^299 < 0.05)."""
MAX_DRAWS = 400
"""Draws that end it when too few files are comparable: a statement holds them and their proof."""

_MAX_WEIGHT = 5600
"""What a statement has room for, in hashes of a proof: one takes up to 46 bytes packed, so that
these leave some thousand bytes of `MAX_WIRE_BYTES` to all the rest."""
_DRAW_WEIGHT = 3
"""That of a draw that came back as another: a bad test must fit even if everything is bad."""
_DOMAIN = b"guardian-sample/1\n"


def seed(
    checkpoint_root_hex: str, tree_size: int, backup_set: str, copy: str, point_id: str
) -> bytes:
    """Return the seed of the test of one restore point under one checkpoint, 32 bytes."""
    chosen_by = json.dumps(
        [checkpoint_root_hex, tree_size, backup_set, copy, point_id], separators=(",", ":")
    )
    return hashlib.sha256(_DOMAIN + chosen_by.encode("ascii")).digest()


def most_draws(population: int) -> int:
    """Return how many files at most are drawn: 400, and fewer where their proof is long.

    400 of half a million files, 391 of a million, 299 of ten; who has more files proves less.
    """
    return min(population, _most_provable(max(population - 1, 0).bit_length()))


@cache
def _most_provable(height: int) -> int:
    """Return how many leaves of a tree of this height a statement can hold, proven."""
    draws = MAX_DRAWS
    while _DRAW_WEIGHT * draws + _most_hashes(draws, height) > _MAX_WEIGHT:
        draws -= 1
    return draws


def _most_hashes(draws: int, height: int) -> int:
    """Return how many hashes a multiproof has at most.

    Each node above a drawn leaf has two children, of which those that lie above no drawn leaf are
    in the proof; a level has at most as many nodes above a drawn leaf as it has nodes, or draws.
    """
    return 2 + sum(min(1 << level, draws) for level in range(1, height)) - draws


def draw(seed: bytes, population: int) -> Iterator[int]:
    """Yield the indices below `population` that may be drawn, each once, in the seed's order.

    Draw j is SHA-256(seed || j as 8 bytes, big-endian) modulo the population; repetitions are
    skipped. 256 bits over any file count leave no bias to speak of.
    """
    drawn: set[int] = set()
    turn, most = 0, most_draws(population)
    while len(drawn) < most:
        digest = hashlib.sha256(seed + turn.to_bytes(8, "big")).digest()
        index = int.from_bytes(digest, "big") % population
        turn += 1
        if index not in drawn:
            drawn.add(index)
            yield index
