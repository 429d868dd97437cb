"""`restore.time`: everything can be brought back within the time that was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence
from guardian.domain.recovered import good_tests
from guardian.domain.recovery_time import RecoveryTime, measured, reaches, recovery_time
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import date, lasting, later, nothing_known, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How long a whole restore may take (the recovery time objective).

    12 h is what AWS Backup Audit Manager asks for by default. What follows from a test older than
    `max_age` no longer bears, and growth past the limit is told `warn_ahead` before its date.
    """

    max_time: timedelta = timedelta(hours=12)
    warn_ahead: timedelta = timedelta(days=30)
    max_age: timedelta = timedelta(days=92)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """What certainly takes too long fails, however old; an estimate passes by its upper end."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None:
        return unknown(nothing_known(copy))
    allowed = settings.max_time.total_seconds()
    whole = measured(copy)
    if whole is not None and whole.lower_seconds > allowed:
        return fails(_said(whole, settings), since=_since(whole, allowed))
    time = recovery_time(copy, now, settings.max_age)
    if time is None:
        return unknown(_unknowable(copy))
    if time.lower_seconds > allowed:
        return fails(_said(time, settings), since=_since(time, allowed))
    due = later(time.test.ended_at, settings.max_age)
    if now > due:
        old = too_old(time.test.ended_at, now, settings.max_age)
        return unknown(f"{_said(time, settings)}; that test is {old}", since=due)
    if time.upper_seconds > allowed:
        return unknown(f"{_said(time, settings)}: only a full restore test can tell")
    return passes(f"{_said(time, settings)}{_ahead(time, copy, settings, now)}", due)


def _unknowable(copy: CopyEvidence) -> str:
    if not good_tests(copy):
        return "no verified restore test tells how long a restore takes"
    return "no restore test brought everything back, and none tells the size of the whole"


def _since(time: RecoveryTime, allowed: float) -> datetime | None:
    """Return since when it takes too long, where it did so when it was tested."""
    return time.test.ended_at if time.test.duration_seconds > allowed else None


def _said(time: RecoveryTime, settings: Settings) -> str:
    test = f"{time.test.test} test of {date(time.test.ended_at)}"
    agreed = f"{lasting(settings.max_time.total_seconds())} agreed"
    upper = lasting(time.upper_seconds)
    grown = f", now {time.grown:.3g} times as large" if time.grown > 1 else ""
    if time.measured:
        took = f"took {lasting(time.test.duration_seconds)}"
        return f"a whole restore {took} in the {test}{grown and f'{grown}: {upper}'}, {agreed}"
    lower = lasting(time.lower_seconds)
    between = upper if lower == upper else f"from {lower} to {upper}"
    return f"a whole restore takes {between}, estimated from the {test}{grown}, {agreed}"


def _ahead(time: RecoveryTime, copy: CopyEvidence, settings: Settings, now: datetime) -> str:
    breach = reaches(time, copy, settings.max_time)
    if breach is None or breach > later(now, settings.warn_ahead):
        return ""
    return f"; as it grows, it will take longer than that from about {breach:%Y-%m-%d} on"


CHECK = Check(
    control="restore.time",
    title="A restore is fast enough",
    why="A backup that takes days to come back leaves a business closed for as long.",
    remedy=(
        "Plan a full restore test to measure it; if it takes too long, restore from a nearer copy, "
        "split the backup set, or agree on a longer time."
    ),
    applies_to=Subject.COPY,
    severity=Severity.WARNING,
    settings=Settings,
    judge=judge,
)
