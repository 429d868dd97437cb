"""Fold statements into evidence."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.wire.names import Hash, Name, Slug
from guardian_agent.wire.statement import Statement

from guardian.domain.evidence import ServerEvidence


def enrolled(
    client: Name, server: Name, at: datetime, previous: ServerEvidence | None
) -> ServerEvidence:
    """Return the evidence after an agent enrolled."""
    raise NotImplementedError


def fold(
    evidence: ServerEvidence,
    statement: Statement,
    *,
    received_at: datetime,
    gap: bool = False,
    skew_seconds: float = 0.0,
) -> ServerEvidence:
    """Return the evidence after one accepted statement."""
    raise NotImplementedError


def issued(
    evidence: ServerEvidence, tree_size: int, root: Hash, issued_at: datetime
) -> ServerEvidence:
    """Return the evidence with the checkpoint that a receipt carried."""
    raise NotImplementedError


def trouble(evidence: ServerEvidence, reason: Slug, at: datetime) -> ServerEvidence:
    """Return the evidence with a conflict about the agent's key noted."""
    raise NotImplementedError
