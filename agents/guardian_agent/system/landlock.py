"""Landlock: a process takes rights from itself, and no descendant gets them back.

Asked of the kernel by number, as there is no library of C functions for it (landlock(7), and the
kernel's userspace-api/landlock). Reading stays as it was; what is taken is writing anywhere but
below some folders, and executing anything below them: nothing restored is ever run. The kernel's
interface has grown, and each version is used for what it has:

1. (5.13) files; a rename from one folder into another is refused altogether
2. (5.19) such renames where both folders are writable
3. (6.2)  truncating
4. (6.7)  TCP
5. (6.10) ioctl on devices
6. (6.12) signals and abstract sockets stay inside
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress

_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_REMOVE = 1 << 4 | 1 << 5
_MAKE_DEVICE = 1 << 6 | 1 << 11
_MAKE = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 12
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_IOCTL_DEVICE = 1 << 15
_TCP = 1 << 0 | 1 << 1
_STAY_INSIDE = 1 << 0 | 1 << 1

_WRITE = _WRITE_FILE | _REMOVE | _MAKE
_DEVICES = ("/dev/null",)
"""Devices that may be written to: what goes there is nowhere."""

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the version of the kernel's interface; 0 where it has none, or it is switched off."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, 0, _VERSION)))


class Rules:
    """A set of rules, made by a parent and taken on by its child."""

    def __init__(self, writable: Sequence[str], *, network: bool) -> None:
        """Prepare rules by which one may write below `writable` alone.

        Raises:
            OSError: the kernel refused them.
        """
        self._version = version()
        self._descriptor = -1
        if not self._version:
            return
        self._descriptor = self._create(network=network)
        folders = [os.path.realpath(folder) for folder in writable]
        try:
            for folder in folders:
                self._allow(folder, self._writing() & ~_MAKE_DEVICE)
            for device in _DEVICES:
                self._allow(device, (_WRITE_FILE | _TRUNCATE) & self._writing())
            for path in _elsewhere(folders):
                self._allow(path, _EXECUTE)
        except OSError:
            self.close()
            raise

    def take_on(self) -> None:
        """Give up, for ever, what the rules do not allow; needs `no_new_privs` before."""
        if self._descriptor >= 0:
            _called(_libc.syscall(_RESTRICT_SELF, self._descriptor, 0))

    def close(self) -> None:
        """Let go of them, in the parent."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _create(self, *, network: bool) -> int:
        tcp = _TCP if self._version >= 4 and not network else 0  # noqa: PLR2004
        inside = _STAY_INSIDE if self._version >= 6 else 0  # noqa: PLR2004
        attributes = struct.pack("=QQQ", self._writing() | _EXECUTE, tcp, inside)
        return _called(_libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0))

    def _writing(self) -> int:
        """Return all rights of writing that this kernel knows."""
        known = _WRITE | _MAKE_DEVICE
        for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE)):
            known |= right if self._version >= since else 0
        return known

    def _allow(self, path: str, rights: int) -> None:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, PermissionError):  # gone, or out of reach: nothing to allow
            return
        try:
            rule = struct.pack("=Qi", rights, descriptor)
            _called(_libc.syscall(_ADD_RULE, self._descriptor, _RULE_PATH_BENEATH, rule, 0))
        finally:
            os.close(descriptor)


def _elsewhere(folders: Sequence[str]) -> Iterator[str]:
    """Yield the fewest files and folders that together are everything but `folders`."""
    above = {"/"}
    for folder in folders:
        parts = folder.split("/")
        above |= {"/".join(parts[:count]) or "/" for count in range(1, len(parts))}
    for parent in above - set(folders):
        with suppress(OSError), os.scandir(parent) as entries:
            yield from (
                entry.path
                for entry in entries
                if entry.path not in above and entry.path not in folders and _may_run(entry)
            )


def _may_run(entry: os.DirEntry[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return True
    return entry.is_file(follow_symlinks=False) and bool(entry.stat().st_mode & 0o111)


def _called(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno() or errno.EPERM
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return int(answer)
