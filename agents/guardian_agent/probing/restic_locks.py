"""Locks of a restic repository: who holds a living one may be changing what others read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probing.answers import moment, text
from guardian_agent.system import Completed
from guardian_agent.wire.decode import read_json

LOCK_IS_STALE = timedelta(minutes=30)
"""restic's own limit: a living holder renews its lock every five minutes."""

_MAX_LOCKS = 8


def is_locked(restic: Callable[..., Completed], now: datetime, *, alone: bool = False) -> bool:
    """Say whether a living process holds a lock.

    Args:
        restic: runs restic on the repository with the words given.
        now: the time on this machine.
        alone: only a lock counts that bears no other, as those have who prune.

    Raises:
        ProbeError: restic could not be run.
    """
    locks = text(restic("list", "locks")).split()[:_MAX_LOCKS]
    return any(_is_alive(restic("cat", "lock", lock), now, alone=alone) for lock in locks)


def _is_alive(lock: Completed, now: datetime, *, alone: bool) -> bool:
    try:
        told = read_json(lock.stdout)
        renewed = moment(told["time"]) if isinstance(told, dict) else None
    except (DecodeError, ProbeError, KeyError):
        return False
    if alone and isinstance(told, dict) and told.get("exclusive") is not True:
        return False
    return renewed is not None and now - renewed < LOCK_IS_STALE
