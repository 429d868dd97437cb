"""Checkpoints: one signed sentence about how a client's evidence log stood.

The text is a signed note (C2SP signed-note) that holds a checkpoint (C2SP tlog-checkpoint):

    <origin>
    <size>
    <root, base64>

    — <origin> <base64 of 4 bytes of key id, then the Ed25519 signature>

The signature is over everything up to and including the line end before the empty line. Anybody
with central's public key can check it, without Guardian.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from guardian_agent.errors import TrustError
from guardian_agent.wire.keys import SigningKey, verify
from guardian_agent.wire.names import Hash

from guardian.audit.log import root
from guardian.errors import EvidenceError
from guardian.ports import TreeState

ED25519 = b"\x01"
"""The algorithm's byte in a signed note's key id."""
KEY_ID_BYTES = 4
MAX_CHECKPOINT_BYTES = 1024

_BASE64 = r"([A-Za-z0-9+/]+={0,2})"
_NOTE = re.compile(
    rf"(guardian/[a-z0-9._-]{{1,63}})\n(0|[1-9][0-9]{{0,18}})\n{_BASE64}\n"
    rf"\n\N{{EM DASH}} (guardian/[a-z0-9._-]{{1,63}}) {_BASE64}\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How a client's log stood."""

    client: str
    size: int
    root: Hash


def origin(client: str) -> str:
    """Return the log's name in checkpoints, which is also its key's name."""
    return f"guardian/{client}"


def sign_checkpoint(client: str, tree: TreeState, key: SigningKey) -> str:
    """Return the signed checkpoint of a client's log."""
    name = origin(client)
    encoded = base64.b64encode(bytes.fromhex(root(tree))).decode("ascii")
    text = f"{name}\n{tree.size}\n{encoded}\n"
    signature = _key_id(name, key.public) + key.sign(text.encode("ascii"))
    return f"{text}\n\N{EM DASH} {name} {base64.b64encode(signature).decode('ascii')}\n"


def read_checkpoint(note: str, public: bytes) -> Checkpoint:
    """Return what the central with this public key signed.

    Raises:
        EvidenceError: another form, another signer, or a changed text.
    """
    found = _NOTE.fullmatch(note) if len(note) <= MAX_CHECKPOINT_BYTES else None
    if found is None:
        raise EvidenceError("not a checkpoint: expected origin, size, root and one signature")
    name, size, encoded, signer, signature = found.groups()
    _check(note.partition("\n\n")[0] + "\n", name, signer, _decoded(signature), public)
    return Checkpoint(
        client=name.removeprefix("guardian/"), size=int(size), root=Hash(_decoded(encoded).hex())
    )


def _check(text: str, name: str, signer: str, signature: bytes, public: bytes) -> None:
    if signer != name or signature[:KEY_ID_BYTES] != _key_id(name, public):
        raise EvidenceError(f"the checkpoint of {name} was signed by another key")
    try:
        verify(public, text.encode("ascii"), signature[KEY_ID_BYTES:])
    except TrustError as error:
        raise EvidenceError(f"the checkpoint of {name} was changed: {error}") from None


def _key_id(name: str, public: bytes) -> bytes:
    named = name.encode("ascii") + b"\n" + ED25519 + public
    return hashlib.sha256(named).digest()[:KEY_ID_BYTES]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise EvidenceError("not a checkpoint: damaged base64") from None
