from __future__ import annotations

from guardian_agent.wire.observations import DrawResult, Outcome, Reason, RestoreTest

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    LIVE,
    SECOND,
    T0,
    given_checkpoint,
    judged,
    point,
    points,
    told,
    unspoken,
)

TESTED = "restore.tested"
ENDED = T0 - HOUR + 30 * SECOND
NOT_PERFORMED = LIVE.test(outcome=Outcome.NOT_PERFORMED, reason=Reason.QUOTA_EXCEEDED, draws=())
UNPROVEN = LIVE.test(checkpoint_size=8)
FAILED = LIVE.test(
    outcome=Outcome.FAILED,
    reason=Reason.MISMATCH,
    draws=(
        LIVE.drawn(LIVE.indices()[0], result=DrawResult.MISMATCHED),
        LIVE.drawn(LIVE.indices()[1], result=DrawResult.MISSING, restored=None),
    ),
)


def in_turn(*tests: RestoreTest) -> ServerEvidence:
    listed = points(point(1, T0 - 2 * DAY))
    evidence = given_checkpoint(told(LIVE.manifest(), listed, at=T0 - DAY), at=T0 - DAY)
    for test in tests:
        evidence = told(test, after=evidence)
    return evidence


def test_a_proven_test_passes_until_the_limit() -> None:
    verdict = judged(TESTED, in_turn(LIVE.test()), ENDED + 92 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == ENDED + 92 * DAY
    assert verdict.reason == "12 files restored and compared in 30 s, 92 d ago"


def test_older_fails_since_the_limit() -> None:
    verdict = judged(TESTED, in_turn(LIVE.test()), ENDED + 92 * DAY + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED + 92 * DAY
    assert verdict.reason == (
        "the newest verified restore test is 92 d old, 92 d allowed (1 s over)"
    )


def test_never_tested_is_unknown() -> None:
    assert judged(TESTED, unspoken()).status is Status.UNKNOWN
    listed = judged(TESTED, told(points(point(1, T0))))
    assert listed.status is Status.UNKNOWN
    assert listed.reason == "a restore was never tested"


def test_not_performed_is_unknown_and_says_why() -> None:
    verdict = judged(TESTED, in_turn(NOT_PERFORMED))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.endswith("was not performed: quota exceeded")


def test_passed_without_proof_is_unknown_and_says_which_link_is_missing() -> None:
    verdict = judged(TESTED, in_turn(UNPROVEN))
    assert verdict.status is Status.UNKNOWN
    assert "not independently tested: its files were drawn by a checkpoint" in verdict.reason


def test_a_failed_test_fails_since_it_ended() -> None:
    verdict = judged(TESTED, in_turn(LIVE.test(), FAILED))
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED
    assert verdict.reason == (
        "the restore test of 2026-11-21 11:00 UTC failed: mismatch, "
        "2 files came back wrong or not at all"
    )


def test_a_restore_that_broke_off_fails_without_files() -> None:
    broken = LIVE.test(outcome=Outcome.FAILED, reason=Reason.DAMAGED, draws=())
    assert judged(TESTED, in_turn(broken)).reason.endswith("failed: damaged")


def test_what_proves_nothing_hides_no_failure() -> None:
    for later in (NOT_PERFORMED, UNPROVEN):
        verdict = judged(TESTED, in_turn(FAILED, later))
        assert verdict.status is Status.FAIL
        assert "; the test of" in verdict.reason


def test_a_proven_test_ends_a_failure() -> None:
    assert judged(TESTED, in_turn(FAILED, LIVE.test())).status is Status.PASS


def test_what_proves_nothing_keeps_the_good_one_until_its_limit_and_says_so() -> None:
    for later in (NOT_PERFORMED, UNPROVEN):
        evidence = in_turn(LIVE.test(), later)
        verdict = judged(TESTED, evidence)
        assert verdict.status is Status.PASS
        assert "; the test of" in verdict.reason
        late = judged(TESTED, evidence, ENDED + 92 * DAY + SECOND)
        assert late.status is Status.FAIL
        assert "; the test of" in late.reason


def test_the_same_proof_sent_again_with_a_later_date_is_no_younger() -> None:
    proven = in_turn(LIVE.test())
    again = told(LIVE.test(started_at=T0 + 30 * DAY), after=proven, at=T0 + 30 * DAY)
    # The checkpoint that drew its files was given a day before T0.
    assert judged(TESTED, again).holds_until == T0 + 30 * SECOND + 92 * DAY


def test_no_date_makes_a_test_younger_than_its_receipt() -> None:
    ahead = in_turn(LIVE.test(started_at=T0 + 99 * DAY))
    assert judged(TESTED, ahead).holds_until == T0 + 92 * DAY
