"""`restore.tested`: data was restored, and is what was signed before; how sure that is, is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Coverage, Outcome

from guardian.domain.asked import answers
from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import CopyEvidence, RestoreSeen
from guardian.domain.recovered import (
    FULL,
    bad_files,
    bad_share,
    brought_back,
    drawn,
    drew_all,
    good_tests,
    newest_coverage,
    standing_failures,
    waiting_since,
)
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of, any_of
from guardian.domain.words import (
    age,
    at_least,
    count,
    date,
    engine,
    exactly,
    fewer_than,
    lasting,
    later,
    many,
    nothing_known,
    outcome,
    size,
    too_old,
    why,
)

SHOWN = 3
"""Tests that proved nothing, told beside what others did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest verified restore test may be; 92 d is a quarter (CIS control 11.5).

    `kinds` names the kinds of tests of which each must be young enough; where none is named, any
    will do, and reading an `archive` to its end only where nothing else is tried. Where files are
    compared, the share of bad ones must lie below `bad_share` with that `confidence`, and with
    `whole_within` every file must have been brought back within that time.
    """

    max_age: timedelta = timedelta(days=92)
    kinds: tuple[Slug, ...] = ()
    bad_share: float = 0.01
    confidence: float = 0.95
    whole_within: timedelta | None = None


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """A test that was not performed or proves nothing is neither good nor bad."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None:
        return unknown(nothing_known(copy))
    failed = standing_failures(copy)
    if failed:
        said = "; ".join(_failed(test) for test in failed[:SHOWN])
        since = min(test.ended_at for test in failed)
        return fails(f"{said}{_beside(copy)}", since=since)
    parts = [_by_kinds(copy, settings, now)]
    if settings.whole_within is not None:
        parts.append(_wholly(copy, settings.whole_within, now))
    verdict = all_of(parts)
    covered = _so_far(copy, now) if settings.whole_within is None else ""
    return replace(verdict, reason=f"{verdict.reason}{covered}{_beside(copy)}")


def _by_kinds(copy: CopyEvidence, settings: Settings, now: datetime) -> Verdict:
    good = {test.test: test for test in good_tests(copy)}
    if settings.kinds:
        return all_of([_of_kind(good.get(kind), kind, settings, now) for kind in settings.kinds])
    restored = [test for test in good.values() if brought_back(test)]
    if not restored and any(brought_back(known.newest) for known in copy.tests):
        # What was tried and proved nothing is not made good by reading alone.
        return unknown("a restore was never tested with proof")
    if not good:
        return unknown("a restore was never tested" + (" with proof" if copy.tests else ""))
    return any_of([_good(test, settings, now) for test in restored or good.values()])


def _of_kind(test: RestoreSeen | None, kind: Slug, settings: Settings, now: datetime) -> Verdict:
    if test is None:
        return unknown(f"no {kind} test ever proved itself")
    return _good(test, settings, now)


def _good(test: RestoreSeen, settings: Settings, now: datetime) -> Verdict:
    due = later(test.ended_at, settings.max_age)
    if now > due:
        old = too_old(test.ended_at, now, settings.max_age)
        return fails(f"the newest verified {test.test} restore test is {old}", since=due)
    bound = bad_share(test, settings.confidence)
    ago = f"{age(test.ended_at, now)} ago"
    if bound is None:
        return passes(f"{_brought_back(test)}, {ago}", due)
    sure = _sure(test, bound, settings)
    if bound > settings.bad_share:
        compared = f"{many(test.matched, 'file')} compared"
        if test.not_compared:
            compared = f"only {test.matched} of {drawn(test)} drawn files could be compared"
        return unknown(f"{compared} {ago}: {sure}, {exactly(settings.bad_share)} agreed", due)
    return passes(f"{_compared(test)}, {ago}: {sure}", due)


def _sure(test: RestoreSeen, bound: float, settings: Settings) -> str:
    if bound <= 0 and drew_all(test):
        return "every file that can be compared is good"
    return f"with {exactly(settings.confidence)} confidence {fewer_than(bound)} are bad"


def _compared(test: RestoreSeen) -> str:
    """Say what was brought back of files, and how much could be compared."""
    counted = 0 if test.compared is None else test.compared.matched
    in_all = max(counted, test.matched) if test.test == FULL else test.matched + counted
    took = lasting(test.duration_seconds)
    said = f"{many(in_all, 'file')} restored and compared in {took}"
    if in_all > test.matched:
        said += f", {test.matched:,} of them drawn and verified"
    if test.not_compared:
        said += f" ({test.not_compared} drawn had changed or were never hashed)"
    return said


def _brought_back(test: RestoreSeen) -> str:
    """Say what a test that draws no files restored, and what it answered."""
    took = f"in {lasting(test.duration_seconds)}"
    held = test.database
    if held is not None:
        tables, rows = many(held.tables, "table"), many(held.rows, "row")
        said = (
            f"{engine(held.engine)} database restored {took} ({tables}, {rows}, {size(held.bytes)})"
        )
    else:
        said = f"{test.test} test passed {took} ({many(test.files_restored, 'file')})"
    return said + (f"; {answers(test.answers)}" if test.answers else "")


def _wholly(copy: CopyEvidence, whole_within: timedelta, now: datetime) -> Verdict:
    """Judge whether every file was brought back within the agreed time."""
    found = newest_coverage(copy)
    if found is None:
        return unknown("no test tells how much of the whole was brought back so far")
    test, coverage = found
    since = waiting_since(test, coverage)
    if since is None:
        return unknown(f"{_covered(coverage)}, and nobody knows since when the rest waits")
    due = later(since, whole_within)
    if now > due:
        old = too_old(since, now, whole_within)
        return fails(f"{_covered(coverage)}: the test of what waits longest is {old}", since=due)
    return passes(_brought(coverage, since, now), due)


def _so_far(copy: CopyEvidence, now: datetime) -> str:
    """Say how much was brought back so far, where a test tells and nothing was agreed of it."""
    found = newest_coverage(copy)
    if found is None:
        return ""
    return f"; {_brought(found[1], waiting_since(*found), now)}"


def _brought(coverage: Coverage, since: datetime | None, now: datetime) -> str:
    if since is None:
        return _covered(coverage)
    if coverage.files_tested < max(coverage.files, 1) or coverage.bytes_tested < coverage.bytes:
        return f"{_covered(coverage)}, the longest waiting file for {age(since, now)}"
    every = f"each of {many(coverage.files, 'file')} ({size(coverage.bytes)})"
    return f"{every} brought back within the last {age(since, now)}"


def _covered(coverage: Coverage) -> str:
    files = f"{at_least(coverage.files_tested, coverage.files)} of {many(coverage.files, 'file')}"
    data = f"{at_least(coverage.bytes_tested, coverage.bytes)} of {size(coverage.bytes)}"
    return f"{files} and {data} brought back so far"


def _failed(test: RestoreSeen) -> str:
    bad = bad_files(test)
    files = f", {count(bad, 'file')} came back wrong or not at all" if bad else ""
    wrong = [each for each in test.answers if each.holds is not True]
    said = f", {answers(test.answers)}" if wrong else ""
    when = f"the {test.test} restore test of {date(test.ended_at)}"
    return f"{when} failed: {why(test.reason)}{files}{said}"


def _beside(copy: CopyEvidence) -> str:
    """Say which newest tests proved nothing: they change no verdict, and are not hidden."""
    known = [each.newest for each in copy.tests]
    idle = [test for test in known if not test.verified and test.outcome is not Outcome.FAILED]
    newest = sorted(idle, key=lambda test: test.ended_at, reverse=True)
    return "".join(f"; {_said(test)}" for test in newest[:SHOWN])


def _said(test: RestoreSeen) -> str:
    when = f"the {test.test} test of {date(test.ended_at)}"
    if test.outcome is Outcome.PASSED:
        return f"{when} is not independently tested: {test.unverified_because}"
    return f"{when} was {outcome(test.outcome, test.reason)}"


CHECK = Check(
    control="restore.tested",
    title="A restore was tested",
    why="A backup that was never restored is a hope; most failed recoveries had a green backup.",
    remedy=(
        "Run `guardian-agent restore-test --all` on the server and enable its timer; "
        "if it fails, restore by hand from another copy and find out what is missing."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
