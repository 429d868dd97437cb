"""Ports for servers that a test starts: nobody else gets them between the choice and the start.

A port that the kernel chose and that was let go again may be given away before the server
listens: to another test, or to any connection that leaves this machine. So these lie below
the kernel's own range, and one byte of a file, locked, says of each who holds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import random
import socket
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_LOWEST = 10_240
_KERNEL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_ours: set[int] = set()
"""A process's own locks never refuse it: what it holds already is told here."""


def reserve(count: int) -> list[int]:
    """Return ports of loopback that nobody uses, and that are this process's until it ends."""
    found = list(islice(_reserved(), count))
    if len(found) < count:
        raise RuntimeError(f"no {count} ports of loopback are free: see `ss -ltn`")
    return found


def reserve_one() -> int:
    """Return one port, as `reserve` does."""
    return reserve(1)[0]


def _reserved() -> Iterator[int]:
    candidates = list(range(_LOWEST, _highest()))
    random.SystemRandom().shuffle(candidates)
    return (port for port in candidates if _is_ours(port) and _is_unused(port))


def _highest() -> int:
    lowest_of_kernel = int(_KERNEL_RANGE.read_text().split()[0])
    return lowest_of_kernel if lowest_of_kernel > _LOWEST + 1_000 else 65_536


@functools.cache
def _locks(_process: int) -> int:
    """Return the locks' file, open until the process ends; a forked one opens it anew."""
    path = Path(tempfile.gettempdir()) / f"guardian-test-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _is_ours(port: int) -> bool:
    with contextlib.suppress(BlockingIOError, PermissionError):
        if port not in _ours:
            fcntl.lockf(_locks(os.getpid()), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            _ours.add(port)
            return True
    return False


def _is_unused(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        return True
    return False
