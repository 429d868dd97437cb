"""Holidays and maintenance: times in which nobody expects a run, with a reason and an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from guardian_agent.wire.names import Name

from guardian.config.schema import ClientFile, HolidayTable, MaintenanceTable, ServerTable
from guardian.config.words import note
from guardian.domain.calendar import Pause
from guardian.domain.lifecycle import Aside
from guardian.errors import ConfigError

LONGEST_PAUSE = timedelta(days=31)
"""Who is away for longer parks the server."""
ONE_DAY = timedelta(days=1)


def read_pauses(file: ClientFile, server: ServerTable, zone: str, where: str) -> tuple[Pause, ...]:
    """Return one server's pauses in their order.

    Args:
        file: the client's file.
        server: the server's table in it.
        zone: the server's time zone, in which holidays begin and end.
        where: the file's name, for messages.

    Raises:
        ConfigError: a pause without an end after its beginning, too long, or over another.
    """
    found = sorted(_pauses(file, server.id, zone, where), key=lambda pause: pause.starts)
    for one, other in pairwise(found):
        if other.starts < one.ends:
            raise ConfigError(
                f"{where}: two pauses of {server.id} overlap: one ends {one.ends}, another begins "
                f"{other.starts}; make one of them"
            )
    _check_together(found, f"{where}: pauses of {server.id}")
    return tuple(found)


def _check_together(pauses: Sequence[Pause], where: str) -> None:
    """Refuse what is longer in several pieces than one pause may be."""
    began: dict[datetime, datetime] = {}
    for pause in pauses:
        began[pause.ends] = began.get(pause.starts, pause.starts)
        _check_length(began[pause.ends], pause.ends, f"{where}, one behind the other")


def _check_length(starts: datetime, ends: datetime, where: str) -> None:
    if ends - starts > LONGEST_PAUSE + ONE_DAY:
        raise ConfigError(f"{where}: longer than {LONGEST_PAUSE.days} days; park the server")


def beside(pauses: Sequence[Pause], aside: Aside | None) -> tuple[Pause, ...]:
    """Return a server's pauses with the time in which it is parked, which is one too.

    When it comes back, what it missed meanwhile was not expected; what the other pauses say of that
    time says nothing more.
    """
    if aside is None or aside.until is None:
        return tuple(pauses)
    parked = Pause(
        starts=aside.since,
        ends=aside.until,
        reason=aside.reason,
        owner=aside.owner,
        holds_alarms=True,
        words="parked",
    )
    before = (replace(each, ends=min(each.ends, parked.starts)) for each in pauses)
    after = (replace(each, starts=max(each.starts, parked.ends)) for each in pauses)
    found = [each for each in (*before, *after) if each.starts < each.ends]
    return tuple(sorted((*found, parked), key=lambda each: each.starts))


def check_named(file: ClientFile, where: str) -> None:
    """Refuse a pause of a server that is not there.

    Raises:
        ConfigError: with the name.
    """
    known = {server.id for server in file.server}
    tables: Sequence[HolidayTable | MaintenanceTable] = (*file.holiday, *file.maintenance)
    for name in (name for table in tables for name in table.servers):
        if name not in known:
            there = ", ".join(sorted(known))
            raise ConfigError(f"{where}: a pause names no server {name!r}; there are: {there}")


def midnight(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins in a zone, in UTC."""
    try:
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:  # the first day of all begins before it east of Greenwich
        return datetime.min.replace(tzinfo=UTC)


def _pauses(file: ClientFile, server: Name, zone: str, where: str) -> Iterator[Pause]:
    for number, holiday in enumerate(file.holiday):
        if _is_about(server, holiday.servers):
            yield _holiday(holiday, zone, f"{where}: at $.holiday[{number}]")
    for number, window in enumerate(file.maintenance):
        if _is_about(server, window.servers):
            yield _maintenance(window, f"{where}: at $.maintenance[{number}]")


def _is_about(server: Name, servers: Iterable[Name]) -> bool:
    named = tuple(servers)
    return not named or server in named


def _holiday(table: HolidayTable, zone: str, where: str) -> Pause:
    last = table.last or table.first
    if not date.min < last < date.max:
        raise ConfigError(f"{where}: last: out of the calendar")
    return _pause(table, midnight(table.first, zone), midnight(last + ONE_DAY, zone), where)


def _maintenance(table: MaintenanceTable, where: str) -> Pause:
    return _pause(table, table.starts, table.ends, where)


def _pause(
    table: HolidayTable | MaintenanceTable, starts: datetime, ends: datetime, where: str
) -> Pause:
    if ends <= starts:
        raise ConfigError(f"{where}: ends before it begins")
    _check_length(starts, ends, where)
    is_work = isinstance(table, MaintenanceTable)
    return Pause(
        starts=starts,
        ends=ends,
        reason=note(table.reason, f"{where}: reason"),
        owner=note(table.owner, f"{where}: owner"),
        holds_alarms=is_work,
        words="maintenance" if is_work else "no runs",
    )
