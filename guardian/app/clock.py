"""Central's one clock, and its one source of unpredictable bytes."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock as `guardian.ports.Clock`."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()


class SystemRandomness:
    """The kernel's randomness as `guardian.ports.Randomness`."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes fit for keys and tokens."""
        return secrets.token_bytes(count)
