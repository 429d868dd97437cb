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

from guardian_agent.system.landlock import Rules
from guardian_agent.system.ports import Confinement
from guardian_agent.system.seccomp import Filter
from guardian_agent.system.view import View

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNET = 0x40000000
_NICEST = 19
_OPEN_FILES = 4096

_KEPT_CAPABILITIES = frozenset(
    {
        0,  # CHOWN, and others that a tool needs to give files back as they were
        1,  # DAC_OVERRIDE
        2,  # DAC_READ_SEARCH
        3,  # FOWNER
        4,  # FSETID
        5,  # KILL
        6,  # SETGID
        7,  # SETUID
        31,  # SETFCAP
    }
)
"""Of root's powers; without SYS_ADMIN nothing can be mounted, without MKNOD no device be made."""
_CAPABILITIES = 64

_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30}
_IDLE_CLASS = 3 << 13
_THIS_PROCESS = 1


class Child:
    """Callable in the child; made by `prepared` in the parent."""

    def __init__(self, confinement: Confinement, rules: Rules) -> None:
        self._parent = os.getpid()
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._user = _account(confinement.user)
        self._network = confinement.network
        self._rules = rules
        self._view = View(confinement.writable)
        self._filter = Filter()
        memory = confinement.memory_bytes
        self._data = resource.RLIM_INFINITY if memory is None else memory
        self._ioprio = _IOPRIO_SET.get(os.uname().machine)

    @classmethod
    @contextmanager
    def prepared(cls, confinement: Confinement) -> Iterator[Child]:
        """Prepare it, and let go of what it took to."""
        rules = Rules(confinement.writable, network=confinement.network)
        try:
            yield cls(confinement, rules)
        finally:
            rules.close()

    def __call__(self) -> None:
        """Confine this process; an error keeps the command from starting."""
        alone = self._network or self._libc.unshare(_CLONE_NEWNET) == 0
        with suppress(OSError):  # not ours to do, or an old kernel: Landlock keeps what it can
            self._view.take_on()
        self._limit()
        self._drop_powers()
        self._libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        self._rules.take_on()
        if not alone:
            self._filter.take_on()
        self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._parent:  # it died before we could ask to be told
            os.kill(os.getpid(), signal.SIGKILL)

    def _limit(self) -> None:
        _at_most(resource.RLIMIT_CORE, 0)
        _at_most(resource.RLIMIT_NOFILE, _OPEN_FILES)
        _at_most(resource.RLIMIT_DATA, self._data)
        with suppress(OSError):
            os.nice(_NICEST)
        if self._ioprio is not None:
            self._libc.syscall(self._ioprio, _THIS_PROCESS, 0, _IDLE_CLASS)

    def _drop_powers(self) -> None:
        for capability in set(range(_CAPABILITIES)) - _KEPT_CAPABILITIES:
            self._libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        if self._user is not None:
            os.setgroups([])
            os.setresgid(self._user.pw_gid, self._user.pw_gid, self._user.pw_gid)
            os.setresuid(self._user.pw_uid, self._user.pw_uid, self._user.pw_uid)


def _account(user: str | None) -> pwd.struct_passwd | None:
    """Return whom to become: nobody else where we may not change users."""
    if user is None or os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(user)
    except KeyError:
        raise OSError(f"no user {user!r}") from None


def _at_most(limit: int, value: int) -> None:
    """Lower a limit; never raise one."""
    _, hard = resource.getrlimit(limit)
    lower = hard == resource.RLIM_INFINITY or value < hard
    if lower and value != resource.RLIM_INFINITY:
        resource.setrlimit(limit, (value, value))
