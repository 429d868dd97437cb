"""`restore.intact`: the repository's data was read, and its checksums hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.observations import Outcome

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence, IntegritySeen
from guardian.domain.reading import Reading, reading
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.words import age, date, later, nothing_known, outcome, too_old, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest check that read data may be, and in what time all must have been read.

    A check that reads another part each time has `whole_within` to come round.
    """

    max_age: timedelta = timedelta(days=32)
    whole_within: timedelta = timedelta(days=92)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """A check that read only the structure proves nothing of the data."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None:
        return unknown(nothing_known(copy))
    failed, good = copy.standing_failed_integrity, copy.last_good_integrity
    if failed is not None:
        said = f"the check of {date(failed.ended_at)} failed: {why(failed.fact.reason)}"
        return fails(said, since=failed.ended_at)
    if good is None:
        return unknown(_never(copy))
    return all_of([_recently(copy, good, settings, now), _wholly(copy, good, settings, now)])


def _recently(
    copy: CopyEvidence, good: IntegritySeen, settings: Settings, now: datetime
) -> Verdict:
    due = later(good.ended_at, settings.max_age)
    if now > due:
        old = too_old(good.ended_at, now, settings.max_age)
        return fails(f"the newest check that read data is {old}{_newer(copy, good)}", since=due)
    return passes(f"intact {age(good.ended_at, now)} ago{_newer(copy, good)}", due)


def _wholly(copy: CopyEvidence, good: IntegritySeen, settings: Settings, now: datetime) -> Verdict:
    """Judge how much was read: a rotation that is on its way has its time to come round."""
    read = reading(copy)
    if read is None:
        share = f"{min(good.fact.data_read, 1.0) * 100:.3g} %"
        return unknown(f"{share} of the data was read, but not in turns: nobody knows when all was")
    due = later(read.since, settings.whole_within)
    if now > due:
        old = too_old(read.since, now, settings.whole_within)
        return fails(f"{_said_of(read)}: what was read first is {old}", since=due)
    return passes(_said_of(read), due)


def _said_of(read: Reading) -> str:
    if read.parts == 1:
        return "all of the data read"
    share = f"{read.share * 100:.3g} % of the data read"
    return f"part {read.last} of {read.parts}, {share} since {date(read.since)}"


def _never(copy: CopyEvidence) -> str:
    if copy.integrity is None:
        return "its data was never read and checked"
    return f"its data was never read and checked: {_said(copy.integrity)}"


def _newer(copy: CopyEvidence, good: IntegritySeen) -> str:
    if copy.integrity is None or copy.integrity == good:
        return ""
    return f"; {_said(copy.integrity)}"


def _said(seen: IntegritySeen) -> str:
    if seen.fact.outcome is Outcome.PASSED:
        return f"the check of {date(seen.ended_at)} read no data"
    return f"the check of {date(seen.ended_at)} was {outcome(seen.fact.outcome, seen.fact.reason)}"


CHECK = Check(
    control="restore.intact",
    title="The stored data is intact",
    why="Storage decays silently: damaged data is found at the restore, when it is too late.",
    remedy=(
        "Run `guardian-agent restore-test --all`; if the check fails, keep the repository as it "
        "is, back up into a new one, and repair the old one with its own tool."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
