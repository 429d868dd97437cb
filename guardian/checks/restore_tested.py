"""`restore.tested`: a sample was restored and compared with hashes signed before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.observations import Outcome

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence, RestoreSeen
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, count, date, later, nothing_known, outcome, too_old, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest verified restore test may be; 92 d is a quarter (CIS control 11.5)."""

    max_age: timedelta = timedelta(days=92)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """A test that was not performed or proves nothing is neither good nor bad."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None:
        return unknown(nothing_known(copy))
    failed, good = copy.standing_failed_restore, copy.last_good_restore
    if failed is not None:
        return fails(f"{_failed(failed)}{_newer(copy, failed)}", since=failed.ended_at)
    if good is None:
        return unknown(_never(copy))
    due = later(good.ended_at, settings.max_age)
    if now > due:
        old = too_old(good.ended_at, now, settings.max_age)
        return fails(f"the newest verified restore test is {old}{_newer(copy, good)}", since=due)
    return passes(f"{_good(good, now)}{_newer(copy, good)}", due)


def _failed(seen: RestoreSeen) -> str:
    bad = seen.mismatched + seen.missing
    files = f", {count(bad, 'file')} came back wrong or not at all" if bad else ""
    return f"the restore test of {date(seen.ended_at)} failed: {why(seen.reason)}{files}"


def _good(seen: RestoreSeen, now: datetime) -> str:
    took = format_duration(timedelta(seconds=seen.duration_seconds))
    files = f"{count(seen.matched, 'file')} restored and compared in {took}"
    return f"{files}, {age(seen.ended_at, now)} ago"


def _never(copy: CopyEvidence) -> str:
    if copy.restore is None:
        return "a restore was never tested"
    return f"a restore was never tested with proof: {_said(copy.restore)}"


def _newer(copy: CopyEvidence, than: RestoreSeen) -> str:
    if copy.restore is None or copy.restore == than:
        return ""
    return f"; {_said(copy.restore)}"


def _said(seen: RestoreSeen) -> str:
    when = f"the test of {date(seen.ended_at)}"
    if seen.outcome is Outcome.PASSED:
        return f"{when} is not independently tested: {seen.unverified_because}"
    return f"{when} was {outcome(seen.outcome, seen.reason)}"


CHECK = Check(
    control="restore.tested",
    title="A restore was tested",
    why="A backup that was never restored is a hope; most failed recoveries had a green backup.",
    remedy=(
        "Run `guardian-agent restore-test` on the server and enable its timer; "
        "if it fails, restore by hand from another copy and find out what is missing."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
