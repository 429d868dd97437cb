"""What every kind of restore test says in the same words: begun, broken off, ended."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnySubject, Point
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name, ShortHash, Slug

DAMAGE = frozenset({Reason.DAMAGED, Reason.UNSAFE_CONTENTS})
"""Reasons that are the backup's fault at any time; all others kept the test from being made."""
DAMAGE_WHEN_RESTORING = DAMAGE | {Reason.EXIT_STATUS}
"""A tool that could list the point and then ends with an error while restoring has not restored."""


def not_performed(
    subject: AnySubject, kind: str, started_at: datetime, reason: Reason
) -> RestoreTest:
    """Return a test that was not made."""
    return RestoreTest(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        test=Slug(kind),
        outcome=Outcome.NOT_PERFORMED,
        reason=reason,
        started_at=started_at,
        duration_seconds=0.0,
    )


def about(test: RestoreTest, point: Point) -> RestoreTest:
    """Say which restore point the test is of."""
    hashed = ShortHash(point.hashed_id)
    return replace(test, point=hashed, point_started_at=point.started_at)


def broken_off(
    test: RestoreTest, error: ProbeError, damage: AbstractSet[Reason] = DAMAGE
) -> RestoreTest:
    """Say how a test ended that an error ended: damage is a failure, anything else is not."""
    outcome = Outcome.FAILED if error.reason in damage else Outcome.NOT_PERFORMED
    return replace(test, outcome=outcome, reason=error.reason)
