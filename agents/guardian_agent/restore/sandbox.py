"""The folder that restore tests restore into: private, empty, limited, and wiped.

Nothing that comes back is executed, and no link or special file among it is followed or hashed: an
archive is a stranger's data. The folder's name is random, so that nobody can lay one there before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.restore.livedata import name_of
from guardian_agent.system import Entry, System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

PREFIX = "restore-"
PRIVATE = 0o700
KEPT_FREE_BYTES = 256 * 1024 * 1024
"""The disk of a client's server is never filled beyond this."""
ROOM = 2
"""Free space asked for, as a multiple of what is wanted: tools write beside and then rename."""
MAX_ENTRIES = 10_000
"""A sample is a few dozen files with their folders; more is not what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """What a restore left in the sandbox: the regular files by path, and their bytes."""

    files: dict[str, Entry]
    bytes: int


@contextlib.contextmanager
def sandbox(folder: str, system: System, wanted: int) -> Iterator[str]:
    """Make an empty private folder for `wanted` bytes in `folder`, and wipe it afterwards.

    What a test that was killed left there is wiped first.

    Raises:
        ProbeError: `QUOTA_EXCEEDED` when there is no room, `PERMISSION_DENIED` when the folder
            cannot be made.
    """
    target = f"{folder}/{PREFIX}{system.randomness.bytes(8).hex()}"
    try:
        system.files.make_directory(folder)
        wipe(folder, system.files)
        _prove_room(folder, system.files, wanted)
        system.files.make_directory(target, PRIVATE)
        _prove_private_and_empty(target, system.files)
    except OSError as error:
        message = f"{folder}: cannot hold a restore test: {error.strerror}"
        raise ProbeError(Reason.PERMISSION_DENIED, message) from error
    try:
        yield target
    finally:
        # What cannot be wiped now is wiped by the next pass; the test's result stands.
        with contextlib.suppress(OSError):
            wipe(folder, system.files)


def wipe(folder: str, files: Files) -> None:
    """Remove what restore tests have left in `folder`, and nothing else that lies there."""
    if not files.exists(folder):
        return
    for entry in list(files.scan(folder)):
        if entry.is_directory and name_of(entry.path).startswith(PREFIX):
            files.remove_tree(entry.path)


def inspect(target: str, files: Files, limit: int) -> CameBack:
    """Return the regular files below `target`.

    Raises:
        ProbeError: `UNSAFE_CONTENTS` for a link or special file, `QUOTA_EXCEEDED` for more than
            `limit` bytes or far more files than a sample has.
        OSError: a folder cannot be read.
    """
    found: dict[str, Entry] = {}
    size = seen = 0
    waiting = [target]
    while waiting:
        for entry in files.scan(waiting.pop()):
            seen += 1
            if entry.is_directory:
                waiting.append(entry.path)
            elif entry.is_file:
                found[entry.path] = entry
                size += entry.size
            else:
                raise ProbeError(Reason.UNSAFE_CONTENTS, f"{entry.path}: no regular file")
            if size > limit or seen > MAX_ENTRIES:
                raise ProbeError(Reason.QUOTA_EXCEEDED, f"{target}: more came back than asked for")
    return CameBack(files=found, bytes=size)


def _prove_room(folder: str, files: Files, wanted: int) -> None:
    free = files.free_bytes(folder)
    needed = max(ROOM * wanted, KEPT_FREE_BYTES)
    if free < needed:
        message = f"{folder}: {free} bytes free, {needed} needed to restore {wanted}"
        raise ProbeError(Reason.QUOTA_EXCEEDED, message)


def _prove_private_and_empty(target: str, files: Files) -> None:
    entry = files.stat(target)
    if not entry.is_directory or entry.mode & 0o777 != PRIVATE or any(files.scan(target)):
        raise ProbeError(Reason.PERMISSION_DENIED, f"{target}: not private and empty")
