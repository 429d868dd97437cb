"""The operator's questions of what was restored: one value each, and what it is held against.

Everything here is pure; engines do the asking. Values are numbers or times, never text: an answer
travels, and what leaves a server are counts, sizes and times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from guardian_agent.errors import DecodeError
from guardian_agent.restore.engine import Value
from guardian_agent.wire.facts.restores import Answer, Comparison
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name
from guardian_agent.wire.scalars import MAX_INTEGER, Signed

_TRUTH = {"t": 1.0, "f": 0.0, "true": 1.0, "false": 0.0}
_FAILURES = (Reason.WRONG_ANSWER, Reason.STATEMENT_FAILED, Reason.DAMAGED, Reason.NO_ANSWER)
"""What speaks against the backup, worst first; any other reason kept the question unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is asked, by its name, and exactly one thing that is expected of the value."""

    name: Name
    """What central's configuration and its findings call it."""
    at_least: Signed | None = None
    at_most: Signed | None = None
    equal: Signed | None = None
    newer_than: timedelta | None = None
    """The value is a time, no further before the restore point than this ("26h")."""

    def __post_init__(self) -> None:
        if len(self._expectations()) != 1:
            wanted = "expected one of at_least, at_most, equal, newer_than"
            raise DecodeError(f"question {self.name!r}: {wanted}")

    def expectation(self) -> tuple[Comparison, float]:
        """Return how the answer is held against what; times as seconds."""
        return self._expectations()[0]

    def _expectations(self) -> list[tuple[Comparison, float]]:
        newer = None if self.newer_than is None else self.newer_than.total_seconds()
        pairs = (
            (Comparison.AT_LEAST, self.at_least),
            (Comparison.AT_MOST, self.at_most),
            (Comparison.EQUAL, self.equal),
            (Comparison.NEWER_THAN, newer),
        )
        return [(comparison, value) for comparison, value in pairs if value is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Expectation):
    """A statement that gives one value, and what is expected of it."""

    sql: str
    """One statement on one line whose result is one row of one column: a number or a time. It is
    asked in a transaction that may only read; times without a zone are taken for UTC."""


def check_names(questions: Sequence[Expectation]) -> None:
    """Refuse two questions of one name: one's answer would be taken for the other's.

    Raises:
        DecodeError: naming it.
    """
    names = [question.name for question in questions]
    for name in names:
        if names.count(name) > 1:
            raise DecodeError(f"two questions are named {name!r}; give each its own name")


def read_value(text: str | None) -> Value:
    """Return what a client printed for one value: a number, a truth (1 or 0), a date or a time.

    None stands for SQL's null, which answers nothing.
    """
    told = "" if text is None else text.strip()
    number = _TRUTH[told] if told in _TRUTH else _number(told)
    if number is not None:
        return Value(number=number)
    moment = _moment(told)
    return Value(reason=Reason.NO_ANSWER) if moment is None else Value(moment=moment)


def answer(question: Expectation, value: Value) -> Answer:
    """Return the fact; a time where a number is expected, or the other way, is no answer."""
    comparison, expected = question.expectation()
    wants_time = comparison is Comparison.NEWER_THAN
    number = None if wants_time else value.number
    moment = value.moment if wants_time else None
    reason = value.reason
    if reason is Reason.NONE and number is None and moment is None:
        reason = Reason.NO_ANSWER
    return Answer(
        question=question.name,
        comparison=comparison,
        expected=expected,
        number=number,
        moment=moment,
        reason=reason,
    )


def verdict(answers: Sequence[Answer], point_at: datetime) -> tuple[Outcome, Reason]:
    """Return how a test ends whose restore went well and whose questions were answered so.

    A question that nobody could ask (there was no time left) leaves the test not performed.
    """
    reasons = {_reason(each, point_at) for each in answers} - {Reason.NONE}
    for reason in _FAILURES:
        if reason in reasons:
            return Outcome.FAILED, reason
    if reasons:
        return Outcome.NOT_PERFORMED, min(reasons)
    return Outcome.PASSED, Reason.NONE


def _reason(given: Answer, point_at: datetime) -> Reason:
    """Return what is wrong with one answer."""
    if given.reason is not Reason.NONE:
        return given.reason
    return Reason.NONE if holds(given, point_at) else Reason.WRONG_ANSWER


def holds(given: Answer, point_at: datetime) -> bool:
    """Say whether an answer has a value, and is as expected of a restore point of `point_at`."""
    if given.moment is not None:
        return (point_at - given.moment).total_seconds() <= given.expected
    if given.number is None:
        return False
    match given.comparison:
        case Comparison.AT_LEAST:
            return given.number >= given.expected
        case Comparison.AT_MOST:
            return given.number <= given.expected
        case _:
            return given.number == given.expected


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    # What cannot travel (not a number, infinity, astronomy) is no answer.
    return number if math.isfinite(number) and abs(number) <= MAX_INTEGER else None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
