"""Restore tests: whether what is planned can be made, and whether it is made in time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from guardian_agent.cli._amounts import count
from guardian_agent.cli._doctor.line import Line, fail, ok, warn
from guardian_agent.config import AgentConfig
from guardian_agent.errors import AgentError, ConfigError
from guardian_agent.run.agenda import Item
from guardian_agent.run.copies import INSTALLED, known_copies
from guardian_agent.run.drill import Wanted, look_ahead
from guardian_agent.system import System
from guardian_agent.wire.duration import format_duration

_CHECK = "restore tests"
_NO_SECRET = bytes(32)
_PATIENCE = timedelta(days=8)
"""What is due waits for a window, and every window opens once in a week."""


def about_tests(config: AgentConfig, system: System) -> Iterator[Line]:
    """Yield what there is to say about restore tests; nothing before enrolment.

    What is wrong with the copies themselves is told of them alone.
    """
    with contextlib.suppress(AgentError):
        known_copies(config, _NO_SECRET, INSTALLED)
        yield from _planned(config, system)


def _planned(config: AgentConfig, system: System) -> Iterator[Line]:
    try:
        items = look_ahead(config, system, Wanted(all=True))
    except ConfigError as error:
        yield fail(_CHECK, str(error), "correct agent.toml")
        return
    now = system.clock.now()
    late = [item for item in items if now - item.due_at > _PATIENCE]
    for item in late:
        yield _late(item, now - item.due_at)
    if items and not late:
        following = min(items, key=lambda item: item.due_at)
        left = format_duration(max(timedelta(), following.due_at - now))
        said = f"{count(len(items), 'test')} planned, the next is due in {left}: {following.chore}"
        yield ok(_CHECK, said)


def _late(item: Item, since: timedelta) -> Line:
    said = f"{item.chore}: due for {format_duration(since)}"
    if item.past.missed:
        mend = f"guardian-agent restore-test {item.chore.backup_set} says what is in the way"
        return warn(_CHECK, f"{said}, could not be performed {item.past.missed} x", mend)
    return warn(_CHECK, said, "enable guardian-agent-restore-test.timer; see restore-test --due")
