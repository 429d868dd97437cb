"""Folders held open while they are looked through, for scans of places that others write to.

A path is only a way to a file: whoever may write on that way can put a link there between two looks
and lead us out. So a folder is held open, what it is asked for is opened in it and without
following, and its own path is compared with what the kernel says of it.
"""

from __future__ import annotations

import errno
import os
from typing import Self

from guardian_agent.system.ports import Entry

_DATA = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KIND, _REGULAR, _DIRECTORY, _LINK = 0o170000, 0o100000, 0o040000, 0o120000
_MODE = 0o7777
_AHEAD = 64 * 1024
"""Bytes at its beginning that the kernel may read before they are asked for."""
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


class RealHeld:
    """A regular file, held open; see `Held`."""

    __slots__ = ("_descriptor", "entry")

    def __init__(self, descriptor: int, entry: Entry) -> None:
        self._descriptor = descriptor
        self.entry = entry

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)

    def read(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes; fewer at the end; raise `OSError`."""
        return os.pread(self._descriptor, count, offset)

    def next_data(self, offset: int) -> int:
        """Return where the next stored byte lies; the file's size where only a hole follows."""
        try:
            return os.lseek(self._descriptor, offset, os.SEEK_DATA)
        except OSError as error:
            return self.entry.size if error.errno == errno.ENXIO else offset


class RealFolder:
    """A folder, held open; see `Folder`."""

    __slots__ = ("_descriptor", "_flags", "_path", "entry")

    def __init__(self, path: str) -> None:
        """Open it; raise `OSError`, ELOOP where a link leads to it."""
        self._descriptor = os.open(path, _FOLDER)
        self._path = path.rstrip("/")
        self._flags = _DATA | os.O_NOATIME
        try:
            self.entry = entry_of(path, os.fstat(self._descriptor))
            if os.readlink(f"/proc/self/fd/{self._descriptor}") != (self._path or "/"):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def names(self) -> tuple[list[str], list[str]]:
        """Return the names of its regular files and of its folders, each in byte order."""
        files, folders = [], []
        with os.scandir(self._descriptor) as entries:
            for each in entries:
                if each.is_file(follow_symlinks=False):
                    files.append(each.name)
                elif each.is_dir(follow_symlinks=False):
                    folders.append(each.name)
        return _in_byte_order(files), _in_byte_order(folders)

    def stat(self, name: str) -> Entry:
        """Return one of its entries; raise `FileNotFoundError` and other `OSError`s."""
        found = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        return entry_of(f"{self._path}/{name}", found)

    def open(self, name: str) -> RealHeld:
        """Open one of its regular files for reading, access time kept if allowed."""
        try:
            descriptor = os.open(name, self._flags, dir_fd=self._descriptor)
        except PermissionError:
            if self._flags == _DATA:
                raise
            descriptor = os.open(name, _DATA, dir_fd=self._descriptor)
            self._flags = _DATA  # O_NOATIME is for the owner and for root
        entry = entry_of(f"{self._path}/{name}", os.fstat(descriptor))
        if entry.is_file:
            os.posix_fadvise(descriptor, 0, _AHEAD, os.POSIX_FADV_WILLNEED)
            return RealHeld(descriptor, entry)
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", entry.path)


def _in_byte_order(names: list[str]) -> list[str]:
    # Letters of ASCII are in the order of their bytes; names that are no text need not be.
    names.sort(key=None if "".join(names).isascii() else os.fsencode)
    return names


def entry_of(path: str, found: os.stat_result) -> Entry:
    """Return what `lstat` said as an entry; by place, as a scan makes one of every file."""
    mode, inode, device, _, user, group, size, _, _, _ = found
    kind = mode & _KIND
    values = (
        path,
        kind == _REGULAR,
        kind == _DIRECTORY,
        kind == _LINK,
        size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        inode,
        mode & _MODE,
        device,
        found.st_blocks,
        user,
        group,
    )
    return tuple.__new__(Entry, values)  # four times as fast as the class's own constructor
