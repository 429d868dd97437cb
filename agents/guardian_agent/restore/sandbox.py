"""The rooms that restore tests restore into: private, empty, limited, and wiped.

A room is a file system of fixed size where one can be mounted, and else a folder with a random
name, so that nobody can lay one there before, whose size a guard keeps. An archive is a stranger's
data: what restores it can write nowhere else, and nothing that comes back is executed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.restore.confined import ConfinedProcesses, OutOfReach
from guardian_agent.restore.livedata import name_of
from guardian_agent.restore.room import Plot, Room
from guardian_agent.system import Confinement, Entry, System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

PREFIX = "restore-"
_ROOM = re.compile(rf"{PREFIX}[0-9a-f]{{16}}", re.ASCII)
PRIVATE = 0o700
PASSABLE = 0o711
"""Others may pass through to what is theirs, and see nothing."""
KEPT_FREE_BYTES = 256 * 1024 * 1024
"""The disk of a client's server is never filled beyond this."""
SLACK_BYTES = 64 * 1024 * 1024
"""For what tools write beside, file systems themselves take, and servers need to start."""
MOST_SLACK_BYTES = 1024 * 1024 * 1024
"""Up to here as much again is given as is wanted: tools write beside and then rename."""
LEAST_SLACK = 8
"""One in so many bytes is given beside what is wanted: inodes, and blocks that are not filled."""
MAX_ENTRIES = 10_000
"""A sample is a few dozen files with their folders; more is not what was asked for."""


@contextlib.contextmanager
def sandbox(plot: Plot, system: System, wanted: int) -> Iterator[Room]:
    """Make an empty room for `wanted` bytes on `plot`, and wipe it afterwards.

    What a test that was killed left there is wiped first.

    Raises:
        ProbeError: `QUOTA_EXCEEDED` when there is no room, `PERMISSION_DENIED` when it cannot be
            made.
    """
    size = _size(plot, wanted)
    try:
        system.files.make_directory(plot.folder)
        clear(plot.folder, system)
        _prove_space(plot.folder, system.files, size)
    except OSError as error:
        raise _unusable(plot.folder, error) from error
    with system.volumes.fixed(plot.folder, size) as mounted:
        try:
            room = _furnished(plot, system, size, mounted)
        except OSError as error:
            raise _unusable(plot.folder, error) from error
        try:
            yield room
        finally:
            # What cannot be wiped now is wiped by the next pass; the test's result stands.
            with contextlib.suppress(OSError):
                wipe(plot.folder, system.files)


def clear(folder: str, system: System) -> None:
    """End and remove what restore tests that were killed have left of themselves in `folder`.

    Raises:
        OSError: something cannot be removed.
    """
    for entry in _rooms(folder, system.files):
        system.volumes.vacate(entry.path)
    wipe(folder, system.files)


def wipe(folder: str, files: Files) -> None:
    """Remove the rooms that restore tests have left in `folder`, and nothing else there."""
    for entry in _rooms(folder, files):
        if entry.is_directory:
            files.remove_tree(entry.path)
        elif entry.is_file:  # an image, of a test that was killed before it lost its name
            files.remove(entry.path)


def _rooms(folder: str, files: Files) -> list[Entry]:
    """Return what bears a room's name; nothing else may be touched."""
    found = files.scan(folder) if files.exists(folder) else ()
    return [entry for entry in found if _ROOM.fullmatch(name_of(entry.path))]


def _size(plot: Plot, wanted: int) -> int:
    if wanted > plot.limit:
        message = f"{wanted} bytes wanted, {plot.limit} may be restored"
        raise ProbeError(Reason.QUOTA_EXCEEDED, message)
    slack = max(min(wanted, MOST_SLACK_BYTES), wanted // LEAST_SLACK)
    return min(plot.limit, wanted + slack + SLACK_BYTES)


def _furnished(plot: Plot, system: System, size: int, mounted: str | None) -> Room:
    """Make the room's folders: in the file system of fixed size, or else on the plot itself."""
    files = system.files
    home = mounted or f"{plot.folder}/{PREFIX}{system.randomness.bytes(8).hex()}"
    if mounted is None:
        _make(home, PASSABLE, files)
    for name in ("back", "home"):
        _make(f"{home}/{name}", PRIVATE, files)
    for name in ("workshop", "servant"):
        _make(f"{home}/{name}", PRIVATE, files)
        if files.user_id() == 0:
            system.volumes.give(f"{home}/{name}", plot.user)
    return Room(
        folder=f"{home}/back",
        workshop=f"{home}/workshop",
        limit=size,
        system=_confined(system, _tools(plot, home, size, mounted), size),
        servant=_confined(_reaching(plot, system, home), _servant(plot, home, size, mounted), size),
    )


def _reaching(plot: Plot, system: System, home: str) -> System:
    """Return the machine for the servant, who must be able to reach the workshop."""
    if system.files.user_id() != 0 or system.volumes.enters(f"{home}/workshop", plot.user):
        return system
    message = (
        f"user {plot.user} cannot pass through the folders above {plot.folder}; "
        "set limits.sandbox to a folder that every user may pass through"
    )
    return replace(system, processes=OutOfReach(system.processes, message))


def _tools(plot: Plot, home: str, size: int, mounted: str | None) -> Confinement:
    return Confinement(
        writable=(f"{home}/back", f"{home}/workshop", f"{home}/home", *plot.writable),
        home=f"{home}/home",
        memory_bytes=plot.memory_bytes,
        processes=plot.processes,
        disk_bytes=size if mounted is None else None,
        kept_free_bytes=KEPT_FREE_BYTES if mounted is None else 0,
        tick=plot.tick,
    )


def _servant(plot: Plot, home: str, size: int, mounted: str | None) -> Confinement:
    return replace(
        _tools(plot, home, size, mounted),
        writable=(f"{home}/workshop", f"{home}/servant"),
        home=f"{home}/servant",
        network=False,
        user=plot.user,
    )


def _confined(system: System, confinement: Confinement, size: int) -> System:
    processes = ConfinedProcesses(system.processes, system.files, confinement, size)
    return replace(system, processes=processes)


def _make(folder: str, mode: int, files: Files) -> None:
    """Make a folder that nobody could have laid there before."""
    files.make_directory(folder, mode)
    entry = files.stat(folder)
    if not entry.is_directory or entry.mode & 0o777 != mode or any(files.scan(folder)):
        raise ProbeError(Reason.PERMISSION_DENIED, f"{folder}: not private and empty")


def _prove_space(folder: str, files: Files, size: int) -> None:
    free = files.free_bytes(folder)
    needed = size + KEPT_FREE_BYTES
    if free < needed:
        message = f"{folder}: {free} bytes free, {needed} needed for a room of {size}"
        raise ProbeError(Reason.QUOTA_EXCEEDED, message)


def _unusable(folder: str, error: OSError) -> ProbeError:
    message = f"{folder}: cannot hold a restore test: {error.strerror or error}"
    return ProbeError(Reason.PERMISSION_DENIED, message)
