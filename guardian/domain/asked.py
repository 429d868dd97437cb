"""An operator's questions and their answers in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guardian_agent.wire.observations import Comparison, Reason

from guardian.domain.evidence import Answered
from guardian.domain.words import date, lasting, why

SHOWN = 5
"""Answers that one sentence holds."""
_EXACT = 1e15
"""Below it a float that is a whole number is shown as one."""


def answers(given: Sequence[Answered]) -> str:
    """Say what was answered; where something is not as expected, that alone."""
    if not given:
        return ""
    wrong = [each for each in given if each.holds is not True]
    listed, how = (wrong, "not answered") if wrong else (given, "answered")
    said = "; ".join(answer(each) for each in listed[:SHOWN])
    more = f"; and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    asked = "question" if len(given) == 1 else "questions"
    return f"{len(listed)} of {len(given)} {asked} {how} as expected: {said}{more}"


def answer(given: Answered) -> str:
    """Say one answer with what is expected ("orders gave 1,204, expected at least 1")."""
    return f"{given.answer.question} gave {value(given)}, expected {expected(given)}"


def value(given: Answered) -> str:
    """Say what was answered ("1,204", "2026-11-21 07:00 UTC", "no answer (timeout)")."""
    stated = given.answer
    if stated.number is not None:
        return number(stated.number)
    if stated.moment is not None:
        return date(stated.moment)
    if stated.reason in {Reason.NONE, Reason.NO_ANSWER}:
        return "no answer"
    return f"no answer ({why(stated.reason)})"


def expected(given: Answered) -> str:
    """Say what the operator expects ("at least 1")."""
    stated = given.answer
    match stated.comparison:
        case Comparison.AT_LEAST:
            return f"at least {number(stated.expected)}"
        case Comparison.AT_MOST:
            return f"at most {number(stated.expected)}"
        case Comparison.EQUAL:
            return f"exactly {number(stated.expected)}"
        case Comparison.NEWER_THAN:  # pragma: no branch - nothing else compares
            return f"at most {lasting(stated.expected)} before its restore point"


def number(count: float) -> str:
    """Say a number, a whole one without a point ("1,204", "0.25")."""
    is_whole = abs(count) < _EXACT and count == int(count)
    return f"{int(count):,}" if is_whole else f"{count:,.6g}"


def names(given: Iterable[Answered]) -> frozenset[str]:
    """Return the names of the questions that were asked."""
    return frozenset(each.answer.question for each in given)
