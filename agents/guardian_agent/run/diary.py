"""What became of each chore so far: `restore-tests.json` in the agent's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import load, place, save
from guardian_agent.errors import StateError
from guardian_agent.probe import Turn
from guardian_agent.run.copies import state_name
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome
from guardian_agent.wire.names import Slug

CHECK = Slug("integrity")
"""Stands among the kinds of restore test for the tool's own check of its stored data."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Result = RestoreTest | Integrity
"""What a chore states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What became of one chore so far."""

    since: datetime
    """When it was first seen in the configuration."""
    done_at: datetime | None = None
    """When it last came to an outcome: passed or failed."""
    tried_at: datetime | None = None
    missed: int = 0
    """How often in a row it could not be performed since."""
    part: int = 0
    """Of a check that takes turns, what was read last; 0 of 0 before the first."""
    parts: int = 0

    @property
    def turn(self) -> Turn | None:
        """Return the part that was read last."""
        return Turn(part=self.part, parts=self.parts) if self.parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The file: what became of each chore, by `set@copy@name`."""

    chores: dict[str, Past] = field(default_factory=dict)


def chore_of(result: Result) -> Slug:
    """Name the chore that stated it."""
    return CHECK if isinstance(result, Integrity) else result.test


class Diary:
    """Remembers; every change is durable before a method returns."""

    def __init__(self, config: AgentConfig, system: System) -> None:
        self._path = place(config, "restore-tests.json")
        self._system = system
        self._unknown_since: datetime | None = None
        try:
            pages = load(Pages, self._path, system)
        except StateError:
            # Damaged: nobody knows what was done, so everything is due.
            pages, self._unknown_since = None, _LONG_AGO
        self._chores = {} if pages is None else dict(pages.chores)

    def past(self, backup_set: str, copy: str, name: str) -> Past:
        """Return what became of a chore; one that was never seen is known from now on."""
        now = self._system.clock.now()
        found = self._chores.get(_key(backup_set, copy, name))
        if found is None:
            return Past(since=self._unknown_since or now)
        # What is dated in the future was noted while the clock was wrong.
        future = [at for at in (found.since, found.done_at, found.tried_at) if at and at > now]
        return replace(found, since=_LONG_AGO, done_at=None, tried_at=None) if future else found

    def keep(self, pasts: Mapping[tuple[str, str, str], Past]) -> None:
        """Remember these chores and no others: what is not configured any more is forgotten."""
        known = {_key(*names): past for names, past in pasts.items()}
        if known != self._chores:
            self._chores = known
            self._save()

    def note(self, result: Result, turn: Turn | None = None) -> None:
        """Remember how a chore ended, and whose turn it was where the result does not tell.

        What could not be read to its end tells no part, and the next one is due all the same.
        """
        name = chore_of(result)
        past = self.past(result.backup_set, result.copy, name)
        now = self._system.clock.now()
        if result.outcome is Outcome.NOT_PERFORMED:
            past = replace(past, tried_at=now, missed=past.missed + 1)
        else:
            past = replace(past, tried_at=now, missed=0, done_at=now)
            if isinstance(result, Integrity):
                read = turn or Turn(part=result.part, parts=result.parts)
                past = replace(past, part=read.part, parts=read.parts)
        self._chores[_key(result.backup_set, result.copy, name)] = past
        self._save()

    def _save(self) -> None:
        save(self._path, Pages(chores=self._chores), self._system)


def _key(backup_set: str, copy: str, name: str) -> str:
    return f"{state_name(backup_set, copy)}@{name}"
