from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import DrawResult, Outcome, Reason, RestoreTest

from guardian.domain.evidence import ServerEvidence
from guardian.domain.evidence import TestsOfKind as OfKind
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    LIVE,
    SECOND,
    T0,
    answer,
    answered,
    compared,
    coverage,
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


def knows(*tests: OfKind, **settings: object) -> Verdict:
    return judged(TESTED, knowing(tests=tests), **settings)


def test_a_proven_test_passes_until_the_limit() -> None:
    verdict = judged(TESTED, in_turn(LIVE.test()), ENDED + 92 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == ENDED + 92 * DAY
    assert verdict.reason == (
        "60 files restored and compared in 30 s, 92 d ago: every file that can be compared is good"
    )


def test_older_fails_since_the_limit() -> None:
    verdict = judged(TESTED, in_turn(LIVE.test()), ENDED + 92 * DAY + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED + 92 * DAY
    assert verdict.reason == (
        "the newest verified sample restore test is 92 d old, 92 d allowed (1 s over)"
    )


def test_never_tested_is_unknown() -> None:
    assert judged(TESTED, unspoken()).status is Status.UNKNOWN
    listed = judged(TESTED, told(points(point(1, T0))))
    assert listed.status is Status.UNKNOWN
    assert listed.reason == "a restore was never tested"


def test_not_performed_is_unknown_and_says_why() -> None:
    verdict = judged(TESTED, in_turn(NOT_PERFORMED))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == (
        "a restore was never tested with proof; "
        "the sample test of 2026-11-21 11:00 UTC was not performed: quota exceeded"
    )


def test_passed_without_proof_is_unknown_and_says_which_link_is_missing() -> None:
    verdict = judged(TESTED, in_turn(UNPROVEN))
    assert verdict.status is Status.UNKNOWN
    assert "not independently tested: it was made under a checkpoint" in verdict.reason


def test_a_failed_test_fails_since_it_ended() -> None:
    verdict = judged(TESTED, in_turn(LIVE.test(), FAILED))
    assert verdict.status is Status.FAIL
    assert verdict.since == ENDED
    assert verdict.reason == (
        "the sample restore test of 2026-11-21 11:00 UTC failed: mismatch, "
        "2 files came back wrong or not at all"
    )


def test_a_restore_that_broke_off_fails_without_files() -> None:
    broken = LIVE.test(outcome=Outcome.FAILED, reason=Reason.DAMAGED, draws=())
    assert judged(TESTED, in_turn(broken)).reason.endswith("failed: damaged")


def test_bad_files_beside_those_drawn_are_counted() -> None:
    found = failed_test("full", mismatched=1, compared=compared(mismatched=4, missing=3))
    assert "7 files came back wrong" in knows(of_kind(failed=found)).reason
    found = failed_test("sample", mismatched=1, compared=compared(mismatched=4, missing=3))
    assert "8 files came back wrong" in knows(of_kind(failed=found)).reason


@pytest.mark.parametrize("later", [NOT_PERFORMED, UNPROVEN])
def test_what_proves_nothing_hides_no_failure(later: RestoreTest) -> None:
    verdict = judged(TESTED, in_turn(FAILED, later))
    assert verdict.status is Status.FAIL
    assert "; the sample test of" in verdict.reason


def test_a_proven_test_ends_a_failure() -> None:
    assert judged(TESTED, in_turn(FAILED, LIVE.test())).status is Status.PASS


@pytest.mark.parametrize("later", [NOT_PERFORMED, UNPROVEN])
def test_what_proves_nothing_keeps_the_good_one_and_says_so(later: RestoreTest) -> None:
    evidence = in_turn(LIVE.test(), later)
    verdict = judged(TESTED, evidence)
    assert verdict.status is Status.PASS
    assert "; the sample test of" in verdict.reason
    late = judged(TESTED, evidence, ENDED + 92 * DAY + SECOND)
    assert late.status is Status.FAIL
    assert "; the sample test of" in late.reason


def test_the_same_proof_sent_again_with_a_later_date_is_no_younger() -> None:
    proven = in_turn(LIVE.test())
    again = told(LIVE.test(started_at=T0 + 30 * DAY), after=proven, at=T0 + 30 * DAY)
    # The checkpoint that drew its files was given a day before T0.
    assert judged(TESTED, again).holds_until == T0 + 92 * DAY


def test_no_date_makes_a_test_younger_than_its_receipt() -> None:
    ahead = in_turn(LIVE.test(started_at=T0 + 99 * DAY))
    assert judged(TESTED, ahead).holds_until == T0 + 92 * DAY


# How sure it is.


def test_a_whole_sample_says_its_bound() -> None:
    verdict = knows(of_kind(seen(matched=299, population=100_000, not_compared=20)))
    assert verdict.status is Status.PASS
    assert verdict.reason == (
        "299 files restored and compared in 30 s (20 drawn had changed or were never hashed), "
        "59 min ago: with 95 % confidence fewer than 1 % are bad"
    )


def test_too_few_files_that_could_be_compared_are_unknown_with_the_bound_reached() -> None:
    sample = seen(matched=40, not_compared=258, population=298)
    verdict = knows(of_kind(sample))
    assert verdict.status is Status.UNKNOWN
    assert verdict.holds_until == sample.ended_at + 92 * DAY
    assert verdict.reason == (
        "only 40 of 298 drawn files could be compared 59 min ago: "
        "with 95 % confidence fewer than 6.8 % are bad, 1 % agreed"
    )


def test_a_bound_that_was_not_reached_fails_when_it_is_too_old() -> None:
    sample = seen(matched=40, not_compared=258, population=298)
    late = judged(TESTED, knowing(tests=(of_kind(sample),)), sample.ended_at + 92 * DAY + SECOND)
    assert late.status is Status.FAIL


def test_a_small_set_in_which_a_file_changes_all_the_time_can_pass() -> None:
    verdict = knows(of_kind(seen(matched=11, not_compared=1, population=12)))
    assert verdict.status is Status.PASS
    assert verdict.reason.endswith("every file that can be compared is good")


def test_a_sample_of_nearly_all_excludes_a_bad_file_only_with_confidence() -> None:
    verdict = knows(of_kind(seen(matched=299, population=301)))
    assert verdict.reason.endswith("with 95 % confidence none are bad")


@pytest.mark.parametrize(("share", "status"), [(0.02, Status.PASS), (0.001, Status.UNKNOWN)])
def test_the_bound_that_was_agreed_decides(share: float, status: Status) -> None:
    sample = of_kind(seen(matched=299, population=100_000))
    assert knows(sample, bad_share=share).status is status


def test_more_confidence_needs_more_files() -> None:
    sample = of_kind(seen(matched=299, population=100_000))
    verdict = knows(sample, confidence=0.99)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == (
        "299 files compared 59 min ago: with 99 % confidence fewer than 1.6 % are bad, 1 % agreed"
    )


def test_a_bound_is_never_said_smaller_than_it_is() -> None:
    verdict = knows(of_kind(seen(matched=198, population=200, not_compared=0)), bad_share=0.005)
    assert verdict.status is Status.PASS
    verdict = knows(of_kind(seen(matched=150, population=200)), bad_share=0.02)
    assert "with 95 % confidence at most 1 % are bad" in verdict.reason


def test_files_beyond_those_drawn_are_told() -> None:
    verdict = knows(of_kind(seen("full", compared=compared(12_345))))
    assert (
        "12,345 files restored and compared in 30 s, 60 of them drawn and verified, 59 min ago"
        in verdict.reason
    )
    verdict = knows(of_kind(seen("sample", compared=compared(64))))
    assert (
        "124 files restored and compared in 30 s, 60 of them drawn and verified, 59 min ago"
        in verdict.reason
    )


def test_no_files_beyond_those_drawn_are_not_told() -> None:
    assert "of them" not in knows(of_kind(seen(compared=compared(0)))).reason


# Kinds do not cover for each other.


def test_any_kind_is_enough_where_none_is_named() -> None:
    old = seen(started_at=T0 - 200 * DAY)
    young = seen("database", database=database())
    verdict = knows(of_kind(old), of_kind(young))
    assert verdict.status is Status.PASS
    assert verdict.holds_until == young.ended_at + 92 * DAY


def test_each_named_kind_must_have_its_own_good_test() -> None:
    kinds = (Slug("sample"), Slug("database"))
    sample, restored = of_kind(seen()), of_kind(seen("database", database=database()))
    verdict = knows(sample, kinds=kinds)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == "no database test ever proved itself"
    both = knows(sample, restored, kinds=kinds)
    assert both.status is Status.PASS
    assert "; PostgreSQL database restored" in both.reason


def test_reading_an_archive_does_not_make_good_what_was_not_performed() -> None:
    read = of_kind(seen("archive", compared=compared(9)))
    assert knows(read).status is Status.PASS
    idle = of_kind(newest=seen(outcome=Outcome.NOT_PERFORMED, verified=False))
    both = knows(read, idle)
    assert both.status is Status.UNKNOWN
    assert "the sample test of 2026-11-21 11:00 UTC was not performed" in both.reason
    assert knows(read, idle, kinds=(Slug("archive"),)).status is Status.PASS


def test_reading_an_archive_does_not_make_an_old_restore_young() -> None:
    old, read = of_kind(seen(started_at=T0 - 99 * DAY)), of_kind(seen("archive"))
    assert knows(old, read).status is Status.FAIL


def test_an_archive_that_proved_nothing_is_no_test() -> None:
    idle = of_kind(newest=seen("archive", verified=False, unverified_because="no file was read"))
    assert knows(idle).reason.startswith("a restore was never tested with proof; the archive test")


def test_the_oldest_of_the_named_kinds_decides_until_when() -> None:
    old, young = seen("archive", started_at=T0 - 9 * DAY), seen("command")
    kinds = (Slug("archive"), Slug("command"))
    verdict = knows(of_kind(old), of_kind(young), kinds=kinds)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == old.ended_at + 92 * DAY
    stale = of_kind(seen("archive", started_at=T0 - 93 * DAY))
    late = knows(stale, of_kind(young), kinds=kinds)
    assert late.status is Status.FAIL
    assert late.since == stale.newest.ended_at + 92 * DAY


def test_a_kind_that_is_not_named_still_fails() -> None:
    broken = failed_test("database", reason=Reason.STATEMENT_FAILED, mismatched=0)
    verdict = knows(of_kind(seen()), of_kind(failed=broken), kinds=(Slug("sample"),))
    assert verdict.status is Status.FAIL
    assert verdict.reason.startswith("the database restore test of 2026-11-21 11:00 UTC failed")


def test_of_several_failures_the_first_says_since_when() -> None:
    first = failed_test("archive", started_at=T0 - 5 * DAY)
    verdict = knows(of_kind(failed=first), of_kind(failed=failed_test("full")))
    assert verdict.since == first.ended_at
    assert verdict.reason.index("the full restore test") < verdict.reason.index("the archive")


def test_only_so_many_idle_tests_are_told() -> None:
    idle = [
        of_kind(newest=seen(kind, outcome=Outcome.NOT_PERFORMED, verified=False))
        for kind in ("sample", "full", "database", "archive", "command")
    ]
    assert knows(*idle).reason.count("was not performed") == 3


# Databases.


def test_a_database_says_its_tables_rows_and_answers() -> None:
    restored = seen(
        "database",
        database=database(tables=12, rows=34_000, bytes=1_230_000_000),
        answers=(
            answered(answer(1204.0, question="orders-of-yesterday", expected=1.0)),
            answered(answer(3.0, question="admins", expected=1.0)),
        ),
        duration_seconds=130.0,
    )
    assert knows(of_kind(restored)).reason == (
        "PostgreSQL database restored in 2 min 10 s (12 tables, 34,000 rows, 1.23 GB); "
        "2 of 2 questions answered as expected: "
        "orders-of-yesterday gave 1,204, expected at least 1; "
        "admins gave 3, expected at least 1, 59 min ago"
    )


def test_a_wrong_answer_is_told() -> None:
    wrong = failed_test(
        "database",
        reason=Reason.WRONG_ANSWER,
        matched=0,
        mismatched=0,
        answers=(answered(), answered(answer(0.0, question="fresh"), holds=False)),
    )
    assert knows(of_kind(failed=wrong)).reason.endswith(
        "failed: wrong answer, 1 of 2 questions not answered as expected: "
        "fresh gave 0, expected at least 10"
    )


def test_a_command_says_what_it_restored() -> None:
    restored = seen(
        "command", files_restored=1200, duration_seconds=4000.0, started_at=T0 - 2 * HOUR
    )
    assert knows(of_kind(restored)).reason == (
        "command test passed in 1 h 6 min (1,200 files), 119 min ago"
    )


# Everything within a period.


def test_whole_within_passes_while_the_longest_waiting_is_young() -> None:
    covered = coverage(45, 60, untested_since=T0 - 20 * DAY, oldest_test_at=T0 - 9 * DAY)
    verdict = knows(of_kind(seen(coverage=covered)), whole_within=30 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == T0 + 10 * DAY
    assert verdict.reason.endswith(
        "; 75 % of 60 files and 75 % of 6 kB brought back so far, the longest waiting file for 20 d"
    )


def test_what_was_brought_back_so_far_is_told_where_nothing_was_agreed_of_it() -> None:
    waiting = coverage(45, 60, untested_since=T0 - 20 * DAY, oldest_test_at=T0 - 9 * DAY)
    said = "; 75 % of 60 files and 75 % of 6 kB brought back so far"
    verdict = knows(of_kind(seen(coverage=waiting)))
    assert verdict.reason.endswith(f"{said}, the longest waiting file for 20 d")
    assert knows(of_kind(seen(coverage=coverage(45, 60)))).reason.endswith(said)


def test_what_was_all_brought_back_says_since_when() -> None:
    covered = coverage(60, 60, oldest_test_at=T0 - 9 * DAY)
    said = "; each of 60 files (6 kB) brought back within the last 9 d"
    assert knows(of_kind(seen(coverage=covered))).reason.endswith(said)
    assert knows(of_kind(seen(coverage=covered)), whole_within=30 * DAY).reason.endswith(said)
    strange = replace(covered, bytes_tested=5999)
    assert "99 % of 6 kB brought back so far" in knows(of_kind(seen(coverage=strange))).reason


def test_whole_within_fails_since_the_longest_waiting_was_due() -> None:
    covered = coverage(45, 60, untested_since=T0 - 9 * DAY, oldest_test_at=T0 - 40 * DAY)
    verdict = knows(of_kind(seen(coverage=covered)), whole_within=30 * DAY)
    assert verdict.status is Status.FAIL
    assert verdict.since == T0 - 10 * DAY
    assert verdict.reason == (
        "75 % of 60 files and 75 % of 6 kB brought back so far: "
        "the test of what waits longest is 40 d old, 30 d allowed"
    )


@pytest.mark.parametrize(
    "covered",
    [
        None,
        coverage(45, 60),
        coverage(45, 60, oldest_test_at=T0),
        coverage(60, 60),
        coverage(0, 0),
    ],
)
def test_whole_within_is_unknown_where_nobody_told(covered: object) -> None:
    verdict = knows(of_kind(seen(coverage=covered)), whole_within=30 * DAY)
    assert verdict.status is Status.UNKNOWN


def test_the_newest_coverage_counts() -> None:
    old = seen("full", started_at=T0 - 2 * DAY, coverage=coverage(oldest_test_at=T0 - 2 * DAY))
    new = seen(coverage=coverage(oldest_test_at=T0 - 40 * DAY))
    assert knows(of_kind(old), of_kind(new), whole_within=30 * DAY).status is Status.FAIL


def test_no_stated_date_makes_what_waits_younger_than_its_receipt() -> None:
    ahead = seen(coverage=coverage(oldest_test_at=T0 + 999 * DAY))
    verdict = knows(of_kind(ahead), whole_within=30 * DAY)
    assert verdict.holds_until == ahead.received_at + 30 * DAY


def test_whatever_is_stated_is_judged() -> None:
    endless = replace(seen("database", database=database()), duration_seconds=9e18)
    for settings in ({}, {"whole_within": timedelta.max}, {"max_age": timedelta.max}):
        assert knows(of_kind(endless), **settings).status is not Status.FAIL
