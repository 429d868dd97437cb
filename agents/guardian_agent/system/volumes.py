"""Places kept apart from the rest of the machine."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from guardian_agent.system.ports import Protections


class RealVolumes:
    """What this process may mount; see `Volumes`."""

    def apart(self, act: Callable[[], int]) -> int:
        """Return what `act` returns."""
        return act()

    @contextmanager
    def fixed(self, folder: str, size: int) -> Iterator[str | None]:
        """Give an empty file system of `size` bytes, or None where that is refused."""
        del folder, size
        yield None

    def give(self, path: str, user: str) -> None:
        """Let a folder belong to a user."""
        try:
            account = pwd.getpwnam(user)
        except KeyError:
            raise OSError(f"no user {user!r}") from None
        os.chown(path, account.pw_uid, account.pw_gid)

    def enters(self, path: str, user: str) -> bool:
        """Say whether everybody may pass through every folder on the way to `path`."""
        del user
        folder = os.path.dirname(path)
        while folder != "/":
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return False
            folder = os.path.dirname(folder)
        return True

    def protections(self) -> Protections:
        """Say what can be kept apart here."""
        root = os.geteuid() == 0
        return Protections(landlock=0, fixed_size=False, other_user=root, no_network=False)
