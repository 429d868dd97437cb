"""Kinds of restore tests do not cover for each other, and old news changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.wire.observations import Outcome, Reason
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain import evidence, restores
from guardian.domain.evidence import CopyEvidence, RestoreSeen
from guardian.domain.proof import KINDS
from guardian.domain.restores import MAX_KINDS
from tests.central.domain.making import COPY, DAY, HOUR, SET, T0, failed_test, of_kind, seen

NOTHING = CopyEvidence(backup_set=SET, copy=COPY)
NOT_VERIFIED = {"verified": False, "unverified_because": "no list"}


def in_turn(*tests: RestoreSeen) -> CopyEvidence:
    copy = NOTHING
    for test in tests:
        copy = restores.tested(copy, test)
    return copy


def of(kind: str, copy: CopyEvidence) -> evidence.TestsOfKind:
    (found,) = [known for known in copy.tests if known.kind == kind]
    return found


def test_nothing_is_known_before_the_first_test() -> None:
    assert NOTHING.restore is None
    assert NOTHING.last_good_restore is None
    assert NOTHING.standing_failed_restore is None


def test_a_pass_of_one_kind_clears_no_failure_of_another() -> None:
    failed, good = failed_test("database"), seen("sample", started_at=T0)
    copy = in_turn(failed, good)
    assert copy.standing_failed_restore == failed
    assert copy.last_good_restore == copy.restore == good
    assert of("sample", copy) == of_kind(good)
    assert of("database", copy).standing_failed == failed


def test_a_verified_pass_clears_the_failure_of_its_kind() -> None:
    failed, good = failed_test(), seen(started_at=T0)
    assert in_turn(failed, good).standing_failed_restore is None
    assert in_turn(good, failed).standing_failed_restore == failed


@pytest.mark.parametrize(
    "later",
    [
        seen(started_at=T0, **NOT_VERIFIED),
        seen(started_at=T0, outcome=Outcome.NOT_PERFORMED, reason=Reason.TIMEOUT, **NOT_VERIFIED),
    ],
)
def test_what_proves_nothing_is_only_the_newest(later: RestoreSeen) -> None:
    failed, good = failed_test(started_at=T0 - 2 * HOUR), seen(started_at=T0 - 3 * HOUR)
    known = of("sample", in_turn(good, failed, later))
    assert known.newest == later
    assert known.last_good == good
    assert known.standing_failed == failed


def test_a_pass_from_before_the_failure_stated_again_clears_nothing() -> None:
    good, failed = seen(started_at=T0 - 2 * HOUR), failed_test(started_at=T0 - HOUR)
    copy = in_turn(good, failed, good)
    assert copy.standing_failed_restore == failed
    assert in_turn(good, failed, seen(started_at=T0)).standing_failed_restore is None


def test_a_failure_dated_before_the_one_that_stands_does_not_make_it_older() -> None:
    good, failed = seen(started_at=T0 - 2 * HOUR), failed_test(started_at=T0 - HOUR)
    early = failed_test(started_at=T0 - 9 * DAY)
    copy = in_turn(good, failed, early, good)
    assert copy.standing_failed_restore == failed
    assert of("sample", in_turn(early, failed)).standing_failed == failed


def test_an_older_pass_stated_later_is_not_the_newest_good_one() -> None:
    old, new = seen(started_at=T0 - DAY), seen(started_at=T0)
    assert in_turn(new, old).last_good_restore == new


def test_a_failure_stands_whatever_its_date() -> None:
    failed = failed_test(started_at=T0 - 9 * DAY)
    assert in_turn(seen(started_at=T0), failed).standing_failed_restore == failed


def test_a_test_counts_as_ended_no_later_than_it_is_believed() -> None:
    long = timedelta(days=40).total_seconds()
    test = seen(
        started_at=T0,
        duration_seconds=long,
        received_at=T0 + 30 * DAY,
        believed_until=T0 + DAY,
    )
    assert test.ended_at == T0 + DAY


@given(st.lists(st.sampled_from([*sorted(KINDS), *(f"junk{n}" for n in range(9))]), max_size=40))
def test_junk_pushes_out_no_kind_that_central_verifies(kinds: list[str]) -> None:
    copy = in_turn(*(seen(kind, started_at=T0 + n * HOUR) for n, kind in enumerate(kinds)))
    kept = [known.kind for known in copy.tests]
    assert len(set(kept)) == len(kept) <= MAX_KINDS
    assert KINDS.intersection(kinds) <= set(kept)
    last = [kind for n, kind in enumerate(kinds) if kind not in kinds[n + 1 :]]
    strange = [kind for kind in last if kind not in KINDS]
    assert [kind for kind in kept if kind not in KINDS] == strange[-3:]
