"""How much lies below some folders, asked cheaply while a tool writes there.

Counting every file costs too much to do it all the time. In between, the file system's own count of
free bytes tells how much was written at most since the last count; only when that could be too much
is counted again, or when so much time has passed that counting is a small part of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress

from guardian_agent.system.ports import Confinement

_BLOCK = 512
_AN_ENTRY = 4096
"""What a file counts at least, so that names alone, too, have an end."""
_SHARE = 20
"""A count may take a twentieth of the time."""
_INODES_KEPT = 50
"""One in so many of a file system's inodes must stay free: without one nobody can make a file."""


class DiskUse:
    """The folders, and what was known of them last."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = folders
        self._used = 0
        self._free_then = 0
        self._next = 0.0

    def breach(self, confinement: Confinement, *, anew: bool = False) -> str:
        """Say what of the confinement's disk was exceeded; nothing where nothing was.

        `anew` counts every file, whatever that costs.
        """
        if anew:
            self._next = 0.0
        if not self._folders or confinement.disk_bytes is None:
            return ""
        try:
            found = os.statvfs(self._folders[0])
        except OSError:
            return ""
        free = found.f_bavail * found.f_frsize
        if free < confinement.kept_free_bytes:
            return f"{free} bytes free on the disk, {confinement.kept_free_bytes} must stay"
        if found.f_files and found.f_favail < found.f_files // _INODES_KEPT:
            return f"{found.f_favail} inodes free on the disk"
        if self._too_much(free, confinement.disk_bytes):
            return f"{self._used} bytes written, {confinement.disk_bytes} may be"
        return ""

    def _too_much(self, free: int, limit: int) -> bool:
        begun = time.monotonic()
        if begun >= self._next or self._used + max(0, self._free_then - free) > limit:
            self._used = sum(_used(folder) for folder in self._folders)
            self._free_then = free
            counted = time.monotonic()
            self._next = counted + _SHARE * (counted - begun)
        return self._used > limit


def _used(folder: str) -> int:
    """Return the bytes that all below `folder` takes; what cannot be seen takes none."""
    used = 0
    waiting = [folder]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    blocks = entry.stat(follow_symlinks=False).st_blocks
                    used += max(_AN_ENTRY, blocks * _BLOCK)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    return used
