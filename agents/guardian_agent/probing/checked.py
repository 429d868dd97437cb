"""How a check of a repository's data ended, as a fact."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.probe import AnySubject, Turn
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name


def checked(
    subject: AnySubject, started_at: datetime, seconds: float, turn: Turn, *, damaged: bool
) -> Integrity:
    """State a check that read the data whose turn it was, and found it sound or damaged."""
    return Integrity(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        outcome=Outcome.FAILED if damaged else Outcome.PASSED,
        reason=Reason.DAMAGED if damaged else Reason.NONE,
        data_read=1 / turn.parts,
        started_at=started_at,
        duration_seconds=seconds,
        part=turn.part,
        parts=turn.parts,
    )
