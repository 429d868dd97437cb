"""Do something in a mount and a PID namespace of its own, so that the kernel cleans up after it.

Three processes: we wait; a second one makes the namespaces and waits too; the third is the first
of the new PID namespace and does the work. When it ends, however it ends, the kernel ends every
process below it and takes down every mount it made. When one of the others is killed, the next
dies with it. Where the kernel refuses (no root, a container), the work is done right here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from guardian_agent.system.relaying import ALL, signals_passed_on

_CLONE_NEWNS = 0x00020000
_CLONE_NEWPID = 0x20000000
_MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8
_MS_REC = 16384
_MS_SLAVE = 1 << 19
_PR_SET_PDEATHSIG = 1
_SIGNAL_BASE = 128
_READY = b"+"

_libc = ctypes.CDLL(None, use_errno=True)


def do_apart(act: Callable[[], int]) -> int | None:
    """Return what `act` returned (128 and a signal's number when killed); None: not even begun."""
    sys.stdout.flush()
    sys.stderr.flush()
    heard, told = os.pipe()
    with signals_passed_on(ALL) as relay:
        # Held back until each process has its own handlers, so that none is lost on the way.
        signal.pthread_sigmask(signal.SIG_BLOCK, ALL)
        second = os.fork()
        if second == 0:
            _never_return(lambda: _make_namespaces(act, told))
        os.close(told)
        relay.aim(second)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ALL)
        begun = os.read(heard, 1) == _READY
        os.close(heard)
        status = _wait(second)
    return status if begun else None


def can_be_apart() -> bool:
    """Say whether the kernel lets us."""
    return os.geteuid() == 0 and do_apart(lambda: 0) == 0


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount; raise `OSError`."""
    words = (source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())
    if _libc.mount(*words) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mount: {os.strerror(number)}", target)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let TERM and HUP unwind what was begun, as INT does, so that nothing is left behind."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    earlier = {number: signal.getsignal(number) for number in numbers}
    taken = [number for number in numbers if earlier[number] is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, earlier[number])


def _end(number: int, _: object) -> None:
    sys.exit(_SIGNAL_BASE + number)


def _make_namespaces(act: Callable[[], int], told: int) -> int:
    """Be the second process."""
    parent = os.getppid()
    os.setsid()  # the terminal speaks to the first one only, which passes it on
    die_with_parent()
    if os.getppid() != parent:
        return 1
    if _libc.unshare(_CLONE_NEWNS | _CLONE_NEWPID) < 0:
        return 1
    alive, held = os.pipe()
    with signals_passed_on(ALL) as relay:
        third = os.fork()
        if third == 0:
            os.close(held)
            _never_return(lambda: _work(act, told, alive))
        os.close(told)
        relay.aim(third)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ALL)
        return _wait(third)


def _work(act: Callable[[], int], told: int, alive: int) -> int:
    """Be the third process, number 1 of its namespace."""
    die_with_parent()
    os.set_blocking(alive, False)
    try:
        os.read(alive, 1)
    except BlockingIOError:
        pass  # the second process holds the other end: it lives
    else:
        return 1
    try:
        # What the machine mounts meanwhile is seen here; what is mounted here stays here.
        mount("none", "/", "", _MS_REC | _MS_SLAVE)
        mount("proc", "/proc", "proc", _MS_NOSUID_NODEV_NOEXEC)
    except OSError:
        return 1
    for number in ALL:
        handler = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
    os.write(told, _READY)
    os.close(told)
    with ended_in_order():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ALL)
        return act()


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that made it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _wait(child: int) -> int:
    """Return the exit status of a child as a shell would."""
    _, state = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(state)
    return status if status >= 0 else _SIGNAL_BASE - status


def _never_return(act: Callable[[], int]) -> None:
    """End this process with the status that `act` returns: its caller belongs to another one."""
    status = 1
    try:
        status = act()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        status = _SIGNAL_BASE + signal.SIGINT
    except BaseException:  # noqa: BLE001 - nobody above would tell of it
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status & 0xFF)
