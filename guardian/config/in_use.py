"""Whether a server is in use, and how long it may be silent; with reasons and owners."""

from __future__ import annotations

from datetime import timedelta

from guardian.config.pauses import midnight
from guardian.config.schema import ServerTable
from guardian.config.words import note
from guardian.domain.lifecycle import Aside, State
from guardian.errors import ConfigError

LONGEST_PARKED = timedelta(days=366)
SILENCE = timedelta(days=14)
"""Of a server that is not always on, where nothing else is agreed."""
LONGEST_SILENCE = timedelta(days=92)
OFTEN = timedelta(hours=2)
"""An agent that speaks less often cannot show when its machine was on."""


def read_aside(table: ServerTable, zone: str, where: str) -> Aside | None:
    """Return since when and why a server is parked or retired; None: it is in use.

    Raises:
        ConfigError: put aside without a day, a reason or an owner; parked without an end.
    """
    given = {"since": table.since, "until": table.until, "reason": table.reason}
    if table.state is State.ACTIVE:
        told = [key for key, value in {**given, "owner": table.owner}.items() if value is not None]
        if told:
            raise ConfigError(f"{where}: `{told[0]}` goes with `state`, and the server is active")
        return None
    if table.since is None or table.reason is None or table.owner is None:
        raise ConfigError(f"{where}: a {table.state} server needs `since`, `reason` and `owner`")
    _check_end(table, where)
    return Aside(
        state=table.state,
        since=midnight(table.since, zone),
        reason=note(table.reason, f"{where}: reason"),
        owner=note(table.owner, f"{where}: owner"),
        until=None if table.until is None else midnight(table.until, zone),
    )


def read_silence(table: ServerTable, where: str) -> timedelta | None:
    """Return how long a server that is not always on may be silent; None: it is always on.

    Raises:
        ConfigError: a silence of a server that is always on, too long, or an agent too quiet.
    """
    if table.usually_on:
        if table.longest_silence is not None:
            raise ConfigError(f"{where}: `longest_silence` goes with `usually_on = false`")
        return None
    if table.interval > OFTEN:
        raise ConfigError(f"{where}: a server that is not always on needs an interval up to 2h")
    silence = table.longest_silence or SILENCE
    if silence > LONGEST_SILENCE:
        raise ConfigError(f"{where}: longest_silence: at most {LONGEST_SILENCE.days}d; or park it")
    return silence


def _check_end(table: ServerTable, where: str) -> None:
    if table.state is State.RETIRED:
        if table.until is not None:
            raise ConfigError(f"{where}: a retired server does not come back; or park it")
        return
    if table.until is None or table.since is None or table.until <= table.since:
        raise ConfigError(f"{where}: a parked server needs `until`, a day after `since`")
    if table.until - table.since > LONGEST_PARKED:
        raise ConfigError(f"{where}: parked for more than a year; retire it")
