"""Central's own verdict on the answers to an operator's questions of what was restored."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.wire.observations import Answer, Comparison

from guardian.domain.evidence import Answered


def answered(answer: Answer, point_at: datetime | None) -> Answered:
    """Return an answer with whether it holds.

    Args:
        answer: what the agent states.
        point_at: when the restore point was begun by the tool's word, which `NEWER_THAN` counts
            from; None where nobody said.
    """
    if answer.comparison is Comparison.NEWER_THAN:
        return Answered(answer=answer, holds=_is_newer(answer, point_at))
    return Answered(answer=answer, holds=_compares(answer))


def _is_newer(answer: Answer, point_at: datetime | None) -> bool | None:
    """Say whether the time lies no further before the restore point than expected."""
    if answer.moment is None or point_at is None:
        return None
    return (point_at - answer.moment).total_seconds() <= answer.expected


def _compares(answer: Answer) -> bool | None:
    if answer.number is None:
        return None
    if answer.comparison is Comparison.AT_LEAST:
        return answer.number >= answer.expected
    if answer.comparison is Comparison.AT_MOST:
        return answer.number <= answer.expected
    return answer.number == answer.expected
