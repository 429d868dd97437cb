"""A manifest's leaves: what one live file was when the statement was signed.

The tree over all leaves, in walking order, is committed to by `observations.Manifest`; a later
restore test shows single leaves of it with their inclusion proofs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from guardian_agent.wire.merkle import leaf_hash, verify_inclusion

if TYPE_CHECKING:
    from guardian_agent.wire.facts.restores import Draw

# Only central reads proofs: `re` compiles these at their first use.
_PROOF = r"(?:[0-9a-f]{64}){0,63}"
_ROOT = r"[0-9a-f]{64}"
_HASH_BYTES = 32


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


def proof_text(proof: Iterable[bytes]) -> str:
    """Return an inclusion path as `Draw.proof` carries it: hexadecimal, lower hash first."""
    return b"".join(proof).hex()


def verify_draw(draw: Draw, root_hex: str, files: int) -> bool:
    """Say whether the manifest (`root_hex`, `files`) has the drawn leaf at the drawn index."""
    if re.fullmatch(_PROOF, draw.proof, re.ASCII) is None:
        return False
    if re.fullmatch(_ROOT, root_hex, re.ASCII) is None:
        return False
    joined = bytes.fromhex(draw.proof)
    proof = [joined[at : at + _HASH_BYTES] for at in range(0, len(joined), _HASH_BYTES)]
    leaf = leaf_hash(leaf_bytes(draw.path_hash, draw.size, draw.modified_ns, draw.content))
    return verify_inclusion(leaf, draw.index, files, proof, bytes.fromhex(root_hex))
