"""`restore.proven`: what came back is as new as it claims, and answers the operator's questions.

A canary that came back proves that the backup was made after central gave its checkpoint; a
question that a restored database answered proves that what matters is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.names import Name

from guardian.domain.asked import answers, names
from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import RestoreSeen
from guardian.domain.recovered import (
    ASKED,
    answered_all,
    brought_back,
    canary_lag,
    good_tests,
    standing_failures,
)
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of, any_of
from guardian.domain.words import age, date, lasting, later, nothing_known, too_old, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest proof may be, and how old what it proves.

    A canary may have been made `max_lag` before its restore point was begun: 26 h suits an agent
    that speaks once a day. `questions` names those of the agent's configuration that a restored
    database must answer.
    """

    max_age: timedelta = timedelta(days=92)
    max_lag: timedelta = timedelta(hours=26)
    questions: tuple[Name, ...] = ()


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """One proof is enough, as long as no test refutes it and each agreed question was answered."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None:
        return unknown(nothing_known(copy))
    failed = standing_failures(copy)
    if failed:
        test = failed[0]
        said = f"the {test.test} restore test of {date(test.ended_at)} failed: {why(test.reason)}"
        return fails(said, since=min(each.ended_at for each in failed))
    good = good_tests(copy)
    if not good:
        return unknown("no verified restore test proves anything yet")
    refuted = [verdict for test in good for verdict in _refuted(test, settings)]
    return all_of([_proof(good, settings, now), *_asked(good, settings, now), *refuted])


def _refuted(test: RestoreSeen, settings: Settings) -> Iterable[Verdict]:
    """Say what a test refutes: a canary that is not there, or older than its restore point says."""
    lag = canary_lag(test)
    if lag is not None and lag > settings.max_lag:
        older = f"{lasting(lag.total_seconds())} older"
        allowed = f"{lasting(settings.max_lag.total_seconds())} allowed"
        yield fails(f"{_times(test)}: the canary is {older}, {allowed}", since=test.ended_at)
    if test.proven_not_older_than is not None or not brought_back(test):
        return
    where = f"in the {test.test} test of {date(test.ended_at)}"
    if test.canary_returned:
        strange = "the canary that came back carries a checkpoint that this agent was never given"
        yield unknown(f"{strange}, {where}")
    elif test.canary_expected:
        missing = "the canary that was there before its restore point began did not come back"
        yield fails(f"{missing} {where}", since=test.ended_at)


def _proof(good: Sequence[RestoreSeen], settings: Settings, now: datetime) -> Verdict:
    proofs = [test for test in good if canary_lag(test) is not None or _answered(test)]
    if proofs:
        return any_of([_of_age(test, settings, now) for test in proofs])
    if any(test.proven_not_older_than is not None for test in good):
        return unknown("a canary came back, but its restore point does not say when it was made")
    return unknown(
        "no test has given back a canary yet, as there was none in the live data when its restore "
        "point was begun, and none has answered a question"
    )


def _of_age(test: RestoreSeen, settings: Settings, now: datetime) -> Verdict:
    due = later(test.ended_at, settings.max_age)
    if now > due:
        old = too_old(test.ended_at, now, settings.max_age)
        return fails(f"the newest proof, a {test.test} test, is {old}", since=due)
    said = [_times(test), *([answers(test.answers)] if test.answers else [])]
    return passes(f"{'; '.join(said)} ({test.test} test, {age(test.ended_at, now)} ago)", due)


def _asked(good: Sequence[RestoreSeen], settings: Settings, now: datetime) -> Iterable[Verdict]:
    """Judge whether each agreed question was asked, and when."""
    asked = [test for test in good if test.test in ASKED]
    for question in settings.questions:
        telling = [test for test in asked if question in names(test.answers)]
        if telling:
            yield any_of([_of_age(test, settings, now) for test in telling])
        elif asked:
            newest = max(asked, key=lambda test: test.ended_at)
            said = f"was not asked in the {newest.test} test of {date(newest.ended_at)}"
            yield fails(f"question {question} {said}")
        else:
            yield unknown(f"question {question} was never asked: no database test proved itself")


def _answered(test: RestoreSeen) -> bool:
    return test.test in ASKED and answered_all(test)


def _times(test: RestoreSeen) -> str:
    """Say what is proven of the data's age beside what its restore point claims."""
    if test.proven_not_older_than is None:
        return _claimed(test)
    proven = date(test.proven_not_older_than)
    return f"the data is proven not older than {proven} by its canary; {_claimed(test)}"


def _claimed(test: RestoreSeen) -> str:
    began = test.point_started_at
    return f"its restore point claims {'no time' if began is None else date(began)}"


CHECK = Check(
    control="restore.proven",
    title="What is restored is as new as it claims",
    why="A restore point with a fresh date may hold old data, or none of what matters.",
    remedy=(
        "Look at what the backup job really reads: the canary file must lie inside what is backed "
        "up, and a database must be dumped anew each time and asked a question (agent.toml). Then "
        "run `guardian-agent restore-test --all`."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
