"""The machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
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

    def zone(self) -> tzinfo:
        """Return the server's own time zone, its changes of the clock included."""
        return _LocalZone()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class _LocalZone(tzinfo):
    """Whatever the C library says is local time: no name of it and no table is needed."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else _local(moment).utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        del moment  # the C library tells the whole offset alone
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else _local(moment).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        found = moment.replace(tzinfo=UTC).astimezone()
        wall = found.replace(tzinfo=self)
        return wall if wall.utcoffset() == found.utcoffset() else wall.replace(fold=1)


def _local(wall: datetime) -> datetime:
    return wall.replace(tzinfo=None).astimezone()


@cache
def _boot_id() -> str:
    try:
        with open(_BOOT_ID, encoding="ascii") as file:
            return file.read().strip().replace("-", "")
    except OSError as error:
        raise StateError(f"{_BOOT_ID}: {error.strerror}; the agent needs /proc") from error
