"""What is known of an agent: its place in its chain of statements, its clock, its checkpoints."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from guardian_agent.wire.statement import Statement

from guardian.domain.evidence import AgentEvidence, IssuedCheckpoint

MAX_CHECKPOINTS = 400

LONG_SILENCE = timedelta(hours=4)
"""Between two statements: the machine was off, and what it should have done meanwhile waits."""


def spoke(
    before: AgentEvidence | None,
    statement: Statement,
    received_at: datetime,
    *,
    gap: bool,
    skew_seconds: float,
) -> AgentEvidence:
    """Take what a statement tells of its agent; a new key begins a new chain.

    A gap stays open from its first statement on: losing more does not make it younger.
    """
    new = AgentEvidence(
        last_received_at=received_at,
        epoch=statement.epoch,
        number=statement.number,
        clock_skew_seconds=skew_seconds,
        agent_version=statement.agent_version,
        dropped=statement.dropped,
        checkpoints=() if before is None else before.checkpoints,
        speaking_since=_speaking_since(before, received_at),
    )
    last = 0
    if before is not None and before.epoch == statement.epoch:
        last, is_open = before.number, before.missing > before.dropped
        gap_at = before.gap_at if is_open else None
        new = replace(new, missing=before.missing, gap_at=gap_at, last_gap_at=before.last_gap_at)
    if not gap:
        return new
    lost = max(1, statement.number - last - 1)
    return replace(
        new,
        missing=new.missing + lost,
        gap_at=new.gap_at or received_at,
        last_gap_at=received_at,
    )


def _speaking_since(before: AgentEvidence | None, received_at: datetime) -> datetime:
    if before is None or received_at - before.last_received_at > LONG_SILENCE:
        return received_at
    return before.speaking_since or before.last_received_at


def issued_to(agent: AgentEvidence, new: IssuedCheckpoint) -> AgentEvidence:
    """Take that a receipt gave the agent a checkpoint; the same one twice is once."""
    if any(known.tree_size == new.tree_size for known in agent.checkpoints):
        return agent
    return replace(agent, checkpoints=(new, *agent.checkpoints)[:MAX_CHECKPOINTS])


def renewed(agent: AgentEvidence) -> AgentEvidence:
    """Take that a new key was enrolled: what was wrong with the old chain is over."""
    return replace(agent, gap_at=None, last_gap_at=None, missing=0, dropped=0)
