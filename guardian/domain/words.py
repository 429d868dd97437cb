"""Words and sums that checks share: ages, counts and reasons as people say them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.observations import Outcome, Reason

from guardian.domain.evidence import CopyEvidence, Failure

FAR = datetime.max.replace(tzinfo=UTC)
"""The end of the calendar: where a sum would leave it."""
LONGEST_SECONDS = 1e12
"""Longer than anything lasts; what an agent states beyond it is said as this."""
LEAST_PERCENT = 0.001
ANNOUNCED = timedelta(days=31)
"""How far ahead a change may be agreed to, as pauses may be long."""
SPELT = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
"""Engines of databases as their makers spell them."""
THOUSAND = 1000


def later(moment: datetime, span: timedelta, times: int = 1) -> datetime:
    """Return `moment` + `span` x `times`; total, so that no configured number breaks a check."""
    try:
        return moment + span * times
    except OverflowError:
        return FAR


def age(moment: datetime, now: datetime) -> str:
    """Say how long ago something was; what lies ahead was just now."""
    return format_duration(max(now - moment, timedelta()))


def too_old(moment: datetime, now: datetime, limit: timedelta) -> str:
    """Say that something is past its limit ("31 h old, 26 h allowed")."""
    old, allowed = format_duration(now - moment), format_duration(limit)
    over = f" ({format_duration(now - moment - limit)} over)" if old == allowed else ""
    return f"{old} old, {allowed} allowed{over}"


def date(moment: datetime) -> str:
    """Say a moment to the minute ("2026-11-21 07:00 UTC")."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"


def count(number: int, thing: str) -> str:
    """Say a number of things ("1 file", "12 files")."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def why(reason: Reason) -> str:
    """Say a reason in words ("wrong password")."""
    return reason.value.replace("_", " ")


def outcome(said: Outcome, reason: Reason) -> str:
    """Say how an attempt ended, with its reason where there is one ("failed: damaged")."""
    words = said.value.replace("_", " ")
    return words if reason is Reason.NONE else f"{words}: {why(reason)}"


def failed_look(failure: Failure) -> str:
    """Say that the newest look at a copy had no answer."""
    return f"the newest look at it failed ({failure.probe}: {why(failure.reason)})"


def nothing_known(copy: CopyEvidence | None) -> str:
    """Say that there is no evidence of a copy yet, and why if the agent told."""
    if copy is None or copy.failure is None:
        return "the agent has reported nothing of it yet"
    return f"nothing is known of it: {failed_look(copy.failure)}"


def settled_ahead(settled: datetime | None, heard_at: datetime) -> str | None:
    """Say that all is agreed to for so long after the newest word that nothing is watched."""
    if settled is None or settled <= later(heard_at, ANNOUNCED):
        return None
    return f"nothing is watched: every change is agreed to until {date(settled)}"


def engine(name: str) -> str:
    """Say an engine as its makers spell it ("PostgreSQL"); one that is not known as it stands."""
    return SPELT.get(name, name)


def exactly(share: float) -> str:
    """Say a share as it was agreed ("1 %", "95 %")."""
    return f"{share * 100:g} %"


def fewer_than(share: float) -> str:
    """Say an upper bound in two digits, rounded up, so that it stays one ("fewer than 7.3 %")."""
    if share <= 0:
        return "none"
    number = max(share * 100, LEAST_PERCENT)
    scale = 10.0 ** (1 - math.floor(math.log10(number)))
    # What a float lost in its last digits must not count as a tenth more.
    exact = round(number * scale, 6)
    shown = math.ceil(exact)
    return f"{'fewer than' if exact < shown else 'at most'} {shown / scale:g} %"


def at_least(part: int, whole: int) -> str:
    """Say how much of a whole is done, rounded down, so that only all of it is 100 %."""
    return f"{min(part, whole) * 100 // whole if whole > 0 else 0} %"


def span(seconds: float) -> timedelta:
    """Return seconds as a span; total, so that no stated number breaks a check."""
    return timedelta(seconds=min(seconds, LONGEST_SECONDS))


def lasting(seconds: float) -> str:
    """Say how long something takes in its two largest units ("3 h 20 min", "41 s")."""
    whole = int(span(seconds).total_seconds())
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if days > 1:
        return _two(days, "d", hours % 24, "h")
    if hours:
        return _two(hours, "h", minutes % 60, "min")
    if minutes:
        return _two(minutes, "min", whole % 60, "s")
    return f"{whole} s" if whole else "under a second"


def _two(first: int, unit: str, second: int, smaller: str) -> str:
    return f"{first} {unit} {second} {smaller}" if second else f"{first} {unit}"


def size(count: int) -> str:
    """Say a number of bytes in decimal units, as storage is sold ("1.2 GB")."""
    number = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if number < THOUSAND:
            return f"{number:.3g} {unit}"
        number /= THOUSAND
    return f"{number:,.3g} PB"


def many(number: int, thing: str) -> str:
    """Say a large number of things ("12,345 files")."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
