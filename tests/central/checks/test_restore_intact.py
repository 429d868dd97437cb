from __future__ import annotations

from guardian_agent.wire.observations import Integrity, Outcome, Reason

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    T0,
    integrity,
    judged,
    point,
    points,
    told,
    unspoken,
)

INTACT = "restore.intact"
ENDED = T0 - 59 * MINUTE
DAMAGED = integrity(Outcome.FAILED, reason=Reason.DAMAGED)
NOT_PERFORMED = integrity(Outcome.NOT_PERFORMED, 0.0, reason=Reason.LOCKED)


def in_turn(*checks: Integrity) -> ServerEvidence:
    evidence = unspoken()
    for check in checks:
        evidence = told(check, after=evidence)
    return evidence


def test_data_read_and_sound_passes_until_the_limit() -> None:
    verdict = judged(INTACT, in_turn(integrity()), ENDED + 32 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == ENDED + 32 * DAY
    assert verdict.reason == "intact 32 d ago, 100 % of the data read"


def test_older_fails_since_the_limit() -> None:
    verdict = judged(INTACT, in_turn(integrity()), ENDED + 32 * DAY + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED + 32 * DAY
    assert "32 d old, 32 d allowed (1 s over)" in verdict.reason


def test_a_share_of_the_data_is_said() -> None:
    verdict = judged(INTACT, in_turn(integrity(read=0.025)))
    assert verdict.reason.endswith("2.5 % of the data read")
    too_much = judged(INTACT, in_turn(integrity(read=9.0)))
    assert too_much.reason.endswith("100 % of the data read")


def test_a_check_of_the_structure_alone_never_passes() -> None:
    verdict = judged(INTACT, in_turn(integrity(read=0.0)))
    assert verdict.status is Status.UNKNOWN
    assert "read no data" in verdict.reason


def test_never_checked_is_unknown() -> None:
    assert judged(INTACT, unspoken()).status is Status.UNKNOWN
    listed = judged(INTACT, told(points(point(1, T0))))
    assert listed.reason == "its data was never read and checked"
    refused = judged(INTACT, in_turn(NOT_PERFORMED))
    assert refused.status is Status.UNKNOWN
    assert refused.reason.endswith("was not performed: locked")


def test_a_failed_check_fails_since_it_ended() -> None:
    verdict = judged(INTACT, in_turn(integrity(), DAMAGED))
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED
    assert verdict.reason == "the check of 2026-11-21 11:01 UTC failed: damaged"


def test_what_reads_nothing_hides_no_failure() -> None:
    assert judged(INTACT, in_turn(DAMAGED, integrity(read=0.0))).status is Status.FAIL
    assert judged(INTACT, in_turn(DAMAGED, NOT_PERFORMED)).status is Status.FAIL


def test_a_whole_pass_ends_a_failure() -> None:
    assert judged(INTACT, in_turn(DAMAGED, integrity())).status is Status.PASS


def test_tenths_end_a_failure_when_they_have_read_all() -> None:
    tenths = [integrity(read=0.1)] * 10
    assert judged(INTACT, in_turn(DAMAGED, *tenths[1:])).status is Status.FAIL
    assert judged(INTACT, in_turn(DAMAGED, *tenths)).status is Status.PASS
    again = in_turn(DAMAGED, *tenths[1:], DAMAGED, tenths[0])
    assert judged(INTACT, again).status is Status.FAIL


def test_a_check_not_performed_keeps_the_good_one_and_says_so() -> None:
    evidence = in_turn(integrity(), NOT_PERFORMED)
    verdict = judged(INTACT, evidence)
    assert verdict.status is Status.PASS
    assert verdict.reason.endswith("was not performed: locked")
    late = judged(INTACT, evidence, T0 + 40 * DAY)
    assert late.status is Status.FAIL
    assert late.reason.endswith("was not performed: locked")


def test_no_date_makes_a_check_younger_than_its_receipt() -> None:
    ahead = in_turn(integrity(started_at=T0 + 99 * DAY))
    assert judged(INTACT, ahead).holds_until == T0 + 32 * DAY
    endless = in_turn(integrity(duration_seconds=9e18))
    assert judged(INTACT, endless).holds_until == T0 + 32 * DAY


def test_a_late_statement_makes_no_old_check_young() -> None:
    late = told(integrity(started_at=T0 - 40 * DAY), wall_time=T0 - 40 * DAY + HOUR)
    assert judged(INTACT, late).status is Status.FAIL
