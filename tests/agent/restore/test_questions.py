from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.restore.engine import Value
from guardian_agent.restore.questions import Question, answer, check_names, read_value, verdict
from guardian_agent.wire.decode import build
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Answer, Comparison, Outcome, Reason
from hypothesis import given
from hypothesis import strategies as st

POINT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PASSED = (Outcome.PASSED, Reason.NONE)
WRONG = (Outcome.FAILED, Reason.WRONG_ANSWER)


def question(**expected: object) -> Question:
    return build(Question, {"name": "orders", "sql": "select count(*) from orders", **expected})


def judged(value: Value, **expected: object) -> tuple[Outcome, Reason]:
    return verdict([answer(question(**expected), value)], POINT)


class TestAQuestion:
    def test_has_exactly_one_expectation(self):
        for expected in ({}, {"at_least": 1, "at_most": 2}, {"equal": 0, "newer_than": "26h"}):
            with pytest.raises(DecodeError, match="expected one of at_least"):
                question(**expected)

    def test_zero_is_an_expectation(self):
        assert question(equal=0).expectation() == (Comparison.EQUAL, 0)

    def test_a_time_is_said_in_words_and_stated_in_seconds(self):
        expected = (Comparison.NEWER_THAN, 26 * 3600.0)
        assert question(newer_than="26h").expectation() == expected

    def test_a_name_stands_once(self):
        check_names([question(equal=1)])
        with pytest.raises(DecodeError, match="two questions are named 'orders'"):
            check_names([question(equal=1), question(equal=2)])


class TestReading:
    @pytest.mark.parametrize(
        ("text", "number"),
        [("5000", 5000), (" -1.5\n", -1.5), ("1e3", 1000), ("t", 1), ("false", 0), ("0", 0)],
    )
    def test_a_number(self, text, number):
        assert read_value(text) == Value(number=number)

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-11-22 03:00:00+00", POINT),
            ("2026-11-22 03:00:00", POINT),
            ("2026-11-22T04:00:00+01:00", POINT),
            ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
            ("2026-11-22 03:00:00.25+00", POINT + timedelta(microseconds=250_000)),
        ],
    )
    def test_a_time(self, text, moment):
        assert read_value(text) == Value(moment=moment)

    @pytest.mark.parametrize("text", [None, "", "Smith", "NaN", "inf", "1e300", "12:30", "1,5"])
    def test_anything_else_is_no_answer(self, text):
        assert read_value(text) == Value(reason=Reason.NO_ANSWER)

    @given(st.none() | st.text() | st.floats().map(str) | st.datetimes().map(str))
    def test_whatever_is_read_can_travel(self, text):
        for expected in ({"at_least": 1}, {"newer_than": "1h"}):
            stated = answer(question(**expected), read_value(text))
            body = to_json(stated)
            assert build(Answer, __import__("json").loads(body)) == stated


class TestJudging:
    @pytest.mark.parametrize(
        ("number", "expected", "ended"),
        [
            (5, {"at_least": 5}, PASSED),
            (4, {"at_least": 5}, WRONG),
            (5, {"at_most": 5}, PASSED),
            (6, {"at_most": 5}, WRONG),
            (5, {"equal": 5}, PASSED),
            (5.5, {"equal": 5}, WRONG),
            (-1, {"at_least": -2}, PASSED),
        ],
    )
    def test_a_number(self, number, expected, ended):
        assert judged(Value(number=number), **expected) == ended

    @pytest.mark.parametrize(("hours", "ended"), [(0, PASSED), (26, PASSED), (27, WRONG)])
    def test_a_time_counts_from_the_restore_point(self, hours, ended):
        assert judged(Value(moment=POINT - timedelta(hours=hours)), newer_than="26h") == ended

    def test_the_other_kind_of_value_is_no_answer(self):
        missing = (Outcome.FAILED, Reason.NO_ANSWER)
        assert judged(Value(moment=POINT), at_least=1) == missing
        assert judged(Value(number=1), newer_than="1h") == missing
        assert judged(Value(reason=Reason.NO_ANSWER), equal=1) == missing

    def test_a_refused_statement_fails(self):
        failed = (Outcome.FAILED, Reason.STATEMENT_FAILED)
        assert judged(Value(reason=Reason.STATEMENT_FAILED), equal=1) == failed

    def test_what_nobody_could_ask_proves_nothing(self):
        unasked = (Outcome.NOT_PERFORMED, Reason.TIMEOUT)
        assert judged(Value(reason=Reason.TIMEOUT), equal=1) == unasked

    def test_one_wrong_answer_outweighs_all_else(self):
        asked = question(equal=1)
        values = [Value(number=1), Value(reason=Reason.TIMEOUT), Value(number=2)]
        assert verdict([answer(asked, value) for value in values], POINT) == WRONG

    def test_without_questions_nothing_is_wrong(self):
        assert verdict([], POINT) == PASSED

    def test_the_fact_names_the_question_and_no_sql(self):
        stated = answer(question(at_least=5), Value(number=7))
        expected = Answer(
            question=Name("orders"), comparison=Comparison.AT_LEAST, expected=5, number=7
        )
        assert stated == expected
        assert b"select" not in to_json(stated)
