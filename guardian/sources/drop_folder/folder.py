"""A folder that others write to: nothing in it is followed, waited for, or read without a limit.

Every step goes through an open descriptor, so a folder that is exchanged for a symbolic link
between two looks is not entered.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

FILE_MODE = 0o640
FOLDER_MODE = 0o770
"""Agents may run as other users of the folder's group, and remove what they have read."""

_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NoPlainFileError(Exception):
    """A link, a pipe, a folder: something that no agent writes."""


class OversizedError(Exception):
    """A file larger than what may lie there."""


class Folder:
    """An open folder; every method raises `OSError` for what the system refuses."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    @contextlib.contextmanager
    def open(cls, path: str) -> Iterator[Folder]:
        """Open the folder that the operator named; the operator's own links are followed."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield cls(descriptor)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def within(self, name: str, *, make: bool = False) -> Iterator[Folder]:
        """Open a folder in this one, made if it should be and is not there."""
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, FOLDER_MODE, dir_fd=self._descriptor)
                os.fsync(self._descriptor)
        descriptor = os.open(name, _ENTER, dir_fd=self._descriptor)
        try:
            yield Folder(descriptor)
        finally:
            os.close(descriptor)

    def names(self) -> list[str]:
        """Return the names of all entries, in order, without unfinished (hidden) ones."""
        with os.scandir(self._descriptor) as entries:
            return sorted(entry.name for entry in entries if not entry.name.startswith("."))

    def read(self, name: str, limit: int) -> bytes:
        """Return a file's bytes.

        Raises:
            NoPlainFileError: it is no plain file.
            OversizedError: it has more than `limit` bytes.
        """
        # lstat first: opening a device or a socket can have effects of its own.
        mode = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mode
        if not stat.S_ISREG(mode):
            raise NoPlainFileError(name)
        descriptor = os.open(name, _READ, dir_fd=self._descriptor)
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise OversizedError(name)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Put a file there durably: beside its place, fsync, rename, fsync of the folder."""
        unfinished = f".{name}.new"
        self.remove(unfinished)
        descriptor = os.open(unfinished, _WRITE, FILE_MODE, dir_fd=self._descriptor)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(unfinished, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        os.fsync(self._descriptor)

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens when it is gone."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)

    def move(self, name: str, target: Folder, new: str) -> None:
        """Move a file to another folder under a name of ours."""
        os.rename(name, new, src_dir_fd=self._descriptor, dst_dir_fd=target._descriptor)
