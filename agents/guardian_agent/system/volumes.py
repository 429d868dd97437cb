"""Places kept apart from the rest of the machine."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from guardian_agent.system import family
from guardian_agent.system.ports import Protections

MOUNT_POINT = "/run/guardian-agent-restore"
"""An empty folder; in each test's own namespace its room is mounted there."""

_PASSABLE = 0o711


class RealVolumes:
    """What this process may mount; see `Volumes`."""

    def __init__(self) -> None:
        self._apart = False

    def apart(self, act: Callable[[], int]) -> int:
        """Return what `act` returns; what it mounts and starts ends with it.

        Here, where namespaces are refused, TERM and HUP still let it tidy up.
        """
        from guardian_agent.system import apart

        if os.geteuid() == 0:
            status = apart.do_apart(lambda: self._enter(act))
            if status is not None:
                return status
        with apart.ended_in_order():
            return act()

    def _enter(self, act: Callable[[], int]) -> int:
        from guardian_agent.system import fixed_size

        self._apart = _own_folder(MOUNT_POINT) and fixed_size.sealed(MOUNT_POINT)
        return act()

    @contextmanager
    def fixed(self, folder: str, size: int) -> Iterator[str | None]:
        """Give an empty file system of `size` bytes, or None where that is refused."""
        from guardian_agent.system import fixed_size

        if not self._apart or not fixed_size.mounted(folder, size, MOUNT_POINT):
            yield None
            return
        try:
            yield MOUNT_POINT
        finally:
            fixed_size.unmount(MOUNT_POINT)

    def vacate(self, folder: str) -> None:
        """End every process whose HOME lies below `folder`."""
        family.end_those_at_home(folder)

    def give(self, path: str, user: str) -> None:
        """Let a folder, and all in it, belong to a user, following no link.

        Raises:
            OSError: there is no such user, or a file has other names, maybe elsewhere.
        """
        try:
            account = pwd.getpwnam(user)
        except KeyError:
            raise OSError(f"no user {user!r}") from None
        waiting = [path]
        while waiting:
            folder = waiting.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        _give(entry, account)
            os.lchown(folder, account.pw_uid, account.pw_gid)

    def knows(self, user: str) -> bool:
        """Say whether there is such a user."""
        return self.number(user) is not None

    def number(self, user: str) -> int | None:
        """Return the number of a user, None where there is no such user."""
        try:
            return pwd.getpwnam(user).pw_uid
        except KeyError:
            return None

    def enters(self, path: str, user: str) -> bool:
        """Say whether every user may pass through every folder on the way to `path`."""
        del user
        folder = os.path.dirname(path)
        while folder != "/":
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return False
            folder = os.path.dirname(folder)
        return True

    def protections(self) -> Protections:
        """Say what can be kept apart here, by trying it."""
        from guardian_agent.system import apart, fixed_size, landlock, seccomp

        return Protections(
            landlock=landlock.version(),
            fixed_size=fixed_size.can_be_made() and apart.can_be_apart(),
            other_user=os.geteuid() == 0,
            no_network=os.geteuid() == 0 or seccomp.Filter().known,
        )


def _own_folder(path: str) -> bool:
    """Make the folder, and say whether it is a folder that nobody but root can have made."""
    try:
        os.mkdir(path, _PASSABLE)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = os.lstat(path)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022


def _give(entry: os.DirEntry[str], account: pwd.struct_passwd) -> None:
    if entry.stat(follow_symlinks=False).st_nlink > 1:
        raise OSError(f"{entry.path}: has another name, which may lie elsewhere")
    os.lchown(entry.path, account.pw_uid, account.pw_gid)
