"""Evidence as columns: JSON, and the checkpoints packed beside it."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash

from guardian.domain.evidence import AgentEvidence, IssuedCheckpoint, ServerEvidence
from guardian.errors import StoreFailure
from guardian.stores.sqlite.decoded import Decoded
from guardian.stores.sqlite.rows import Row

_CHECKPOINT = struct.Struct(">Q32sq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def evidence_columns(evidence: ServerEvidence) -> tuple[str, bytes, str]:
    """Return (body, checkpoints, digest)."""
    agent = evidence.agent
    packed = b"" if agent is None else _packed(agent)
    bare = agent and replace(agent, checkpoints=())
    encoded = to_json(replace(evidence, agent=bare))
    return encoded.decode("utf-8"), packed, digest_of(encoded, packed)


def server_evidence(row: Row, decoded: Decoded) -> ServerEvidence:
    """Return the evidence of (body, checkpoints, digest, revision, client, server).

    Args:
        row: as the queries give it; its digest is verified each time.
        decoded: what need not be decoded again; takes what had to be.

    Raises:
        StoreFailure: it is not what was written, or it cannot be read.
    """
    body, packed, digest, _, client, server = row
    encoded = str(body).encode("utf-8")
    if digest_of(encoded, packed) != digest:
        raise StoreFailure(f"evidence of {client}/{server}: damaged in the store: digest differs")
    known = decoded.find(client, server, digest)
    if known is None:
        try:
            known = _decode(encoded, packed)
        except DecodeError as error:
            raise StoreFailure(f"evidence of {client}/{server}: unreadable: {error}") from error
        decoded.keep(digest, known)
    return known


def _decode(encoded: bytes, packed: bytes) -> ServerEvidence:
    evidence = build(ServerEvidence, read_json(encoded))
    agent = evidence.agent and replace(evidence.agent, checkpoints=_unpacked(packed))
    return replace(evidence, agent=agent)


def digest_of(encoded: bytes, packed: bytes) -> str:
    """Return the SHA-256 that is kept beside a body and its checkpoints."""
    return hashlib.sha256(hashlib.sha256(encoded).digest() + packed).hexdigest()


def _packed(agent: AgentEvidence) -> bytes:
    return b"".join(
        _CHECKPOINT.pack(
            checkpoint.tree_size,
            bytes.fromhex(checkpoint.root),
            (checkpoint.issued_at - _EPOCH) // _MICROSECOND,
        )
        for checkpoint in agent.checkpoints
    )


def _unpacked(packed: bytes) -> tuple[IssuedCheckpoint, ...]:
    return tuple(
        IssuedCheckpoint(
            tree_size=size,
            root=Hash(root.hex()),
            issued_at=_EPOCH + microseconds * _MICROSECOND,
        )
        for size, root, microseconds in _CHECKPOINT.iter_unpack(packed)
    )
