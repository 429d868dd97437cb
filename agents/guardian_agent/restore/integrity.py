"""Have the tool read and check its own data in turns, and state how that ended."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, AnyProbe, AnySubject, Turn, verifier
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name


def turn_after(probe: AnyProbe, subject: AnySubject, last: Turn | None) -> Turn:
    """Return which part of the data is due once `last` was read; None: nothing was yet.

    Another division than that of `last` begins anew: its parts are other parts.
    """
    parts = 1 if probe.parts is None else probe.parts(subject.settings)
    if last is None or last.parts != parts:
        return Turn(part=1, parts=parts)
    return Turn(part=last.part % parts + 1, parts=parts)


def check_integrity(
    probe: AnyProbe, subject: AnySubject, system: System, turn: Turn = WHOLE
) -> Integrity | None:
    """Return how the check of the data whose turn it is ended; None where the tool has none.

    Damage is a failure; whatever kept the check from being made is not.
    """
    verify = verifier(probe)
    if verify is None:
        return None
    started_at, began = system.clock.now(), system.clock.monotonic()
    try:
        return verify(subject, system, turn)
    except ProbeError as error:
        seconds = system.clock.monotonic() - began
        return _without_answer(subject, error.reason, turn, started_at, seconds)


def _without_answer(
    subject: AnySubject, reason: Reason, turn: Turn, started_at: datetime, seconds: float
) -> Integrity:
    return Integrity(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        outcome=Outcome.FAILED if reason is Reason.DAMAGED else Outcome.NOT_PERFORMED,
        reason=reason,
        data_read=0.0,
        started_at=started_at,
        duration_seconds=seconds,
        part=turn.part,
        parts=turn.parts,
    )
