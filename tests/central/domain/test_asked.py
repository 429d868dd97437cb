from __future__ import annotations

import pytest
from guardian_agent.wire.observations import Answer, Comparison, Reason

from guardian.domain import asked
from tests.central.domain.making import T0, answer, answered


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (answer(1204.0, expected=1.0), "orders gave 1,204, expected at least 1"),
        (answer(0.25, comparison=Comparison.AT_MOST), "orders gave 0.25, expected at most 10"),
        (
            answer(-3.0, comparison=Comparison.EQUAL, expected=-3.0),
            "orders gave -3, expected exactly -3",
        ),
        (answer(9e18), "orders gave 9e+18, expected at least 10"),
        (
            answer(None, comparison=Comparison.NEWER_THAN, expected=93_600.0, moment=T0),
            "orders gave 2026-11-21 12:00 UTC, expected at most 26 h before its restore point",
        ),
        (answer(None, reason=Reason.NO_ANSWER), "orders gave no answer, expected at least 10"),
        (answer(None), "orders gave no answer, expected at least 10"),
        (
            answer(None, reason=Reason.TIMEOUT),
            "orders gave no answer (timeout), expected at least 10",
        ),
    ],
)
def test_an_answer_is_said_with_what_is_expected(stated: Answer, said: str) -> None:
    assert asked.answer(answered(stated)) == said


def test_many_answers_are_counted() -> None:
    said = asked.answers([answered(answer(question=f"q{number}")) for number in range(7)])
    assert said.startswith(
        "7 of 7 questions answered as expected: q0 gave 12, expected at least 10;"
    )
    assert said.endswith("; and 2 more")


def test_where_some_are_wrong_they_alone_are_told() -> None:
    said = asked.answers([answered(), answered(answer(question="bad"), holds=False)])
    assert said == ("1 of 2 questions not answered as expected: bad gave 12, expected at least 10")
    assert asked.answers(()) == ""


def test_names() -> None:
    assert asked.names([answered(), answered()]) == {"orders"}
