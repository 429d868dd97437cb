"""A command and everything that descends from it, so that all of it can be ended.

Killing a process group misses a grandchild that left it (`setsid`), and a grandchild whose parent
died belongs to init, out of sight. While a command runs we are therefore the "child subreaper" of
our descendants (prctl(2)): whatever the command leaves behind becomes our own child, is found in
/proc and killed. What no kernel lets us end is a process in uninterruptible sleep (a dead NFS
server): after `_PATIENCE` seconds it is left to die by itself.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE = 2.0
_FIRST_NAP = 0.001
_LONGEST_NAP = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What some processes take together; `memory` in bytes, shared pages counted once."""

    processes: int
    memory: int


@contextmanager
def orphans_ended() -> Iterator[None]:
    """Adopt what the commands started inside leave behind, and kill it at the end."""
    earlier, adopted = _children(), _adopts()
    _adopt(on=True)
    try:
        yield
    finally:
        _end_strays(earlier)
        _adopt(on=adopted)  # a server in the background may still need it


def has_exited(process: subprocess.Popen[bytes]) -> bool:
    """Say whether `process` ended, without reaping it: its number stays its own until then."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait up to `seconds` for `process` to end, without reaping it; say whether it did."""
    end = time.monotonic() + seconds
    nap = _FIRST_NAP
    while not has_exited(process):
        if time.monotonic() >= end:
            return False
        time.sleep(nap)
        nap = min(2 * nap, _LONGEST_NAP)
    return True


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the process group that `process`, not yet reaped, leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def end_group(process: subprocess.Popen[bytes]) -> int:
    """Kill the whole group and return the exit status, negative for a signal."""
    signal_group(process, signal.SIGKILL)
    if wait(process, _PATIENCE):
        return process.wait()
    return -signal.SIGKILL


def end_those_at_home(folder: str) -> None:
    """Kill every process whose HOME lies below `folder`, as far as we may see and end them."""
    home = b"HOME=" + os.fsencode(folder.rstrip("/")) + b"/"
    for number in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
        # A process of another user keeps its environment to itself; one that ended has none.
        with suppress(OSError), open(f"/proc/{number}/environ", "rb") as file:
            if any(word.startswith(home) for word in file.read().split(b"\0")):
                os.kill(number, signal.SIGKILL)


def taken() -> Taken:
    """Return what all our descendants together take now."""
    processes = memory = shared = 0
    waiting = list(_children())
    while waiting:
        number = waiting.pop()
        waiting += _children(number)
        processes += 1
        own, common = _memory(number)
        memory += own
        shared = max(shared, common)
    return Taken(processes=processes, memory=memory + shared)


def _memory(number: int) -> tuple[int, int]:
    """Return the bytes of a process's own memory, and of what it may share with others."""
    try:
        with open(f"/proc/{number}/statm", "rb") as file:
            _, resident, shared, *_ = (int(word) * _PAGE for word in file.read().split())
    except (OSError, ValueError):  # it ended meanwhile
        return 0, 0
    return resident - shared, shared


def _adopts() -> bool:
    state = ctypes.c_int()
    ctypes.CDLL(None).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(state), 0, 0, 0)
    return bool(state.value)


def _adopt(*, on: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def _end_strays(earlier: set[int]) -> None:
    """Kill and reap our new children until there are none; each death may show its children."""
    end = time.monotonic() + _PATIENCE
    while strays := _children() - earlier:
        for stray in strays:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(stray, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(stray, os.WNOHANG)
        if time.monotonic() >= end:
            return
        time.sleep(_FIRST_NAP)


def _children(parent: int | str = "self") -> set[int]:
    """Return the numbers of a process's children (none known where the kernel hides them)."""
    found: set[int] = set()
    with suppress(OSError):  # it ended meanwhile
        for task in os.listdir(f"/proc/{parent}/task"):
            with suppress(OSError), open(f"/proc/{parent}/task/{task}/children", "rb") as file:
                found.update(int(number) for number in file.read().split())
    return found
