"""One central per store: an advisory lock on a file that names its holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from guardian.errors import StoreError

MAX_PID_BYTES = 32


class CentralLock:
    """Held from making it until `release`, or until the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            StoreError: another process has it.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, MAX_PID_BYTES).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreError(
                f"{path}: another central (process {holder or 'unknown'}) uses this store; "
                "stop it first"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next central have the store; the file stays, its lock is what counts."""
        os.close(self._descriptor)
