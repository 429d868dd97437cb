"""What a confined command's process does to itself before it becomes the command.

It runs between fork and exec: everything that can be looked up is looked up before.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from guardian_agent.system.ports import Confinement

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_NICEST = 19
_OPEN_FILES = 4096


class Child:
    """Callable in the child; made by `prepared` in the parent."""

    def __init__(self, confinement: Confinement) -> None:
        self._parent = os.getpid()
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._user = _account(confinement.user)
        memory = confinement.memory_bytes
        self._data = resource.RLIM_INFINITY if memory is None else memory

    @classmethod
    @contextmanager
    def prepared(cls, confinement: Confinement) -> Iterator[Child]:
        """Prepare it, and let go of what it took to."""
        yield cls(confinement)

    def __call__(self) -> None:
        """Confine this process; an error keeps the command from starting."""
        _at_most(resource.RLIMIT_CORE, 0)
        _at_most(resource.RLIMIT_NOFILE, _OPEN_FILES)
        _at_most(resource.RLIMIT_DATA, self._data)
        with suppress(OSError):
            os.nice(_NICEST)
        if self._user is not None:
            os.setgroups([])
            os.setresgid(self._user.pw_gid, self._user.pw_gid, self._user.pw_gid)
            os.setresuid(self._user.pw_uid, self._user.pw_uid, self._user.pw_uid)
        self._prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._parent:  # it died before we could ask to be told
            os.kill(os.getpid(), signal.SIGKILL)


def _account(user: str | None) -> pwd.struct_passwd | None:
    """Return whom to become: nobody else where we may not change users."""
    if user is None or os.geteuid() != 0:
        return None
    return pwd.getpwnam(user)


def _at_most(limit: int, value: int) -> None:
    """Lower a limit; never raise one."""
    _, hard = resource.getrlimit(limit)
    lower = hard == resource.RLIM_INFINITY or value < hard
    if lower and value != resource.RLIM_INFINITY:
        resource.setrlimit(limit, (value, value))
