"""The machine's unpredictable bytes."""

from __future__ import annotations

import os


class RealRandomness:
    """Bytes from the kernel."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes fit for keys."""
        return os.urandom(count)
