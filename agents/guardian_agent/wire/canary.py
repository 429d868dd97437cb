"""The canary: a line in a small file inside each backup set, that its backups take along.

    guardian-canary/1 <marker> <tree size> <tree root>

A restore that gives it back proves that the backup was made after that checkpoint existed; the
marker, found in the raw bytes of a copy, proves that the copy is not encrypted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardian_agent.wire.names import Hash

FILE_NAME = ".guardian-canary"
MAX_CANARY_BYTES = 256

# `re` compiles it when the first canary is read.
_LINE = rb"guardian-canary/1 ([0-9a-f]{64}) (0|[1-9][0-9]{0,18}) ([0-9a-f]{64})\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A backup set's constant marker, and the newest checkpoint when the file was written."""

    marker: Hash
    """32 random bytes in hexadecimal, one for each set, so that they are found in raw bytes."""
    tree_size: int
    root: Hash


def format_canary(canary: Canary) -> bytes:
    """Return the canary file's whole contents."""
    line = f"guardian-canary/1 {canary.marker} {canary.tree_size} {canary.root}\n"
    return line.encode("ascii")


def parse_canary(raw: bytes) -> Canary | None:
    """Return the canary that a file holds, or None when it holds anything else."""
    found = re.fullmatch(_LINE, raw)
    if found is None:
        return None
    marker, tree_size, root = (part.decode("ascii") for part in found.groups())
    return Canary(marker=Hash(marker), tree_size=int(tree_size), root=Hash(root))
