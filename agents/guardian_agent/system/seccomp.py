"""Keep a process from every network by a filter of its system calls (seccomp(2)).

For where no network namespace is allowed. Sockets of the machine itself (AF_UNIX) stay; all others
cannot be made, nor may io_uring be set up, which makes sockets without a call that a filter sees.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000
_IO_URING_SETUP = 425
_AF_UNIX = 1
_FOREIGN_CALLS = 0x40000000
"""Calls from here on are of the x32 interface, whose numbers are others."""

_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198), "riscv64": (0xC00000F3, 198)}
"""By machine: the architecture's number in audit.h, and that of socket(2)."""

_LOAD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_AT_LEAST = 0x35
_RETURN = 0x06
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data, on a little-endian machine."""


class Filter:
    """A filter, made by a parent and taken on by its child; `known` on machines it fits."""

    def __init__(self) -> None:
        machine = _SOCKET.get(os.uname().machine)
        self.known = machine is not None
        program = b"" if machine is None else _program(*machine)
        self._program = ctypes.create_string_buffer(program, len(program))
        # struct sock_fprog: a count, padding, and where the instructions lie.
        self._pointer = struct.pack("=HxxxxxxQ", len(program) // 8, ctypes.addressof(self._program))
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl

    def take_on(self) -> None:
        """Give up the network for ever; needs `no_new_privs` before. Raises `OSError`."""
        if self.known and self._prctl(_PR_SET_SECCOMP, _MODE_FILTER, self._pointer, 0, 0) < 0:
            raise OSError(ctypes.get_errno(), "seccomp: the kernel refused the filter")


def _program(architecture: int, socket: int) -> bytes:
    """Return BPF instructions: (what, jump if true, jump if false, operand)."""
    absent = _REFUSE | errno.ENOSYS
    steps = (
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, 8, architecture),
        (_LOAD, 0, 0, _CALL),
        (_JUMP_IF_AT_LEAST, 6, 0, _FOREIGN_CALLS),
        (_JUMP_IF_EQUAL, 5, 0, _IO_URING_SETUP),
        (_JUMP_IF_EQUAL, 0, 2, socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 1, _AF_UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, absent),
    )
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
