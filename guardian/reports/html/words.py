"""How the report says times, spans, shares and names; it rounds against the provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from guardian.months import visible
from guardian.reports.html.leaves import MONTHS


def finalize(value: object) -> object:
    """Return what a template may write: markup of its own, or visible text.

    Jinja passes every expression through here, so no text reaches the page another way.
    """
    return value if isinstance(value, Markup) else visible(str(value))


def month(moment: datetime) -> str:
    """Say a month ("November 2026")."""
    return f"{MONTHS[moment.month - 1]} {moment.year}"


def day(moment: datetime) -> str:
    """Say a day ("21 Nov 2026")."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"


def clock(moment: datetime) -> str:
    """Say a moment to the minute ("21 Nov 2026, 07:00")."""
    moment = moment.astimezone(UTC)
    return f"{day(moment)}, {moment.hour:02}:{moment.minute:02}"


def span(length: timedelta) -> str:
    """Say a length of time in its two largest units, rounded down ("2 days 4 h", "41 s")."""
    seconds = int(length.total_seconds())
    if seconds < 1:
        return "under a second" if seconds == 0 else f"-{span(-length)}"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return _two(f"{days} {'day' if days == 1 else 'days'}", hours % 24, "h")
    if hours:
        return _two(f"{hours} h", minutes % 60, "min")
    if minutes:
        return _two(f"{minutes} min", seconds % 60, "s")
    return f"{seconds} s"


def _two(first: str, count: int, unit: str) -> str:
    return f"{first} {count} {unit}" if count else first


def share_down(part: float, whole: float) -> str:
    """Say a good share, rounded down: 99.99 % is 99.9 %, and only all of it is 100 %."""
    return _percent(_tenths(part, whole))


def share_up(part: float, whole: float) -> str:
    """Say a bad share, rounded up: a second of failing is 0.1 %, and only none is 0 %."""
    tenths = _tenths(part, whole)
    exact = part <= 0 or tenths * whole >= part * 1000
    return _percent(tenths if exact else tenths + 1)


def _tenths(part: float, whole: float) -> int:
    return int(part * 1000 // whole) if whole > 0 else 0


def _percent(tenths: int) -> str:
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest} %" if rest or 0 < tenths < 1000 else f"{whole} %"  # noqa: PLR2004


def count(number: int, thing: str, many: str | None = None) -> str:
    """Say a number of things ("1 copy", "3 copies")."""
    return f"{number} {thing if number == 1 else many or thing + 's'}"


def plain(text: str) -> str:
    """Take the marks of code out of a sentence that was written for operators."""
    return text.replace("`", "")


def sentence(text: str) -> str:
    """Begin a reason with a capital letter, without the marks of code."""
    text = plain(text)
    return text[:1].upper() + text[1:]


def place(server: str, backup_set: str | None, copy: str | None) -> str:
    """Say where a finding is ("web1, files, copy local")."""
    parts = [server]
    if backup_set is not None:
        parts.append(backup_set)
    if copy is not None:
        parts.append(f"copy {copy}")
    return ", ".join(parts)
