"""The machine's files.

Durable writing follows the one order that survives a power cut at any moment: write beside the
target, fsync the file, rename, fsync the directory. Leave out one of them and a crash may show an
empty or vanished file.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import BinaryIO

from guardian_agent.errors import StateError
from guardian_agent.system.folders import RealFolder, entry_of
from guardian_agent.system.ports import Entry

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class RealFiles:
    """Files, read with limits and written durably."""

    def read(self, path: str, limit: int) -> bytes:
        """Return the file's bytes; raise `StateError` when larger than `limit`, `OSError` else."""
        with os.fdopen(_open_data(path, _READ), "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise StateError(f"{path}: larger than {limit} bytes")
        return data

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open for reading without following a final symbolic link, access time kept if allowed."""
        try:
            descriptor = _open_data(path, _READ | os.O_NOFOLLOW | os.O_NOATIME)
        except PermissionError:  # O_NOATIME is for the owner and for root
            descriptor = _open_data(path, _READ | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            yield file

    @contextmanager
    def create(self, path: str, mode: int = 0o600) -> Iterator[BinaryIO]:
        """Open a new or emptied file for writing (not durable: for caches and sandboxes)."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, mode), "wb") as file:
            yield file

    def write(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Replace the file durably: write beside, fsync, rename, fsync the directory."""
        with _written_beside(path, data, mode) as part:
            os.rename(part, path)
        _sync_directory(os.path.dirname(path))

    def create_exclusively(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Write a file that must not exist yet, durably; raise `FileExistsError`."""
        with _written_beside(path, data, mode) as part:
            os.link(part, path)  # unlike rename, it never replaces
            os.unlink(part)
        _sync_directory(os.path.dirname(path))

    def scan(self, path: str) -> Iterator[Entry]:
        """Yield the entries of one directory in byte order of their names; raise `OSError`."""
        for name in sorted(os.listdir(path), key=os.fsencode):
            with suppress(FileNotFoundError):  # gone since it was listed
                yield self.stat(os.path.join(path, name))

    def folder(self, path: str) -> RealFolder:
        """Hold a folder open; raise `OSError`, ELOOP where `path` has a symbolic link in it."""
        return RealFolder(path)

    def giving_way(self) -> AbstractContextManager[None]:
        """Let other processes go first at processor and disk, as far as the machine allows."""
        from guardian_agent.system import giving_way

        return giving_way.giving_way()

    def stat(self, path: str, *, follow: bool = False) -> Entry:
        """Return one entry; raise `FileNotFoundError` and other `OSError`s."""
        return entry_of(path, os.stat(path, follow_symlinks=follow))

    def exists(self, path: str) -> bool:
        """Say whether anything is there."""
        return os.path.lexists(path)

    def real(self, path: str) -> str:
        """Return the path without symbolic links and dots; a part that is not there stays."""
        return os.path.realpath(path)

    def make_directory(self, path: str, mode: int = 0o700) -> None:
        """Make a directory and its parents; nothing happens when it is there."""
        if os.path.isdir(path):
            return
        parent = os.path.dirname(os.path.abspath(path))
        self.make_directory(parent, mode)
        try:
            _make_directory(path, mode)
        except FileExistsError:
            if not os.path.isdir(path):
                raise
        _sync_directory(parent)

    def remove(self, path: str) -> None:
        """Remove a file durably; nothing happens when it is gone."""
        try:
            os.unlink(path)
        except FileNotFoundError:
            return
        _sync_directory(os.path.dirname(path))

    def rename(self, source: str, target: str) -> None:
        """Rename within one file system, durably."""
        os.rename(source, target)
        for folder in {os.path.dirname(target), os.path.dirname(source)}:
            _sync_directory(folder)

    def remove_tree(self, path: str) -> None:
        """Remove a directory and all in it, following no link."""
        if not os.path.lexists(path):
            return
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        # Each folder is emptied after those in it were moved up to the top: restored trees may be
        # deeper than Python's stack and have longer paths than the kernel takes.
        waiting = _emptied(path, path)
        while waiting:
            folder = waiting.pop()
            waiting += _emptied(folder, path)
            os.rmdir(folder)
        os.rmdir(path)

    def free_bytes(self, path: str) -> int:
        """Return the bytes an unprivileged user may still write on the path's file system."""
        found = os.statvfs(path)
        if found.f_files and not found.f_favail:
            return 0  # without an inode no file can be made, whatever room there is
        return found.f_bavail * found.f_frsize

    @contextmanager
    def lock(self, path: str) -> Iterator[None]:
        """Hold an exclusive lock on `path`; raise `StateError` when another has it, or none can."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise StateError(f"{path} could not be written: {error.strerror}") from error
        try:
            _lock(descriptor, path)
            yield
        finally:
            os.close(descriptor)  # the kernel lets go of the lock, also when we are killed

    def user_id(self) -> int:
        """Return the numeric user this process runs as."""
        return os.geteuid()


def _open_data(path: str, flags: int) -> int:
    """Open a regular file or a block device: a FIFO or a terminal could block for ever."""
    descriptor = os.open(path, flags)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode) or stat.S_ISBLK(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "not a regular file", path)


@contextmanager
def _written_beside(path: str, data: bytes, mode: int) -> Iterator[str]:
    """Write and fsync `.<name>.<pid>.part`; whatever happens, nothing of it stays behind."""
    folder, name = os.path.split(path)
    part = os.path.join(folder, f".{name}.{os.getpid()}.part")
    with suppress(FileNotFoundError):
        os.unlink(part)  # of a process with our number that was killed
    try:
        with os.fdopen(os.open(part, _NEW, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)  # whatever the umask took away
            os.fsync(file.fileno())
        yield part
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise


def _sync_directory(path: str) -> None:
    descriptor = os.open(path or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_directory(path: str, mode: int) -> None:
    os.mkdir(path, mode)
    inherited = os.stat(path).st_mode & stat.S_ISGID
    os.chmod(path, mode | inherited)  # whatever the umask took away


def _lock(descriptor: int, path: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StateError(f"{path}: another guardian-agent is at work; try later") from None


def _emptied(folder: str, top: str) -> list[str]:
    """Remove the files of one folder, move its folders up to `top`, and return where they are."""
    with suppress(PermissionError):
        os.chmod(folder, 0o700)  # restored folders may be read-only
    with os.scandir(folder) as entries:
        found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
    moved = []
    for path, is_directory in found:
        if is_directory:
            moved.append(_moved(path, top))
        else:
            os.unlink(path)
    return moved


def _moved(folder: str, top: str) -> str:
    if os.path.dirname(folder) == top:
        return folder
    with suppress(PermissionError):
        os.chmod(folder, 0o700)  # a folder changes when it is moved
    place = os.path.join(top, f".{os.urandom(8).hex()}")
    os.rename(folder, place)
    return place
