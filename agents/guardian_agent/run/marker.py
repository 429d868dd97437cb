"""The marker of a chore at work, so that one that was killed is told: not performed, never passed.

One file goes through three states, each step atomic and durable: it says what was begun; it is the
fact that came of it; it lies among the facts that wait for the next pass. Whoever holds the restore
lock and finds it knows that its owner is gone, and takes it the rest of the way. So whatever was
begun is told exactly once, wherever it broke off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guardian_agent.config import AgentConfig
from guardian_agent.delivery import pending
from guardian_agent.delivery.records import keep, place
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.run.diary import CHECK, Diary, Result
from guardian_agent.system import System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash, Name, Slug

_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What was begun: a kind of restore test, or the check (`integrity`) of a part of the data."""

    backup_set: Name
    copy: Name
    chore: Slug
    started_at: datetime
    checkpoint_size: int = 0
    checkpoint_root: Hash | None = None
    part: int = 0
    parts: int = 0


def begin(config: AgentConfig, system: System, begun: Begun) -> None:
    """Mark a chore as begun; raise `StateError` when it cannot be written."""
    keep(_place(config), to_json(begun), system)


def end(config: AgentConfig, system: System, result: Result) -> None:
    """Leave what came of it for the next pass, and take the marker away."""
    keep(_place(config), to_json(result), system)
    pending.adopt(config, system, _place(config))


def recover(config: AgentConfig, system: System) -> Result | None:
    """Tell of a chore that a killed process had begun; None when none was cut short.

    Only for who holds the restore lock. Raises `StateError` when the state cannot be written.
    """
    begun = _found(_place(config), system)
    if begun is None:
        # It had ended, and only its fact is still to be handed over; or there is nothing at all.
        pending.adopt(config, system, _place(config))
        return None
    result = not_done(begun, Reason.INTERRUPTED)
    Diary(config, system).note(result)
    end(config, system, result)
    return result


def not_done(begun: Begun, reason: Reason) -> Result:
    """Return what is stated of a chore that could not be performed."""
    if begun.chore == CHECK:
        return Integrity(
            backup_set=begun.backup_set,
            copy=begun.copy,
            outcome=Outcome.NOT_PERFORMED,
            reason=reason,
            data_read=0.0,
            started_at=begun.started_at,
            duration_seconds=0.0,
            part=begun.part,
            parts=begun.parts,
        )
    return RestoreTest(
        backup_set=begun.backup_set,
        copy=begun.copy,
        test=begun.chore,
        outcome=Outcome.NOT_PERFORMED,
        reason=reason,
        started_at=begun.started_at,
        duration_seconds=0.0,
        checkpoint_size=begun.checkpoint_size,
        checkpoint_root=begun.checkpoint_root,
    )


def _found(path: str, system: System) -> Begun | None:
    try:
        return build(Begun, read_json(system.files.read(path, _MAX_BYTES)))
    except (OSError, StateError, DecodeError):
        return None


def _place(config: AgentConfig) -> str:
    return place(config, "restore-test.json")
