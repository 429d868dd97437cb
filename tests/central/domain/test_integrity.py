"""A failed check stands until what failed was read again; parts are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from guardian_agent.wire.observations import Integrity, Outcome, Reason
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import CopyEvidence
from guardian.domain.integrity import MAX_PARTS, checked
from tests.central.domain.making import COPY, DAY, HOUR, SECOND, SET, T0, integrity

NOTHING = CopyEvidence(backup_set=SET, copy=COPY)
FAILED, PASSED, NOT_PERFORMED = Outcome.FAILED, Outcome.PASSED, Outcome.NOT_PERFORMED
DAMAGED = integrity(FAILED, reason=Reason.DAMAGED)


def good(part: int = 0, parts: int = 0, read: float | None = None, **fields: object) -> Integrity:
    share = read if read is not None else 1.0 / max(parts, 1)
    return integrity(PASSED, share, part=part, parts=parts, **fields)


def bad(part: int = 0, parts: int = 0, **fields: object) -> Integrity:
    return integrity(FAILED, 0.1, reason=Reason.DAMAGED, part=part, parts=parts, **fields)


def in_turn(*checks: Integrity, after: CopyEvidence = NOTHING) -> CopyEvidence:
    """Take the checks, each made and received an hour after the one before it."""
    copy = after
    for number, check in enumerate(checks):
        copy = checked(copy, *at(check, T0 + number * HOUR))
    return copy


def at(check: Integrity, moment: datetime) -> tuple[Integrity, Arrival]:
    made = replace(check, started_at=moment, duration_seconds=0.0)
    return made, Arrival(epoch=1, number=1, received_at=moment, stated_at=moment)


def parts_of(copy: CopyEvidence) -> list[tuple[int, int]]:
    return [(read.part, read.parts) for read in copy.parts_read]


def all_of(parts: int, *, but: int = 0) -> list[Integrity]:
    return [good(part, parts) for part in range(1, parts + 1) if part != but]


class TestPartsRead:
    @pytest.mark.parametrize(("part", "parts"), [(0, 0), (1, 1), (0, 1), (7, 0)])
    def test_the_whole_is_part_one_of_one(self, part: int, parts: int) -> None:
        copy = in_turn(good(part, parts))
        assert parts_of(copy) == [(1, 1)]
        assert copy.parts_read[0].at == T0

    @pytest.mark.parametrize(
        "check",
        [
            good(read=0.5),
            good(1, 1, read=0.998),
            good(read=0.0),
            good(3, 10, read=0.0),
            good(3, 10, read=0.099),
            good(1, 2, read=1e-9),
            good(0, 10),
            good(11, 10),
            good(1, MAX_PARTS + 1),
            integrity(NOT_PERFORMED, 1.0),
            DAMAGED,
            bad(3, 10),
        ],
    )
    def test_what_reads_no_known_part_is_no_part(self, check: Integrity) -> None:
        assert parts_of(in_turn(check)) == []

    def test_parts_are_kept_with_the_time_of_their_last_reading(self) -> None:
        copy = in_turn(good(2, 3), good(1, 3), good(2, 3))
        assert [(read.part, read.at) for read in copy.parts_read] == [
            (1, T0 + HOUR),
            (2, T0 + 2 * HOUR),
        ]

    def test_an_older_reading_stated_later_makes_no_part_older(self) -> None:
        copy = checked(in_turn(good(1, 3)), *at(good(1, 3), T0 - DAY))
        assert copy.parts_read[0].at == T0
        assert copy.last_good_integrity is not None
        assert copy.last_good_integrity.ended_at == T0

    def test_another_division_starts_anew(self) -> None:
        assert parts_of(in_turn(*all_of(3), good(2, 4))) == [(2, 4)]

    def test_the_whole_was_every_part_of_the_next_division(self) -> None:
        copy = in_turn(good(), good(2, 3))
        assert [(read.part, read.at) for read in copy.parts_read] == [
            (1, T0),
            (2, T0 + HOUR),
            (3, T0),
        ]

    def test_the_whole_takes_the_place_of_any_division(self) -> None:
        assert parts_of(in_turn(good(1, 3), good())) == [(1, 1)]

    def test_a_part_that_failed_counts_as_read_no_longer(self) -> None:
        assert parts_of(in_turn(*all_of(3), bad(2, 3))) == [(1, 3), (3, 3)]
        assert parts_of(in_turn(good(), bad(2, 3))) == [(1, 3), (3, 3)]
        assert parts_of(in_turn(*all_of(3), bad(2, 4))) == []
        assert parts_of(in_turn(*all_of(3), bad())) == []


class TestFailure:
    def stands(self, *checks: Integrity) -> bool:
        return in_turn(*checks).standing_failed_integrity is not None

    def test_the_whole_ends_any_failure(self) -> None:
        assert not self.stands(bad(3, 10), bad(4, 10), good())
        assert not self.stands(bad(), good())
        assert not self.stands(DAMAGED, good(1, 1))

    def test_a_part_that_failed_stands_until_that_very_part_passed(self) -> None:
        assert self.stands(bad(3, 10), *all_of(10, but=3))
        assert self.stands(bad(3, 10), *[good(2, 10)] * 20)
        assert not self.stands(bad(3, 10), good(3, 10))

    def test_each_failed_part_stands_for_itself(self) -> None:
        copy = in_turn(bad(3, 10), bad(5, 10), good(5, 10))
        assert [failed.fact.part for failed in copy.failed_checks] == [3]
        assert copy.standing_failed_integrity == copy.failed_checks[0]
        assert not self.stands(bad(3, 10), bad(5, 10), good(5, 10), good(3, 10))

    def test_a_part_that_fails_again_is_one_failure(self) -> None:
        copy = in_turn(bad(3, 10), bad(5, 10), bad(3, 10))
        assert [failed.fact.part for failed in copy.failed_checks] == [3, 5]

    def test_a_failure_nobody_can_place_stands_until_every_part_passed(self) -> None:
        for failure in (bad(), DAMAGED, bad(1, 1), bad(11, 10)):
            assert self.stands(*all_of(10), failure, *all_of(10, but=4))
            assert not self.stands(*all_of(10), failure, *all_of(10))

    def test_a_failed_part_of_another_division_stands_until_every_part_passed(self) -> None:
        assert self.stands(bad(3, 10), good(3, 7))
        assert self.stands(bad(3, 10), *all_of(7, but=1))
        assert not self.stands(bad(3, 10), *all_of(7))
        assert self.stands(*all_of(7), bad(3, 10), bad(2, 7), good(2, 7))

    def test_shares_without_turns_add_up_and_parts_do_not(self) -> None:
        tenth = good(read=0.1)
        assert self.stands(bad(), *[tenth] * 9)
        assert not self.stands(bad(), *[tenth] * 10)
        assert not self.stands(bad(3, 10), *[tenth] * 10)
        assert self.stands(bad(), *[tenth] * 9, bad(), tenth)
        assert self.stands(bad(), *[good(1, 10)] * 20)
        assert self.stands(bad(), *[good(7, 0, read=0.5)], *[good(1, 1000, read=0.5)] * 9)

    def test_a_pass_from_before_the_failure_stated_again_ends_nothing(self) -> None:
        failing = in_turn(bad(3, 10))
        again = checked(failing, *at(good(3, 10), T0 - SECOND))
        assert again.failed_checks == failing.failed_checks
        assert again.parts_read == ()
        whole = checked(failing, *at(good(), T0 - SECOND))
        assert whole.failed_checks == failing.failed_checks
        assert whole.integrity is not None
        assert not checked(failing, *at(good(3, 10), T0)).failed_checks

    def test_what_is_kept_of_many_failures_is_bounded(self) -> None:
        failures = [bad(part, parts) for parts in range(2, 30) for part in range(1, parts + 1)]
        copy = in_turn(*failures)
        assert len(copy.failed_checks) == 29 + 1
        assert copy.failed_checks[-1].fact.parts == 28


PARTS = st.tuples(st.integers(0, 4), st.integers(0, 4))
CHECKS = st.builds(
    lambda outcome, turn, read: integrity(outcome, read, part=turn[0], parts=turn[1]),
    st.sampled_from([PASSED, PASSED, FAILED, NOT_PERFORMED]),
    PARTS,
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)


@given(st.lists(CHECKS, max_size=12))
def test_a_failure_ends_only_when_what_failed_was_read_since(checks: list[Integrity]) -> None:
    copy = in_turn(*checks)
    failed = [n for n, check in enumerate(checks) if check.outcome is FAILED]
    for number in failed:
        fact = checks[number]
        since = [each for each in checks[number + 1 :] if each.outcome is PASSED and each.data_read]
        turns = {(each.part, each.parts) for each in since}
        whole = any(each.parts <= 1 and each.data_read >= 1.0 for each in since)
        every = any(
            turns.issuperset((part, parts) for part in range(1, parts + 1)) for parts in (2, 3, 4)
        )
        shared = sum(each.data_read for each in since if each.parts <= 1) >= 0.999
        itself = 1 <= fact.part <= fact.parts and (fact.part, fact.parts) in turns
        if not (whole or every or shared or itself):
            assert copy.failed_checks


@given(st.lists(CHECKS, max_size=12))
def test_nothing_counts_as_read_while_it_stands_as_failed(checks: list[Integrity]) -> None:
    copy = in_turn(*checks)
    failed = {(seen.fact.part, seen.fact.parts) for seen in copy.failed_checks}
    assert not failed.intersection(parts_of(copy))
    assert len({read.parts for read in copy.parts_read}) <= 1
    assert parts_of(copy) == sorted(set(parts_of(copy)))
    if copy.failed_checks and copy.parts_read:
        assert len(copy.parts_read) < copy.parts_read[0].parts


def test_dates_at_the_end_of_the_calendar_break_nothing() -> None:
    beginning, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for moment in (beginning, end):
        fact, arrival = at(good(), moment)
        assert checked(NOTHING, fact, arrival).last_good_integrity is not None
    early = integrity(started_at=beginning, duration_seconds=9e18)
    assert checked(NOTHING, early, at(good(), T0)[1]).parts_read[0].at == T0
