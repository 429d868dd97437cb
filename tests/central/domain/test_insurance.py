from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.recovery_time import RecoveryTime
from guardian.domain.requirement.insurance import QUESTIONS, Insured, Reply, replies
from guardian.domain.requirement.kinds import Case
from guardian.domain.snapshot import RestoreFigures
from guardian.domain.verdict import Status
from tests.central.domain.making import DAY, T0, seen
from tests.central.domain.standards import attested, case, copy, finding

TODAY = T0.date()
IDS = [each.requirement.id for each in QUESTIONS]


def reply(question: str, known: Case, *words) -> Reply:
    return next(each for each in replies(known, words) if each.question.id == question)


def test_every_question_has_one_answer_in_the_order_of_the_form():
    assert [each.question.id for each in replies(case(), ())] == IDS
    assert len(set(IDS)) == len(IDS)


def test_what_was_seen_is_verified():
    said = reply("restore-tests", case(finding("restore.tested")))
    assert said.answer is Insured.VERIFIED
    assert said.behind == "restore.tested holds in 1 place"
    assert said.until == T0 + DAY
    assert said.owner == ""


def test_no_word_outweighs_what_was_seen():
    failing = case(finding("restore.tested", Status.FAIL))
    said = reply("restore-tests", failing, attested("restore-tests"))
    assert said.answer is Insured.ABSENT
    assert said.owner == ""
    holding = reply("monitored", case(finding("agent.reporting")), attested("monitored"))
    assert holding.answer is Insured.VERIFIED


def test_a_word_is_told_apart_from_what_was_seen():
    said = reply("mfa", case(), attested())
    assert said.answer is Insured.ATTESTED
    assert said.statement == "It is so"
    assert said.behind == "nothing that Guardian judges bears on it"
    assert (said.owner, said.said_on) == ("Eve", TODAY - timedelta(days=30))


def test_without_a_word_nobody_knows():
    assert reply("mfa", case()).answer is Insured.UNKNOWN
    assert reply("restore-tests", case()).answer is Insured.UNKNOWN


@pytest.mark.parametrize(
    ("said_on", "answer"),
    [
        (TODAY, Insured.ATTESTED),
        (TODAY - timedelta(days=366), Insured.ATTESTED),
        (TODAY - timedelta(days=367), Insured.UNKNOWN),
        (TODAY + timedelta(days=1), Insured.UNKNOWN),
        (date.min, Insured.UNKNOWN),
        (date.max, Insured.UNKNOWN),
    ],
)
def test_a_word_lasts_a_year_from_its_day(said_on, answer):
    assert reply("mfa", case(), attested(said_on=said_on)).answer is answer


def test_when_restores_were_tested():
    old = copy(restore_last_success_at=T0 - 9 * DAY)
    never = copy(restore_last_success_at=None)
    said = reply("restore-tests", case(copies=(copy(), old, never))).figure
    assert said == (
        "newest verified restore test 2026-11-20 12:00 UTC; of the one tested longest ago "
        "2026-11-12 12:00 UTC; 1 backup never tested"
    )
    assert "never" not in reply("restore-tests", case(copies=(copy(),))).figure
    nothing = reply("restore-tests", case(copies=(never,))).figure
    assert nothing == "no restore test was ever verified"


def test_how_much_may_be_lost():
    said = reply("backups", case()).figure
    assert said == "at most 26 h of work is lost by agreement"
    assert reply("backups", case(copies=())).figure == ""
    by_schedule = case(copies=(copy(), copy(max_age=None)))
    assert reply("backups", by_schedule).figure == ""


def test_how_long_it_takes_to_be_back():
    assert reply("recovery-time", case(copies=())).figure == ""
    assert reply("recovery-time", case()).figure == "back within 12 h by agreement"
    time = RecoveryTime(
        lower_seconds=60,
        upper_seconds=7200,
        measured=True,
        test=seen(),
        fixed_seconds=1,
        grown=1.0,
    )
    known = copy(restores=RestoreFigures(time=time))
    said = reply("recovery-time", case(copies=(known,))).figure
    assert said == "back within 12 h by agreement, the longest 2 h as tested"
    assert "tested" not in reply("recovery-time", case(copies=(known, copy()))).figure


@given(
    status=st.sampled_from([Status.FAIL, Status.UNKNOWN, Status.EXEMPT]),
    words=st.sets(st.sampled_from(IDS)),
)
def test_nothing_that_does_not_hold_is_verified(status, words):
    controls = {each for asked in QUESTIONS for each in asked.requirement.controls}
    judged = Status.FAIL if status is Status.EXEMPT else status
    found = [finding(control, status, judged_status=judged) for control in controls]
    for said in replies(case(*found), [attested(each) for each in words]):
        assert said.answer is not Insured.VERIFIED
        if said.answer is Insured.ATTESTED:
            assert said.question.id in words
            assert said.owner
