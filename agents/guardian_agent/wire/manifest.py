"""A manifest's leaves: what one live file was when the statement was signed.

The tree over all leaves, in walking order, is committed to by `observations.Manifest`; a later
restore test shows single leaves of it with the one multiproof of them all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from guardian_agent.wire.merkle import leaf_hash, verify_multiproof

if TYPE_CHECKING:
    from guardian_agent.wire.facts.restores import Draw
    from guardian_agent.wire.names import Hash


def leaf_bytes(path_hash: str, size: int, modified_ns: int, content: str | None) -> bytes:
    """Return the leaf of one file as a compact JSON array: one form for equal facts.

    Args:
        path_hash: HMAC-SHA256 of the path with the agent's secret, 32 hexadecimal digits.
        size: bytes.
        modified_ns: modification time in nanoseconds since 1970.
        content: SHA-256 of the file's bytes in hexadecimal; None when it was not hashed.
    """
    fields = [path_hash, size, modified_ns, content]
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def verify_draws(draws: Sequence[Draw], proof: Sequence[Hash], root: Hash, files: int) -> bool:
    """Say whether the manifest (`root`, `files`) has every drawn leaf at its drawn index.

    `proof` is `RestoreTest.proof`: it must hold for all draws at once, with nothing left over.
    No draw at all proves nothing.
    """
    leaves = {
        each.index: leaf_hash(leaf_bytes(each.path_hash, each.size, each.modified_ns, each.content))
        for each in draws
    }
    if len(leaves) < len(draws):
        return False
    hashes = [bytes.fromhex(each) for each in proof]
    return verify_multiproof(leaves, files, hashes, bytes.fromhex(root))
