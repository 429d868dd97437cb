"""Where restore tests happen: a plot of the machine, and on it a room for each test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guardian_agent.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The folder in which rooms are made, and what one test may take."""

    folder: str
    limit: int
    """Bytes that one test may write."""
    user: str
    """Whom throw-away servers run as where the agent is root."""
    memory_bytes: int
    processes: int
    writable: tuple[str, ...] = ()
    """Folders beside the room that tools may write in: their scratch folders."""
    tick: Callable[[], None] | None = None
    """Called a few times a second while a command runs in the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An empty private folder of fixed size, and the machine as seen from inside.

    `system` runs commands that can write nowhere else; `servant` runs them as the plot's user too,
    without network: for servers that read what was restored. Both have an empty HOME.
    """

    folder: str
    """Where to restore to. It belongs to us; nobody else enters."""
    workshop: str
    """A folder in the same room that belongs to the servant: for a server's data and socket."""
    limit: int
    system: System
    servant: System
