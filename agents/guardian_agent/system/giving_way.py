"""Let everybody else go first: at the processor, and at the disk.

The disk's part is asked of the kernel by number, as there is no C function for it (ioprio_set(2)).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SET_AND_GET = {"x86_64": (251, 252), "aarch64": (30, 31)}
_OF_A_PROCESS = 1
_SELF = 0
_IDLE = 3 << 13
_NICE = 10


@contextmanager
def giving_way() -> Iterator[None]:
    """Run the block with low priority; what the machine refuses stays as it is.

    An ordinary user's processor time stays low afterwards: only root may take that back.
    """
    nice, disk = os.getpriority(os.PRIO_PROCESS, _SELF), _disk()
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, _SELF, max(nice, _NICE))
    _set_disk(_IDLE)
    try:
        yield
    finally:
        _set_disk(disk)
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, _SELF, nice)


def _disk() -> int:
    """Return this process's class and level at the disk; below 0 where that is not known."""
    numbers = _SET_AND_GET.get(os.uname().machine)
    return -1 if numbers is None else _called(numbers[1], _OF_A_PROCESS, _SELF)


def _set_disk(wanted: int) -> None:
    numbers = _SET_AND_GET.get(os.uname().machine)
    if numbers is not None and wanted >= 0:
        _called(numbers[0], _OF_A_PROCESS, _SELF, wanted)


def _called(number: int, *arguments: int) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
