"""Central's own verdict on the answers to an operator's questions of what was restored."""

from __future__ import annotations

from datetime import datetime, timedelta

from guardian_agent.wire.observations import Answer, Comparison

from guardian.domain.evidence import Answered

LONGEST_AHEAD = timedelta(days=2)
"""So far after its restore point was begun data may be from: backups take long, and times without a
zone are taken for UTC. What lies further ahead is no trace of when the data was made: a date in
the books for next year, or the end of all days, is there in the oldest dump too."""


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
    """Say whether the time lies no further before the restore point than expected.

    None where it tells nothing of that.
    """
    if answer.moment is None or point_at is None or answer.moment - point_at > LONGEST_AHEAD:
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
