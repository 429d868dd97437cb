"""Restore files by name into a room, measure it, and hash what came back.

All files come in one call, as each start of a tool costs a key derivation; only what does not fit
into the room together comes in several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from guardian_agent.errors import ProbeError
from guardian_agent.restore.canary import places
from guardian_agent.restore.listing import TICK_NS
from guardian_agent.restore.livedata import nanoseconds
from guardian_agent.restore.manifest import hash_file
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.room import Plot, Room
from guardian_agent.restore.sandbox import MAX_ENTRIES, sandbox
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.canary import MAX_CANARY_BYTES, parse_canary
from guardian_agent.wire.facts.restores import CanaryReturn
from guardian_agent.wire.facts.words import Reason

FILLED = 0.75
"""How much of the room one call is meant to fill: files may have grown since they were signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One file that came back: its SHA-256 and the time that the tool gave it."""

    content: str | None
    modified_ns: int
    dated: bool
    """False where the tool does not restore times: the file has that of the restore itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back by live path, the canary's checkpoint, how much and how fast."""

    back: Mapping[str, Returned] = field(default_factory=dict)
    canary: CanaryReturn | None = None
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    """Of the restore alone, without the hashing after."""

    def joined(self, other: Restored) -> Restored:
        """Return both as one; the newer canary counts."""
        canaries = [each for each in (self.canary, other.canary) if each is not None]
        return Restored(
            back={**self.back, **other.back},
            canary=max(canaries, key=lambda canary: canary.tree_size, default=None),
            files=self.files + other.files,
            bytes=self.bytes + other.bytes,
            seconds=self.seconds + other.seconds,
        )


def restore(
    opened: OpenPoint, sizes: Mapping[str, int], plot: Plot, marker: str | None
) -> Restored:
    """Restore these files and the set's canary, and hash them; nothing is left behind.

    Args:
        opened: the restore point.
        sizes: the wanted live paths, each with the size that was signed.
        plot: where there is room.
        marker: of the set's canary.

    Raises:
        ProbeError: the tool failed, a file does not fit into any room, or what came back is no
            plain file.
        OSError: what came back cannot be read.
    """
    restored = Restored()
    asked = dict.fromkeys(places(opened.backup_set), MAX_CANARY_BYTES) | dict(sizes)
    for part in _fitting(asked, plot.limit):
        with sandbox(plot, opened.system, sum(part.values())) as room:
            restored = restored.joined(_in_room(opened, part, room, marker))
    return restored


def recognise(text: bytes, expected_marker: str | None) -> CanaryReturn | None:
    """Return the checkpoint that a restored canary carries, if the canary is this set's."""
    found = parse_canary(text)
    if found is None or found.marker != expected_marker:
        return None
    return CanaryReturn(tree_size=found.tree_size, root=found.root)


def _fitting(sizes: Mapping[str, int], limit: int) -> Iterator[dict[str, int]]:
    """Yield the files in groups that fit into a room; a large file may have one for itself."""
    part: dict[str, int] = {}
    for path in sorted(sizes):
        if sizes[path] > limit:
            message = f"a file of {sizes[path]} bytes was drawn, {limit} may be restored"
            raise ProbeError(Reason.QUOTA_EXCEEDED, message)
        if part and sum(part.values()) + sizes[path] > FILLED * limit:
            yield part
            part = {}
        part[path] = sizes[path]
    yield part


def _in_room(
    opened: OpenPoint, sizes: Mapping[str, int], room: Room, marker: str | None
) -> Restored:
    files, clock = opened.system.files, opened.system.clock
    began, started = nanoseconds(clock.now()), clock.monotonic()
    inside = opened.within(room.system)
    found = inside.restore(sorted(sizes), room.folder, room.limit)
    seconds = clock.monotonic() - started
    asked = {place for path in sizes if (place := opened.place(room.folder, path)) is not None}
    plain = _plain_files(room, files, asked)
    known = {path: plain[place] for path, place in found.items() if place in plain}
    return Restored(
        back={path: _returned(entry, files, began) for path, entry in known.items()},
        canary=_canary(opened, known, files, marker),
        files=len(plain),
        bytes=sum(entry.size for entry in plain.values()),
        seconds=seconds,
    )


def _plain_files(room: Room, files: Files, asked: AbstractSet[str]) -> dict[str, Entry]:
    """Return the regular files in the room.

    A link in the place of a file that was asked for is what the live file had become: it is not
    followed, and not taken for the file. Anything else that is no file or folder is a stranger's.
    """
    found: dict[str, Entry] = {}
    size = seen = 0
    waiting = [room.folder]
    while waiting:
        for entry in files.scan(waiting.pop()):
            seen, size = seen + 1, size + entry.size * entry.is_file
            if size > room.limit or seen > MAX_ENTRIES:
                raise ProbeError(Reason.QUOTA_EXCEEDED, "more came back than was asked for")
            if entry.is_directory:
                waiting.append(entry.path)
            elif entry.is_file:
                found[entry.path] = entry
            elif entry.path not in asked:
                raise ProbeError(Reason.UNSAFE_CONTENTS, f"{entry.path}: no regular file")
    return found


def _returned(entry: Entry, files: Files, began_ns: int) -> Returned:
    return Returned(
        content=hash_file(files, entry.path, entry.size),
        modified_ns=entry.modified_ns,
        dated=entry.modified_ns < began_ns - TICK_NS,
    )


def _canary(
    opened: OpenPoint, known: Mapping[str, Entry], files: Files, marker: str | None
) -> CanaryReturn | None:
    here = [known[path].path for path in places(opened.backup_set) if path in known]
    return recognised(here, files, marker)


def recognised(here: Iterable[str], files: Files, marker: str | None) -> CanaryReturn | None:
    """Return the newest checkpoint among the canaries that came back.

    Raises:
        OSError: one cannot be read.
    """
    found = [_recognised(place, files, marker) for place in here]
    kept = [canary for canary in found if canary is not None]
    return max(kept, key=lambda canary: canary.tree_size, default=None)


def _recognised(place: str, files: Files, marker: str | None) -> CanaryReturn | None:
    with files.open(place) as source:
        return recognise(source.read(MAX_CANARY_BYTES + 1), marker)
