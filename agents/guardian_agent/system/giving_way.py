"""Let everybody else go first: at the processor, and at the disk.

The disk's part is asked of the kernel by number, as there is no C function for it (ioprio_set(2)).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_OF_A_PROCESS = 1
_SELF = 0
_IDLE = 3 << 13
_UNSET = 0
_NICE = 10


@contextmanager
def giving_way() -> Iterator[None]:
    """Run the block with low priority; what the machine refuses stays as it is.

    An ordinary user's processor time stays low afterwards: only root may take that back.
    """
    before = os.getpriority(os.PRIO_PROCESS, _SELF)
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, _SELF, max(before, _NICE))
    is_idle = _disk_class(_IDLE)
    try:
        yield
    finally:
        if is_idle:
            _disk_class(_UNSET)
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, _SELF, before)


def _disk_class(wanted: int) -> bool:
    number = _IOPRIO_SET.get(os.uname().machine)
    if number is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.syscall(number, _OF_A_PROCESS, _SELF, wanted) == 0)
