"""Durations as words: "26h", "90d", "1h30m"; never bare numbers."""

from __future__ import annotations

import re
from datetime import timedelta

from guardian_agent.errors import DecodeError

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
# Few processes read durations: `re` compiles these at their first use.
_DURATION = r"(?:[0-9]{1,6}[wdhms]){1,5}"
_PART = r"([0-9]{1,6})([wdhms])"


def parse_duration(text: str, path: str = "$") -> timedelta:
    """Return the duration that `text` says: weeks, days, hours, minutes, seconds ("1d12h").

    Raises:
        DecodeError: another form, or nothing at all.
    """
    if re.fullmatch(_DURATION, text, re.ASCII) is None:
        raise DecodeError('expected a duration in words, such as "26h" or "90d"', path)
    seconds = sum(int(count) * _UNITS[unit] for count, unit in re.findall(_PART, text, re.ASCII))
    if seconds == 0:
        raise DecodeError("a duration must be longer than nothing", path)
    return timedelta(seconds=seconds)


def spell_duration(duration: timedelta) -> str:
    """Return whole seconds as `parse_duration` reads them ("1d12h"); nothing at all is "0s"."""
    left, words = int(duration.total_seconds()), ""
    for unit in "dhms":
        count, left = divmod(left, _UNITS[unit])
        words += f"{count}{unit}" if count else ""
    return words or "0s"


def format_duration(duration: timedelta) -> str:
    """Say a duration for people in one unit, rounded down ("31 h", "3 d", "12 min", "-5 s")."""
    seconds = int(duration.total_seconds())
    if seconds < 0:
        return "-" + format_duration(-duration)
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 2 and minutes % 60:  # noqa: PLR2004
        return f"{minutes} min"
    if days < 3:  # noqa: PLR2004
        return f"{hours} h"
    return f"{days} d"
