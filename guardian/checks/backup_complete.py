"""`backup.complete`: the newest restore point holds all that it should."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.observations import PointContents, Reason

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.contents import lacks
from guardian.domain.evidence import Contents, Listing
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import count, date, failed_look, later, nothing_known, too_old, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What share of the earlier points' median size is suspicious, and how old a look may be."""

    min_share: float = 0.5
    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """What certainly lacks something fails; what was not looked into is unknown."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    job = _failed_job(case)
    if job is not None:
        return fails(job)
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    contents = _of_newest(copy.contents, copy.listing)
    short = [] if contents is None else [*lacks(contents.fact), *_shrunk(contents, settings)]
    if short:
        return fails(f"the newest restore point {', '.join(short)}")
    if copy.failed_listing is not None:
        return unknown(failed_look(copy.failed_listing))
    if contents is None:
        cause = "" if copy.failure is None else f": {failed_look(copy.failure)}"
        return unknown(f"the newest restore point was not looked into{cause}")
    return _held_against(contents.fact, copy.listing, settings, now)


def _failed_job(case: Case) -> str | None:
    """Say how the newest run of the set's backup job failed, whatever its copies look like."""
    known = case.evidence.set(case.asset.backup_set)
    if known is None or known.job is None or known.job.exit_status == 0:
        return None
    ended = date(known.job.finished_at)
    return f"the backup job that ended {ended} had exit status {known.job.exit_status}"


def _of_newest(contents: Contents | None, listing: Listing) -> Contents | None:
    if contents is None or contents.fact.point not in listing.newest_ids:
        return None
    return contents


def _shrunk(contents: Contents, settings: Settings) -> Iterator[str]:
    """Say where the newest point is suspiciously small beside those looked into before."""
    sizes = (
        ("files", contents.fact.files, contents.earlier_files),
        ("bytes", contents.fact.bytes, contents.earlier_bytes),
    )
    for what, newest, earlier in sizes:
        usual = statistics.median(earlier) if earlier else 0
        if newest < usual * settings.min_share:
            yield f"has {newest} {what}, the {len(earlier)} before it {usual:.0f} in the median"


def _held_against(
    fact: PointContents, listing: Listing, settings: Settings, now: datetime
) -> Verdict:
    if fact.valid is None and fact.reason is not Reason.NONE:
        return unknown(f"{_unseen(fact)}: {why(fact.reason)}")
    if not fact.paths_expected and not fact.valid:
        return unknown("there is nothing to hold the newest restore point against: set `paths`")
    if not fact.files:
        return unknown("the newest restore point holds no file, and no path is configured")
    due = later(listing.dated, settings.max_age)
    if now > due:
        old = too_old(listing.dated, now, settings.max_age)
        return unknown(f"the newest list of restore points is {old}", since=due)
    return passes(f"the newest restore point holds {_held(fact)}", due)


def _unseen(fact: PointContents) -> str:
    if fact.paths_expected:
        return "not all live data could be looked at, to hold the newest restore point against it"
    return "the newest restore point could not be read through"


def _held(fact: PointContents) -> str:
    well_formed = ", and is well-formed" if fact.valid else ""
    if not fact.paths_expected:
        return f"{count(fact.files, 'file')}{well_formed}"
    compared = f"all {fact.files_compared} that were compared with the live data"
    return f"{count(fact.files, 'file')}, {compared}{well_formed}"


CHECK = Check(
    control="backup.complete",
    title="The newest backup is complete",
    why="What the backup skipped cannot be restored, however fresh the backup is.",
    remedy=(
        "Read the job's own log: which files could not be read, was every path mounted? Then run "
        "the job again, as a user who may read all of it."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
