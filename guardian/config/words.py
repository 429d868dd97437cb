"""Texts that people wrote for people: names of clients, reasons of exemptions."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from guardian_agent.wire.duration import spell_duration
from guardian_agent.wire.encode import moment

from guardian.errors import ConfigError

MAX_NAME = 200
MAX_NOTE = 500
_DAYS_SAID_IN_HOURS = 3


def display_name(text: str, where: str) -> str:
    """Return a name in NFC; refuse an empty, long or unprintable one.

    Raises:
        ConfigError: at `where`.
    """
    return _words(text, where, MAX_NAME)


def note(text: str, where: str) -> str:
    """Return a reason or an owner in NFC; refuse an empty, long or unprintable one.

    Raises:
        ConfigError: at `where`.
    """
    return _words(text, where, MAX_NOTE)


def skeleton(name: str) -> str:
    """Return what two names share that a reader takes for one another: NFKC, case, spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def spelt(value: object) -> str:
    """Return a setting's value as the files spell it ("26h", "90d", "critical"), or "none"."""
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, timedelta):
        hours, rest = divmod(value, timedelta(hours=1))
        in_hours = rest == timedelta() and value.days < _DAYS_SAID_IN_HOURS and value.seconds
        return f"{hours}h" if in_hours else spell_duration(value)
    return str(value)


def _words(text: str, where: str, longest: int) -> str:
    normal = unicodedata.normalize("NFC", text).strip()
    if not normal:
        raise ConfigError(f"{where}: empty; write a text that people understand")
    if len(normal) > longest:
        raise ConfigError(f"{where}: {len(normal)} characters; at most {longest} are allowed")
    if not normal.isprintable():
        raise ConfigError(f"{where}: control or invisible characters are not allowed")
    return normal
