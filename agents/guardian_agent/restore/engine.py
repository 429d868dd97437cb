"""What a database engine is: it brings a fetched backup to life for a moment, and asks it.

An engine is a module in `restore/engines/` with one constant `ENGINE`, named as probes name it in
`DatabaseRestorer.engine`. Nothing else lives in that folder, and no list is edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardian_agent.probe import Fetched
from guardian_agent.restore.kind import Progress
from guardian_agent.restore.room import Room
from guardian_agent.wire.facts.restores import DatabaseContents
from guardian_agent.wire.facts.words import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What one question brought: a number, a time, or the reason why neither."""

    number: float | None = None
    moment: datetime | None = None
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What came to life."""

    contents: DatabaseContents
    values: tuple[Value, ...]
    """One for each statement asked, in order."""
    canary: bytes | None
    """The text in table `guardian_canary`, column `canary`, of the newest row; None without one."""
    seconds: float
    """From the first byte loaded until the database answered its first question."""
    fixed_seconds: float = 0.0
    """What starting an empty instance took before that."""


class Engine(Protocol):
    """One database engine."""

    def load(
        self,
        fetched: Fetched,
        room: Room,
        database: str | None,
        asked: Sequence[str],
        progress: Progress,
    ) -> Loaded:
        """Start an empty throw-away instance, load the backup, ask, and end the instance.

        It lives in the room's workshop, without network; each SQL statement asked gives one value.
        `database` names the one that is asked; None: the only one, or the largest.

        Raises:
            ProbeError: NOT_EMPTY, STATEMENT_FAILED (no benign error), DAMAGED, INCOMPLETE,
                NOTHING_RESTORED, TOOL_MISSING, TIMEOUT, QUOTA_EXCEEDED.
        """
