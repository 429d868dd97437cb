"""Have the tool read and check its own data, and state how that ended."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnyProbe, AnySubject, verifier
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name


def check_integrity(probe: AnyProbe, subject: AnySubject, system: System) -> Integrity | None:
    """Return how the copy's check ended, or None where the tool has none.

    Damage is a failure; whatever kept the check from being made is not.
    """
    verify = verifier(probe)
    if verify is None:
        return None
    started_at, began = system.clock.now(), system.clock.monotonic()
    try:
        return verify(subject, system)
    except ProbeError as error:
        seconds = system.clock.monotonic() - began
        return _without_answer(subject, error.reason, started_at, seconds)


def _without_answer(
    subject: AnySubject, reason: Reason, started_at: datetime, seconds: float
) -> Integrity:
    return Integrity(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        outcome=Outcome.FAILED if reason is Reason.DAMAGED else Outcome.NOT_PERFORMED,
        reason=reason,
        data_read=0.0,
        started_at=started_at,
        duration_seconds=seconds,
    )
