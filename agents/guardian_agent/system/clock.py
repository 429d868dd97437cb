"""The machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache

from guardian_agent.errors import StateError

_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class RealClock:
    """Wall time for people, boot time for deadlines."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one clock of the agent

    def monotonic(self) -> float:
        """Return seconds since boot, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        """Return 32 hexadecimal digits that change with each boot."""
        return _boot_id()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@cache
def _boot_id() -> str:
    try:
        with open(_BOOT_ID, encoding="ascii") as file:
            return file.read().strip().replace("-", "")
    except OSError as error:
        raise StateError(f"{_BOOT_ID}: {error.strerror}; the agent needs /proc") from error
