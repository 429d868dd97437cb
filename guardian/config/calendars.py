"""What the expressions of schedules mean: cron by cronsim, systemd's calendars by oncalendar.

Both are evaluated in the server's zone, as its own scheduler does it:

- cron runs a job that a change of the clocks left out right after it, and one whose time comes
  twice once; jobs of every hour, or every other, follow the clock on the wall;
- a systemd timer leaves out what the change leaves out: such a day asks for nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from oncalendar import OnCalendarError, TzIterator

from guardian.errors import ConfigError

CRON_FIELDS = 5
LONGEST_EXPRESSION = 200
SHORTEST_GAP = timedelta(minutes=5)
"""Nobody backs up more often by a schedule, and a day's slots are kept."""
DAY = timedelta(days=1)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""No backup is older; a tool without a date may say any."""
SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)
"""Any day will do: what has no slot from here on is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCalendar:
    """The slots of schedules in one zone of the IANA database."""

    zone: str

    def after(self, expression: str, moment: datetime) -> datetime | None:
        """Return the first slot after `moment`, in UTC; None where there is none any more."""
        moment = max(moment.astimezone(UTC), EARLIEST)
        try:
            slots = _of_day(expression, self.zone, moment.date().toordinal())
        except OverflowError:  # the calendar ends before it comes
            return None
        place = bisect_right(slots, moment)
        return slots[place] if place < len(slots) else None


def check_expression(expression: str, where: str) -> None:
    """Refuse what is no schedule.

    Raises:
        ConfigError: at `where`, with what was expected.
    """
    if len(expression) > LONGEST_EXPRESSION:
        raise ConfigError(f"{where}: longer than {LONGEST_EXPRESSION} characters")
    try:
        first, second = islice(_slots(expression, "UTC", SOME_DAY), 2)
    except (CronSimError, OnCalendarError, OSError) as error:
        raise ConfigError(
            f"{where}: {expression!r} is no schedule: {error}; {_expected()}"
        ) from None
    except ValueError:
        raise ConfigError(f"{where}: {expression!r} comes once or never; {_expected()}") from None
    if second - first < SHORTEST_GAP:
        raise ConfigError(f"{where}: {expression!r} comes more often than every 5 minutes")


def _expected() -> str:
    return 'expected a cron line ("0 2 * * *") or a systemd calendar ("Mon..Fri 02:30")'


@lru_cache(maxsize=4096)
def _of_day(expression: str, zone: str, ordinal: int) -> tuple[datetime, ...]:
    """Return the slots of a day (UTC) and the first one after it.

    Where the clocks change within it, slots are looked for anew from the next whole hour on the
    wall: cronsim loses those of every so many hours behind a change by half an hour.
    """
    start = datetime.fromordinal(ordinal).replace(tzinfo=UTC)
    found: set[datetime] = set()
    for moment in (start, *_change(ZoneInfo(zone), start)):
        for slot in _slots(expression, zone, moment - timedelta(microseconds=1)):
            found.add(slot)
            if slot >= start + DAY:
                break
    return tuple(sorted(found))


def _change(zone: ZoneInfo, start: datetime) -> Iterator[datetime]:
    """Yield the first whole hour after a zone's clocks change within a day, if they do."""
    before, after = start, start + DAY
    offset = before.astimezone(zone).utcoffset()
    if offset == after.astimezone(zone).utcoffset():
        return
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        is_before = middle.astimezone(zone).utcoffset() == offset
        before, after = (middle, after) if is_before else (before, middle)
    change = after.replace(microsecond=0)
    wall = change.astimezone(zone)
    past = timedelta(minutes=wall.minute, seconds=wall.second)
    yield change + (timedelta(hours=1) - past if past else past)


def _slots(expression: str, zone: str, moment: datetime) -> Iterator[datetime]:
    """Yield the slots from `moment` on, in UTC and in their order.

    Both packages count on the wall's clock: where that was put back, what they give first may lie
    before the moment asked about.
    """
    start = moment.astimezone(ZoneInfo(zone))
    is_cron = len(expression.split()) == CRON_FIELDS and ":" not in expression
    times = CronSim(expression, start) if is_cron else TzIterator(expression, start)
    newest = moment
    for each in times:
        slot = each.astimezone(UTC)
        if slot > newest:
            newest = slot
            yield slot
