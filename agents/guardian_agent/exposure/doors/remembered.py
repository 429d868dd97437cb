"""Doors that were tried are not tried again, as long as locks and keys are the same.

A key costs a restic repository half a second. What is kept is an HMAC of what was tried.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, StateError
from guardian_agent.exposure.doors.attempt import UNTRIED, Attempt, Tried
from guardian_agent.system import System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash, Slug

_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    identity: Hash
    doors: int
    opened: Slug | None = None


def tried_once(attempt: Attempt, system: System, key: bytes, memory: str) -> Tried:
    """Try the doors, or return how they were found when the very same were tried last.

    Args:
        attempt: the locks, and what lies beside them.
        system: the machine.
        key: the agent's secret for keyed hashes.
        memory: the file to remember in; empty: nothing is remembered.
    """
    if not attempt.locks:
        return UNTRIED
    identity = attempt.identity(key)
    kept = _recall(system, memory)
    if kept is not None and kept.identity == identity:
        return Tried(doors=kept.doors, opened=kept.opened)
    tried = attempt.tried(system.clock)
    if memory and tried.complete:
        said = _Kept(identity=Hash(identity), doors=tried.doors, opened=tried.opened)
        with contextlib.suppress(OSError):
            system.files.write(memory, to_json(said))
    return tried


def _recall(system: System, memory: str) -> _Kept | None:
    if not memory:
        return None
    try:
        return build(_Kept, read_json(system.files.read(memory, _MOST_BYTES)))
    except (OSError, StateError, DecodeError):
        return None
