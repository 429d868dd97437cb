"""A view of all file systems in which nothing can be changed but below some folders.

Landlock keeps a process from writing, but not from changing rights, owners, times and attributes of
what it did not write. A mount namespace in which everything is read-only keeps it from that too; it
takes a process that may mount.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence

_CLONE_NEWNS = 0x00020000
_MS_BIND = 4096
_MS_REC_SLAVE = 16384 | 1 << 19
_MOUNT_SETATTR = 442
_HERE = -100
_RECURSIVE = 0x8000
_READ_ONLY = 1
_NO_PROGRAMS = 2 | 4 | 8
"""nosuid, nodev, noexec"""


class View:
    """Prepared by a parent, taken on by its child."""

    def __init__(self, writable: Sequence[str]) -> None:
        self._writable = [os.fsencode(os.path.realpath(folder)) for folder in writable]
        self._libc = ctypes.CDLL(None, use_errno=True)

    def take_on(self) -> None:
        """Make all read-only but the folders; raise `OSError` where the kernel refuses.

        A folder that is not there stays out.
        """
        self._called(self._libc.unshare(_CLONE_NEWNS))
        self._called(self._libc.mount(b"none", b"/", None, _MS_REC_SLAVE, None))
        folders = [folder for folder in self._writable if os.path.isdir(folder)]
        for folder in folders:
            self._called(self._libc.mount(folder, folder, None, _MS_BIND, None))
        self._set(b"/", _RECURSIVE, _READ_ONLY, 0)
        for folder in folders:
            self._set(folder, 0, _NO_PROGRAMS, _READ_ONLY)
        # The working directory is still the folder below the one that was laid over it.
        os.chdir(os.getcwd())

    def _set(self, path: bytes, flags: int, added: int, taken: int) -> None:
        attributes = struct.pack("=QQQQ", added, taken, 0, 0)
        size = ctypes.c_size_t(len(attributes))
        self._called(self._libc.syscall(_MOUNT_SETATTR, _HERE, path, flags, attributes, size))

    def _called(self, answer: int) -> None:
        if answer < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
