"""Restore what was drawn into the sandbox, measure it, and hash what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guardian_agent.config import RestoreTests
from guardian_agent.restore.drawing import Choice
from guardian_agent.restore.manifest import hash_file
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.room import Plot
from guardian_agent.restore.sandbox import CameBack, inspect, sandbox
from guardian_agent.system.ports import Files
from guardian_agent.wire.canary import MAX_CANARY_BYTES, parse_canary
from guardian_agent.wire.facts.restores import CanaryReturn


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a test may restore, how many bytes, and the marker of the set's canary."""

    sandbox: str
    limit: int
    marker: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back: SHA-256 by live path, the canary's checkpoint, how much and how fast."""

    hashes: Mapping[str, str | None] = field(default_factory=dict)
    canary: CanaryReturn | None = None
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    """Of the restore alone, without looking for the files before and hashing them after."""


NOTHING = Restored()


def restore(opened: OpenPoint, choice: Choice, target: Target) -> Restored:
    """Restore the chosen files in one call and hash them; nothing is left behind.

    Raises:
        ProbeError: the tool failed, more is wanted than allowed, or what came back is no plain
            file.
        OSError: what came back cannot be read.
    """
    files, clock = opened.system.files, opened.system.clock
    with sandbox(_plot(opened, target), opened.system, choice.bytes) as room:
        started = clock.monotonic()
        places = opened.within(room.system).restore(choice.paths(), room.folder, room.limit)
        seconds = clock.monotonic() - started
        came_back = inspect(room.folder, files, room.limit)
        plain = {path: place for path, place in places.items() if place in came_back.files}
        return Restored(
            hashes=_hashes(plain, came_back, files),
            canary=_canary(choice, plain, target, files),
            files=len(came_back.files),
            bytes=came_back.bytes,
            seconds=seconds,
        )


def _plot(opened: OpenPoint, target: Target) -> Plot:
    defaults = RestoreTests()
    return Plot(
        folder=target.sandbox,
        limit=target.limit,
        user=defaults.user,
        memory_bytes=defaults.memory_bytes,
        processes=defaults.processes,
        writable=(opened.subject.scratch,),
    )


def recognise(text: bytes, expected_marker: str | None) -> CanaryReturn | None:
    """Return the checkpoint that a restored canary carries, if the canary is this set's."""
    found = parse_canary(text)
    if found is None or found.marker != expected_marker:
        return None
    return CanaryReturn(tree_size=found.tree_size, root=found.root)


def _hashes(places: Mapping[str, str], came_back: CameBack, files: Files) -> dict[str, str | None]:
    return {
        path: hash_file(files, place, came_back.files[place].size) for path, place in places.items()
    }


def _canary(
    choice: Choice, places: Mapping[str, str], target: Target, files: Files
) -> CanaryReturn | None:
    """Return the newest checkpoint among the canaries that came back."""
    found = [_recognised(places[path], target, files) for path in choice.canaries if path in places]
    known = [canary for canary in found if canary is not None]
    return max(known, key=lambda canary: canary.tree_size, default=None)


def _recognised(place: str, target: Target, files: Files) -> CanaryReturn | None:
    with files.open(place) as source:
        return recognise(source.read(MAX_CANARY_BYTES + 1), target.marker)
