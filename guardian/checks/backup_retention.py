"""`backup.retention`: the set of restore points reaches back as agreed, without holes or excess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence, KnownPoint, Listing
from guardian.domain.retention import PERIODS, Held, held
from guardian.domain.slack import slack
from guardian.domain.verdict import Status, Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.words import count, date, failed_look, later, nothing_known, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was agreed about the whole set of restore points; what is left out is not judged.

    `daily`, `weekly`, `monthly` and `yearly` say how many days, weeks, months and years, counted
    back from the newest restore point, must have one; `reach_back` how old the oldest must be at
    least. `delete_after` says how old one may become at most, and `at_most` how many there may be:
    beyond them retention no longer runs. `max_age` is how old the newest list may be. Whatever was
    agreed, the last good restore point must not go before `backup.fresh` would alarm.
    """

    daily: int | None = None
    weekly: int | None = None
    monthly: int | None = None
    yearly: int | None = None
    reach_back: timedelta | None = None
    delete_after: timedelta | None = None
    at_most: int | None = None
    max_age: timedelta = timedelta(days=8)

    @property
    def is_agreed(self) -> bool:
        """Say whether anything was agreed."""
        counts = (self.daily, self.weekly, self.monthly, self.yearly, self.at_most)
        return any((*counts, self.reach_back, self.delete_after))


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge the newest list as of its own time: neither holes nor excess come or go by age."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    if not copy.listing.points:
        return _empty(copy)
    parts = [*_too_little(copy, copy.listing, settings), *_too_much(copy.listing, settings)]
    said = all_of([*parts, *_too_late(case, copy)])
    if said.status is Status.FAIL:
        return said
    if copy.failed_listing is not None:
        return unknown(f"{failed_look(copy.failed_listing)}; before it: {said.reason}")
    due = later(copy.listing.dated, settings.max_age)
    if now > due:
        old = too_old(copy.listing.dated, now, settings.max_age)
        return unknown(f"the newest list of restore points is {old}", since=due)
    return passes(said.reason, due) if said.status is Status.PASS else said


def _empty(copy: CopyEvidence) -> Verdict:
    if not copy.vanished:
        return unknown("the list of restore points is empty, which may also be the wrong list")
    since = max(point.gone_at for point in copy.vanished)
    return fails("the list of restore points is empty, and some had been known", since=since)


def _too_little(copy: CopyEvidence, listing: Listing, settings: Settings) -> Iterator[Verdict]:
    points = [point for point in listing.points if not point.future and not point.incomplete]
    if not points:
        yield fails("no restore point counts: all are incomplete or dated in the future")
        return
    for name, period in PERIODS.items():
        expected = getattr(settings, name)
        if expected:
            found = held((point.counted_at for point in points), expected, period)
            grown_at = later(_watched(copy, listing), period, expected)
            yield _of_period(name, found, copy, listing, grown_at)
    if settings.reach_back:
        yield _reaching(points, copy, listing, settings.reach_back)
    if not settings.is_agreed:
        yield passes("nothing was agreed of how far restore points reach back")


def _of_period(
    name: str, found: Held, copy: CopyEvidence, listing: Listing, grown_at: datetime
) -> Verdict:
    said = f"{found.available} of {found.expected} {name} restore points are there"
    if found.between:
        return fails(f"{said}: {count(found.between, 'hole')} between them")
    if not found.before:
        return passes(said)
    return _short(f"{said}: the older ones are missing", copy, listing, grown_at)


def _reaching(
    points: list[KnownPoint], copy: CopyEvidence, listing: Listing, agreed: timedelta
) -> Verdict:
    oldest = min(point.counted_at for point in points)
    reached = listing.dated - oldest
    said = f"they reach back {format_duration(reached)}, {format_duration(agreed)} agreed"
    if reached >= agreed:
        return passes(said)
    return _short(said, copy, listing, later(_watched(copy, listing), agreed))


def _short(said: str, copy: CopyEvidence, listing: Listing, grown_at: datetime) -> Verdict:
    """Judge a set that does not reach back: it may be young, or not wholly listed."""
    if listing.total > len(listing.points):
        return unknown(f"{said} in the list, which shows {len(listing.points)} of {listing.total}")
    pruned = any(not point.future for point in copy.vanished)
    if pruned or listing.received_at >= grown_at:
        return fails(said)
    since = date(_watched(copy, listing))
    return unknown(f"{said}; it is watched since {since}, and none was deleted since")


def _watched(copy: CopyEvidence, listing: Listing) -> datetime:
    """Return since when central knows the copy."""
    return copy.listed_since or listing.received_at


def _too_much(listing: Listing, settings: Settings) -> Iterator[Verdict]:
    """Say where restore points stay that should be gone: retention no longer runs."""
    if settings.at_most:
        said = f"{count(listing.total, 'restore point')}, {settings.at_most} allowed"
        too_many = listing.total > settings.at_most
        yield fails(f"never pruned: {said}") if too_many else passes(said)
    if settings.delete_after:
        yield _kept_too_long(listing, settings.delete_after)


def _kept_too_long(listing: Listing, allowed: timedelta) -> Verdict:
    past = [point.counted_at for point in listing.points if not point.future]
    shown = min(past, default=listing.dated)
    oldest = shown if listing.oldest_at is None else min(shown, listing.oldest_at)
    end = later(oldest, allowed)
    if listing.dated <= end:
        return passes(f"none is older than {format_duration(allowed)}")
    old = too_old(oldest, listing.dated, allowed)
    return fails(f"never pruned: the oldest restore point is {old}", since=end)


def _too_late(case: Case, copy: CopyEvidence) -> Iterator[Verdict]:
    """Say where the last good restore point would go before anybody was alarmed."""
    found = slack(case.plan, case.asset, copy)
    if found is not None and found.is_agreed and found.is_too_late:
        yield fails(found.said)


CHECK = Check(
    control="backup.retention",
    title="Restore points reach back as agreed",
    why="Damage is often found late: what was lost a month ago must still be there to restore.",
    remedy=(
        "Look at the retention job (restic `forget`, borg `prune`): did it run, was it locked out, "
        "does it keep what was agreed? Where days are missing, find out which runs failed."
    ),
    applies_to=Subject.COPY,
    severity=Severity.WARNING,
    settings=Settings,
    judge=judge,
    is_agreed=lambda settings: settings.is_agreed,
)
