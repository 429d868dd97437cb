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


def part(number: int, of: int = 10, *, days_ago: int = 0) -> Integrity:
    started_at = T0 - HOUR - days_ago * DAY
    return integrity(read=1 / of, part=number, parts=of, started_at=started_at)


def test_data_read_and_sound_passes_until_the_limit() -> None:
    verdict = judged(INTACT, in_turn(integrity()), ENDED + 32 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == ENDED + 32 * DAY
    assert verdict.reason == "intact 32 d ago; all of the data read"


def test_older_fails_since_the_limit() -> None:
    verdict = judged(INTACT, in_turn(integrity()), ENDED + 32 * DAY + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED + 32 * DAY
    assert "32 d old, 32 d allowed (1 s over)" in verdict.reason


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


def test_a_check_not_performed_keeps_the_good_one_and_says_so() -> None:
    evidence = in_turn(integrity(), NOT_PERFORMED)
    verdict = judged(INTACT, evidence)
    assert verdict.status is Status.PASS
    assert "; the check of 2026-11-21 11:01 UTC was not performed: locked" in verdict.reason
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


# Data that is read in turns.


def test_a_rotation_on_its_way_passes_and_says_how_far_it_is() -> None:
    turns = [part(1, days_ago=14), part(2, days_ago=7), part(3)]
    verdict = judged(INTACT, in_turn(*turns))
    assert verdict.status is Status.PASS
    assert verdict.holds_until == ENDED + 32 * DAY
    assert verdict.reason == (
        "intact 59 min ago; part 3 of 10, 30 % of the data read since 2026-11-07 11:01 UTC"
    )


def test_a_rotation_that_does_not_come_round_fails_since_its_time_was_over() -> None:
    turns = [part(1, days_ago=93), part(2)]
    verdict = judged(INTACT, in_turn(*turns))
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED - DAY
    assert "part 2 of 10, 20 % of the data read" in verdict.reason


def test_parts_read_over_and_over_make_those_never_read_no_younger() -> None:
    turns = [part(number, 3, days_ago=days) for days in range(95, -1, -5) for number in (1, 2)]
    verdict = judged(INTACT, in_turn(*turns))
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED - 3 * DAY


def test_a_whole_rotation_lasts_as_long_as_its_oldest_part() -> None:
    turns = [part(1, 3, days_ago=80), part(2, 3, days_ago=40), part(3, 3)]
    verdict = judged(INTACT, in_turn(*turns))
    assert verdict.status is Status.PASS
    assert verdict.holds_until == ENDED + 12 * DAY
    again = judged(INTACT, in_turn(*turns, part(1, 3)))
    assert again.holds_until == ENDED + 32 * DAY
    assert judged(INTACT, in_turn(*turns), whole_within=70 * DAY).status is Status.FAIL


def test_shares_that_nobody_can_tell_apart_prove_no_whole() -> None:
    verdict = judged(INTACT, in_turn(integrity(read=0.025)))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == (
        "2.5 % of the data was read, but not in turns: nobody knows when all was"
    )
    too_old = judged(INTACT, in_turn(integrity(read=0.025)), T0 + 40 * DAY)
    assert too_old.status is Status.FAIL


def test_tenths_end_a_failure_when_they_have_read_all() -> None:
    tenths = [part(number) for number in range(1, 11)]
    assert judged(INTACT, in_turn(DAMAGED, *tenths[1:])).status is Status.FAIL
    assert judged(INTACT, in_turn(DAMAGED, *tenths)).status is Status.PASS
    again = in_turn(DAMAGED, *tenths[1:], DAMAGED, tenths[0])
    assert judged(INTACT, again).status is Status.FAIL
