from __future__ import annotations

import pytest
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Reason

from guardian.domain.evidence import RestoreSeen
from guardian.domain.evidence import TestsOfKind as OfKind
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    CANARY,
    DAY,
    HOUR,
    LIVE,
    SECOND,
    T0,
    answer,
    answered,
    database,
    failed_test,
    given_checkpoint,
    judged,
    knowing,
    of_kind,
    point,
    points,
    seen,
    told,
    unspoken,
)

PROVEN = "restore.proven"
MADE = T0 - 2 * HOUR
"""When a test's restore point was begun, by its own word."""


def knows(*tests: OfKind, **settings: object) -> Verdict:
    return judged(PROVEN, knowing(tests=tests), **settings)


def with_canary(kind: str = "sample", lag: object = HOUR, **fields: object) -> RestoreSeen:
    given = {"proven_not_older_than": MADE - lag, "point_started_at": MADE, **fields}
    return seen(kind, **given)


def asked(kind: str = "database", *questions: str, **fields: object) -> RestoreSeen:
    answers = tuple(answered(answer(question=each)) for each in questions or ("orders",))
    given = {"database": database(), "answers": answers, "point_started_at": MADE, **fields}
    return seen(kind, **given)


def test_a_canary_that_came_back_proves_from_when_the_data_is() -> None:
    test = with_canary()
    verdict = knows(of_kind(test))
    assert verdict.status is Status.PASS
    assert verdict.holds_until == test.ended_at + 92 * DAY
    assert verdict.reason == (
        "the data is proven not older than 2026-11-21 09:00 UTC by its canary; "
        "its restore point claims 2026-11-21 10:00 UTC (sample test, 59 min ago)"
    )


def test_a_real_statement_with_a_canary_passes() -> None:
    listed = points(point(1, T0 - 2 * HOUR))
    before = given_checkpoint(told(LIVE.manifest(), listed, at=T0 - DAY), at=T0 - DAY)
    assert judged(PROVEN, told(LIVE.test(canary=CANARY), after=before)).status is Status.PASS
    assert judged(PROVEN, told(LIVE.test(), after=before)).status is Status.UNKNOWN


def test_an_old_proof_fails_since_its_limit() -> None:
    test = with_canary(started_at=T0 - 100 * DAY)
    verdict = knows(of_kind(test))
    assert verdict.status is Status.FAIL
    assert verdict.since == test.ended_at + 92 * DAY
    assert verdict.reason.startswith("the newest proof, a sample test, is 99 d old, 92 d allowed")


def test_nothing_known_is_unknown() -> None:
    assert judged(PROVEN, unspoken()).status is Status.UNKNOWN
    assert knows().reason == "no verified restore test proves anything yet"


def test_a_canary_not_expected_yet_is_unknown() -> None:
    verdict = knows(of_kind(seen()))
    assert verdict.status is Status.UNKNOWN
    assert "there was none in the live data when its restore point was begun" in verdict.reason
    assert verdict.reason.endswith("and none has answered a question")


def test_a_canary_that_should_have_come_back_fails() -> None:
    test = seen(canary_expected=True)
    verdict = knows(of_kind(test))
    assert verdict.status is Status.FAIL
    assert verdict.since == test.ended_at
    assert verdict.reason == (
        "the canary that was there before its restore point began did not come back "
        "in the sample test of 2026-11-21 11:00 UTC"
    )


def test_a_canary_that_central_never_gave_is_unknown() -> None:
    for expected in (True, False):
        test = seen(canary_expected=expected, canary_returned=True)
        verdict = knows(of_kind(asked()), of_kind(test))
        assert verdict.status is Status.UNKNOWN
        assert "carries a checkpoint that this agent was never given" in verdict.reason


def test_an_archive_that_is_only_read_brings_no_canary_back() -> None:
    archive = of_kind(seen("archive", canary_expected=True))
    assert knows(archive).status is Status.UNKNOWN
    assert knows(archive, of_kind(with_canary())).status is Status.PASS


def test_a_missing_canary_is_not_made_good_by_another_kind() -> None:
    verdict = knows(of_kind(asked()), of_kind(seen(canary_expected=True)))
    assert verdict.status is Status.FAIL


@pytest.mark.parametrize(
    ("lag", "status"),
    [
        (26 * HOUR, Status.PASS),
        (26 * HOUR + SECOND, Status.FAIL),
        (-3 * HOUR, Status.PASS),
        (300 * DAY, Status.FAIL),
    ],
)
def test_a_canary_may_be_this_much_older_than_its_restore_point(
    lag: object, status: Status
) -> None:
    assert knows(of_kind(with_canary(lag=lag))).status is status


def test_data_older_than_its_restore_point_claims_is_told_with_both_times() -> None:
    test = with_canary("database", lag=3 * DAY, database=database())
    verdict = knows(of_kind(test))
    assert verdict.since == test.ended_at
    assert verdict.reason == (
        "the data is proven not older than 2026-11-18 10:00 UTC by its canary; "
        "its restore point claims 2026-11-21 10:00 UTC: the canary is 3 d older, 26 h allowed"
    )


def test_the_lag_that_was_agreed_decides() -> None:
    assert knows(of_kind(with_canary(lag=3 * HOUR)), max_lag=2 * HOUR).status is Status.FAIL


def test_a_canary_without_a_claimed_time_is_no_proof() -> None:
    verdict = knows(of_kind(with_canary(point_started_at=None)))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.startswith("a canary came back, but")


def test_answers_are_proof_without_a_canary() -> None:
    verdict = knows(of_kind(asked()))
    assert verdict.status is Status.PASS
    assert verdict.reason == (
        "its restore point claims 2026-11-21 10:00 UTC; "
        "1 of 1 question answered as expected: orders gave 12, expected at least 10 "
        "(database test, 59 min ago)"
    )


def test_answers_without_a_claimed_time_say_so() -> None:
    verdict = knows(of_kind(asked("command", database=None, point_started_at=None)))
    assert verdict.reason.startswith("its restore point claims no time; 1 of 1")


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(asked(answers=()), id="nothing-asked"),
        pytest.param(asked(answers=(answered(holds=None),)), id="no-answer"),
        pytest.param(asked(answers=(answered(), answered(holds=False))), id="one-wrong"),
        pytest.param(asked("full"), id="a-kind-that-asks-nothing"),
        pytest.param(seen("archive"), id="only-read"),
    ],
)
def test_what_is_no_proof(test: RestoreSeen) -> None:
    assert knows(of_kind(test)).status is Status.UNKNOWN


def test_the_longest_lasting_proof_counts() -> None:
    old, young = asked(started_at=T0 - 60 * DAY), with_canary()
    assert knows(of_kind(old), of_kind(young)).holds_until == young.ended_at + 92 * DAY
    stale = of_kind(asked(started_at=T0 - 93 * DAY))
    assert knows(stale, of_kind(young)).status is Status.PASS


def test_a_standing_failure_of_any_kind_refutes() -> None:
    first = failed_test("full", started_at=T0 - 3 * DAY)
    last = failed_test("database", reason=Reason.WRONG_ANSWER)
    verdict = knows(of_kind(with_canary()), of_kind(failed=first), of_kind(failed=last))
    assert verdict.status is Status.FAIL
    assert verdict.since == first.ended_at
    assert verdict.reason == (
        "the database restore test of 2026-11-21 11:00 UTC failed: wrong answer"
    )


# Questions that the policy names.


def test_each_agreed_question_must_have_been_answered() -> None:
    wanted = (Name("orders"), Name("invoices"))
    both = knows(of_kind(asked("database", "orders", "invoices")), questions=wanted)
    assert both.status is Status.PASS
    one = knows(of_kind(asked()), questions=wanted)
    assert one.status is Status.FAIL
    assert one.reason == (
        "question invoices was not asked in the database test of 2026-11-21 11:00 UTC"
    )


def test_a_canary_does_not_answer_an_agreed_question() -> None:
    verdict = knows(of_kind(with_canary()), questions=(Name("orders"),))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == "question orders was never asked: no database test proved itself"


def test_an_answer_grows_old_like_every_proof() -> None:
    old, young = asked(started_at=T0 - 90 * DAY), with_canary()
    verdict = knows(of_kind(old), of_kind(young), questions=(Name("orders"),))
    assert verdict.status is Status.PASS
    assert verdict.holds_until == old.ended_at + 92 * DAY
    stale = asked(started_at=T0 - 95 * DAY)
    late = knows(of_kind(stale), of_kind(young), questions=(Name("orders"),))
    assert late.status is Status.FAIL
    assert late.since == stale.ended_at + 92 * DAY


def test_a_question_of_any_kind_that_asks_will_do() -> None:
    verdict = knows(
        of_kind(asked("database", "orders")),
        of_kind(asked("command", "invoices", database=None)),
        questions=(Name("orders"), Name("invoices")),
    )
    assert verdict.status is Status.PASS
