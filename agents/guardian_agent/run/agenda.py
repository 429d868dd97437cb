"""What is to be done when: each chore with its past and the moment at which it falls due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.identity import Identity
from guardian_agent.run.diary import Diary, Past
from guardian_agent.run.due import Calendar, first_due, next_due, share_of
from guardian_agent.run.planned import Chore
from guardian_agent.system import System
from guardian_agent.windows import parse_window

STUBBORN = 3
"""So often in a row it could not be performed; from then on it comes last, and seldom."""
PAUSE = timedelta(hours=20)
"""Between two attempts at a stubborn one: about once in a night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One chore on the agenda."""

    chore: Chore
    past: Past
    due_at: datetime

    @property
    def is_stubborn(self) -> bool:
        """Say whether it failed again and again to be performed."""
        return self.past.missed >= STUBBORN

    def is_due(self, now: datetime) -> bool:
        """Say whether it should be done now, if a window is open."""
        tried = self.past.tried_at
        rests = self.is_stubborn and tried is not None and now - tried < PAUSE
        return self.due_at <= now and not rests


def calendar(config: AgentConfig, system: System) -> Calendar:
    """Return when the configured maintenance windows are open.

    Raises:
        DecodeError: one is no window; `parse_config` has told so already.
    """
    windows = [parse_window(text) for text in config.restore_tests.window]
    return Calendar(windows=windows, zone=system.clock.zone())


def agenda(
    config: AgentConfig, system: System, identity: Identity, chores: Sequence[Chore], diary: Diary
) -> list[Item]:
    """Return the chores, each with its past and its date."""
    known = calendar(config, system)
    return [_item(chore, diary, known, (identity.client, identity.agent)) for chore in chores]


def by_urgency(items: Iterable[Item]) -> list[Item]:
    """Return what is due longest first, and the stubborn ones after all others."""
    return sorted(items, key=lambda item: (item.is_stubborn, item.due_at))


def _item(chore: Chore, diary: Diary, known: Calendar, agent: tuple[str, str]) -> Item:
    past = diary.past(*chore.names)
    share = share_of((*agent, *chore.names))
    if past.done_at is None:
        due_at = first_due(past.since, chore.every, share, known)
    else:
        due_at = next_due(past.done_at, chore.every, share, known)
    return Item(chore=chore, past=past, due_at=due_at)
