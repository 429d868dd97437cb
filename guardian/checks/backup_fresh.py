"""`backup.fresh`: a complete restore point is young enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import Listing
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, failed_look, later, nothing_known, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest complete restore point may be; 26 h leaves a daily job two hours."""

    max_age: timedelta = timedelta(hours=26)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge the newest point that counts by its own date, held down to when it was first seen."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    newest = copy.listing.newest_complete_at
    if newest is None:
        return _none_counts(copy.listing)
    due = later(newest, settings.max_age)
    said = "newest complete restore point is"
    if now > due:
        return fails(f"{said} {too_old(newest, now, settings.max_age)}", since=due)
    allowed = format_duration(settings.max_age)
    if copy.failed_listing is not None:
        last = f"the newest complete one known is {age(newest, now)} old, {allowed} allowed"
        return unknown(f"{failed_look(copy.failed_listing)}; {last}", due)
    return passes(f"{said} {age(newest, now)} old, {allowed} allowed", due)


def _none_counts(listing: Listing) -> Verdict:
    if not listing.points:
        return unknown(
            "the list of restore points is empty, which may also mean that the wrong place was "
            "listed: empty is not none"
        )
    future = sum(point.future for point in listing.points)
    partial = len(listing.points) - future
    faults = {"dated in the future": future, "incomplete": partial}
    said = ", ".join(f"{number} {fault}" for fault, number in faults.items() if number)
    return fails(f"no restore point counts: {said}", since=listing.received_at)


CHECK = Check(
    control="backup.fresh",
    title="The newest backup is fresh",
    why="What was made since the newest complete restore point is lost if the server is.",
    remedy="Look at the backup job on the server: is its timer enabled, how did its last run end?",
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
