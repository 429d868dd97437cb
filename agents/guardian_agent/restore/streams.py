"""Archives of every form, read as streams to their very end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from guardian_agent.errors import ProbeError
from guardian_agent.probe import ArchiveFile, PointFile
from guardian_agent.probing import seven_zip, zstandard
from guardian_agent.probing.archive import Archive
from guardian_agent.probing.look import reading
from guardian_agent.probing.seven_zip import SevenZip
from guardian_agent.probing.tool import RESTORE_SECONDS, find_tool
from guardian_agent.restore.room import Room
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason


class Stream(Protocol):
    """One archive."""

    def entries(self) -> Iterator[PointFile]:
        """Yield what it holds; raise `ProbeError`."""

    def prove(self) -> None:
        """Read what `entries` did not, all checksums compared; raise `ProbeError`."""


def needs_room(system: System, file: ArchiveFile) -> bool:
    """Say whether a tool must read it, which works in a room; else nothing of it is written.

    Raises:
        ProbeError: NOTHING_RESTORED when it is empty; it cannot be read.
    """
    with reading(file.path), system.files.open(file.path) as source:
        head = source.read(len(seven_zip.MAGIC))
    if not head:
        raise ProbeError(Reason.NOTHING_RESTORED, f"{file.path}: empty")
    if head.startswith((seven_zip.MAGIC, zstandard.MAGIC)):
        return True
    return _archive(system, file.path, file.root).wants_password()


def streamed(system: System, file: ArchiveFile) -> Stream:
    """Return an archive that needs no room."""
    return _Streamed(_archive(system, file.path, file.root))


class _Streamed:
    """An archive that Python reads."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def entries(self) -> Iterator[PointFile]:
        """Yield what it holds; what cannot be unpacked to its end is damaged, not unknown."""
        try:
            yield from self._archive.entries()
        except ProbeError as error:
            if error.reason is Reason.UNSUPPORTED:
                self._archive.unpack()
            raise

    def prove(self) -> None:
        """Read the contents of a zip."""
        self._archive.prove()


def in_room(room: Room, file: ArchiveFile, password_file: str | None) -> Stream:
    """Return an archive that a tool reads in a room.

    Raises:
        ProbeError: it cannot be unpacked.
    """
    if not zstandard.is_zstandard(room.system, file.path):
        return SevenZip(room.system, file.path, file.root, password_file, room.folder)
    unpacked = f"{room.folder}/unpacked"
    _unpack(room, file.path, unpacked)
    return _Streamed(_archive(room.system, unpacked, file.root))


def _unpack(room: Room, path: str, target: str) -> None:
    """Unpack a Zstandard file: Python 3.11 cannot read it as a stream."""
    tool = find_tool(room.system, "zstd")
    try:
        done = room.system.processes.run(
            [tool, "-dcq", path],
            seconds=RESTORE_SECONDS,
            output_limit=room.limit,
            output_path=target,
        )
    except OSError as error:
        raise ProbeError(Reason.QUOTA_EXCEEDED, f"{target}: {error.strerror}") from error
    if done.timed_out:
        raise ProbeError(Reason.TIMEOUT, f"{path}: not unpacked in time")
    if done.over_limit:
        raise ProbeError(Reason.QUOTA_EXCEEDED, f"{path}: more than {room.limit} bytes unpacked")
    if done.status:
        raise ProbeError(Reason.DAMAGED, f"{path}: zstd could not unpack it")


def _archive(system: System, path: str, root: str) -> Archive:
    deadline = system.clock.monotonic() + RESTORE_SECONDS
    return Archive(system=system, path=path, root=root, deadline=deadline)
