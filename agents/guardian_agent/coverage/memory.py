"""What earlier passes measured, kept in the agent's state; a damaged memory is measured anew."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace

from guardian_agent.coverage.measure import Sums
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.restore.livedata import folder_of
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.livedata import LiveArea

_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A walk that did not come to its end."""

    place: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one area."""

    fact: LiveArea | None = None
    """Of the last walk that came to its end,"""
    asked: str = ""
    """and what it was held against."""
    begun: Begun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is known of all areas, by the keyed hashes of their paths."""

    areas: dict[str, Known] = field(default_factory=dict)

    def only(self, names: set[str]) -> Memory:
        """Forget areas that are no more."""
        return replace(self, areas={k: v for k, v in self.areas.items() if k in names})


def recall(files: Files, path: str) -> Memory:
    """Return what was kept; nothing where it cannot be read."""
    try:
        return build(Memory, read_json(files.read(path, _BYTES)))
    except (OSError, StateError, DecodeError):
        return Memory()


def keep(files: Files, path: str, memory: Memory) -> None:
    """Keep it; a full disk costs the memory, not the look."""
    with contextlib.suppress(OSError):
        files.make_directory(folder_of(path))
        files.write(path, to_json(memory))
