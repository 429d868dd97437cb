"""`backup.size`: nothing unusual about the newest restore points, beside their own history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.anomalies import SPAN, Bounds, anomalies, is_known
from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence
from guardian.domain.run_history import RunSeen
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import (
    count,
    date,
    failed_look,
    later,
    nothing_known,
    settled_ahead,
    too_old,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Whether it is watched, and what is unusual.

    Watched are size, number of files, duration, and how much was rewritten at once. `growth` and
    `loss` are the shares by which size or files must change to be told (0.5: 50 %), where they do
    not vary more by themselves. `after` is how many restore points make a history: before, nobody
    knows what is usual. `settled = 2026-11-21T12:00:00Z` says that what was seen until then is
    right; a moment ahead, by up to 31 days, announces a migration. `max_age` is how old the newest
    list may be.
    """

    watch: bool = False
    growth: float = 0.5
    loss: float = 0.3
    after: int = 7
    settled: datetime | None = None
    max_age: timedelta = timedelta(days=8)

    @property
    def bounds(self) -> Bounds:
        """Return what counts as a change."""
        return Bounds(growth=self.growth, loss=self.loss, after=max(self.after, 1))


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge what is new since central knows the copy; what is older is history."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    bounds = settings.bounds
    found = anomalies(copy.runs, bounds, settings.settled, copy.listed_since)
    if found and settings.watch:
        said = "; ".join(f"{each.said}, since {date(each.run.started_at)}" for each in found)
        return fails(said, since=min(each.run.seen_at for each in found))
    unwatched = settled_ahead(settings.settled, copy.listing.received_at)
    if settings.watch and unwatched is not None:
        return unknown(unwatched)
    if copy.failed_listing is not None:
        return unknown(failed_look(copy.failed_listing))
    if settings.watch and not is_known(copy.runs, bounds):
        return unknown(_too_few(copy.runs, bounds))
    due = later(copy.listing.dated, settings.max_age)
    if now > due:
        old = too_old(copy.listing.dated, now, settings.max_age)
        return unknown(f"the newest list of restore points is {old}", since=due)
    return passes(_usual(copy, settings), due)


def _too_few(runs: tuple[RunSeen, ...], bounds: Bounds) -> str:
    sized = sum(run.bytes is not None or run.files is not None for run in runs)
    known = count(sized, "restore point")
    least = f"{bounds.after} before the newest, over {format_duration(SPAN)}"
    return f"of {known} the size is known, too few to say what is usual: {least}"


def _usual(copy: CopyEvidence, settings: Settings) -> str:
    if not settings.watch:
        return "nobody agreed to watch for what is unusual"
    told = {
        "size": any(run.bytes is not None for run in copy.runs),
        "files": any(run.files is not None for run in copy.runs),
        "duration": any(run.seconds is not None for run in copy.runs),
        "what was rewritten": any(run.files_new is not None for run in copy.runs),
    }
    watched = ", ".join(what for what, is_told in told.items() if is_told)
    return f"as usual beside {count(len(copy.runs) - 1, 'restore point')}: {watched}"


CHECK = Check(
    control="backup.size",
    title="Nothing is unusual about the newest backups",
    why="Who encrypts or deletes the live data has it backed up like that the same night.",
    remedy=(
        "Look at the live data before the next backup replaces a good one: is it all there, and "
        "readable? Where the change is right (a migration, a tidying), say so: `settled = <now>`."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
    is_agreed=lambda settings: settings.watch,
)
