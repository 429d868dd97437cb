"""`backup.vanished`: restore points do not disappear while they are young."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence, Listing, VanishedPoint
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import count, date, failed_look, later, nothing_known, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How long every restore point must be kept, and how old the newest list may be."""

    keep: timedelta = timedelta(days=7)
    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge by the time of the newest list: a missing point is excused by a list, not by age."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    listing = copy.listing
    gone = _too_young(copy, listing, settings)
    if gone:
        return _gone(gone, settings)
    if not listing.points:
        return _empty(copy)
    due = later(listing.dated, settings.max_age)
    if copy.failed_listing is not None:
        return unknown(f"{failed_look(copy.failed_listing)}; {_none_before(listing)}")
    if now > due:
        old = too_old(listing.dated, now, settings.max_age)
        return unknown(f"the newest list of restore points is {old}", since=due)
    return passes(f"{count(listing.total, 'restore point')} listed; {_none_before(listing)}", due)


def _too_young(copy: CopyEvidence, listing: Listing, settings: Settings) -> list[VanishedPoint]:
    """Return the points that should still be there; future-dated ones never counted."""
    return [
        point
        for point in copy.vanished
        if not point.future and listing.received_at < later(point.counted_at, settings.keep)
    ]


def _gone(gone: list[VanishedPoint], settings: Settings) -> Verdict:
    newest = max(point.counted_at for point in gone)
    points, keep = count(len(gone), "restore point"), format_duration(settings.keep)
    return fails(
        f"{points} disappeared younger than {keep}, the newest of {date(newest)}",
        since=min(point.gone_at for point in gone),
    )


def _empty(copy: CopyEvidence) -> Verdict:
    if not copy.vanished:
        return unknown("the list of restore points is empty, and no restore point was ever known")
    known = count(len(copy.vanished), "restore point")
    since = max(point.gone_at for point in copy.vanished)
    return fails(f"the list of restore points is empty, and {known} had been known", since=since)


def _none_before(listing: Listing) -> str:
    return f"up to {date(listing.received_at)} none disappeared before its time"


CHECK = Check(
    control="backup.vanished",
    title="No restore point disappears early",
    why="Somebody who deletes backups prepares for a day on which none is left to restore.",
    remedy=(
        "Find out who deleted the restore points; where it was the retention job, set `keep` to "
        "what was agreed; where it was nobody you know, treat it as an intrusion."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
