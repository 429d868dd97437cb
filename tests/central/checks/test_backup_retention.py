from __future__ import annotations

from datetime import timedelta

import pytest

from guardian.checks.backup_retention import Settings
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    T0,
    contents,
    failure,
    judged,
    point,
    points,
    told,
    unspoken,
)

RETENTION = "backup.retention"


def holding(*ages: float, total: int | None = None) -> ServerEvidence:
    """Return evidence of restore points so many days old."""
    listed = (point(number, T0 - HOUR - age * DAY) for number, age in enumerate(ages))
    return told(points(*listed, total=total))


def retained(evidence: ServerEvidence, **settings: object) -> Verdict:
    return judged(RETENTION, evidence, **settings)


WEEK = tuple(range(7))


def test_what_nobody_agreed_on_is_not_judged_and_says_so() -> None:
    assert not Settings().is_agreed
    assert all(Settings(**{key: 1}).is_agreed for key in ("daily", "weekly", "monthly", "yearly"))
    assert Settings(reach_back=DAY).is_agreed
    assert Settings(delete_after=DAY).is_agreed
    assert Settings(at_most=1).is_agreed
    verdict = retained(holding(0))
    assert verdict.status is Status.PASS
    assert verdict.reason == "nothing was agreed of how far restore points reach back"


def test_a_week_of_days_passes_until_the_list_is_old() -> None:
    verdict = retained(holding(*WEEK), daily=7)
    assert verdict.status is Status.PASS
    assert verdict.reason == "7 of 7 daily restore points are there"
    assert verdict.holds_until == T0 + 8 * DAY
    late = judged(RETENTION, holding(*WEEK), T0 + 8 * DAY + SECOND, daily=7)
    assert late.status is Status.UNKNOWN
    assert late.since == T0 + 8 * DAY


def test_every_second_day_deleted_fails_with_available_of_expected() -> None:
    verdict = retained(holding(0, 2, 4, 6), daily=7)
    assert verdict.status is Status.FAIL
    assert verdict.reason == "4 of 7 daily restore points are there: 3 holes between them"


def test_each_period_is_judged_by_itself() -> None:
    evidence = holding(*WEEK, 14, 21)
    assert retained(evidence, daily=7, weekly=4).status is Status.PASS
    verdict = retained(evidence, daily=7, weekly=4, monthly=3, yearly=1)
    assert verdict.status is Status.UNKNOWN
    assert "2 of 3 monthly restore points are there: the older ones are missing" in verdict.reason


class TestAYoungSet:
    def test_it_is_unknown_while_it_could_not_be_older(self) -> None:
        verdict = retained(holding(0, 1, 2), daily=7)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason == (
            "3 of 7 daily restore points are there: the older ones are missing; it is watched "
            "since 2026-11-21 12:00 UTC, and none was deleted since"
        )

    def test_it_fails_once_it_was_watched_long_enough(self) -> None:
        later = T0 + 7 * DAY
        again = told(points(point(9, later - HOUR)), after=told(points()), at=later)
        assert judged(RETENTION, again, later, daily=7).status is Status.FAIL

    def test_it_fails_where_points_were_deleted(self) -> None:
        pruned = told(points(point(0, T0 - HOUR)), after=holding(0, 1, 2), at=T0 + HOUR)
        verdict = judged(RETENTION, pruned, T0 + HOUR, daily=7)
        assert verdict.status is Status.FAIL
        assert verdict.reason == (
            "1 of 7 daily restore points are there: the older ones are missing"
        )

    def test_a_point_of_the_future_that_went_deletes_no_past(self) -> None:
        before = told(points(point(5, T0 + DAY), point(0, T0 - HOUR)))
        gone = told(points(point(0, T0 - HOUR)), after=before, at=T0 + HOUR)
        assert judged(RETENTION, gone, T0 + HOUR, daily=7).status is Status.UNKNOWN

    def test_a_list_that_shows_only_the_newest_tells_nothing_of_the_old(self) -> None:
        verdict = retained(holding(0, 1, total=9), daily=7)
        assert verdict.status is Status.UNKNOWN
        assert "in the list, which shows 2 of 9" in verdict.reason


def test_how_far_back_it_reaches() -> None:
    evidence = holding(0, 30)
    assert retained(evidence, reach_back=30 * DAY).reason == "they reach back 30 d, 30 d agreed"
    assert retained(evidence, reach_back=30 * DAY).status is Status.PASS
    assert retained(evidence, reach_back=31 * DAY).status is Status.UNKNOWN


class TestNeverPruned:
    def test_more_points_than_allowed(self) -> None:
        assert retained(holding(0, 1), at_most=2).reason == "2 restore points, 2 allowed"
        verdict = retained(holding(0, 1, total=900), at_most=30)
        assert verdict.status is Status.FAIL
        assert verdict.reason == "never pruned: 900 restore points, 30 allowed"

    def test_points_older_than_allowed(self) -> None:
        assert retained(holding(0, 39), delete_after=40 * DAY).status is Status.PASS
        verdict = retained(holding(0, 40), delete_after=40 * DAY)
        assert verdict.status is Status.FAIL
        assert verdict.reason == (
            "never pruned: the oldest restore point is 40 d old, 40 d allowed (1 h over)"
        )
        assert verdict.since == T0 - HOUR

    def test_also_of_those_that_the_list_does_not_show(self) -> None:
        listed = points(point(1, T0 - HOUR), total=300)
        old = told(listed.__class__(**{**_fields(listed), "oldest_at": T0 - 400 * DAY}))
        assert judged(RETENTION, old, delete_after=90 * DAY).status is Status.FAIL

    def test_a_far_future_point_alone_is_not_old(self) -> None:
        future = told(points(point(1, T0 + 999 * DAY)))
        verdict = judged(RETENTION, future, delete_after=90 * DAY, at_most=1)
        assert verdict.status is Status.FAIL
        assert verdict.reason == (
            "no restore point counts: all are incomplete or dated in the future"
        )


def _fields(listed: object) -> dict[str, object]:
    return {name: getattr(listed, name) for name in listed.__slots__}


def test_an_incomplete_point_fills_no_day() -> None:
    evidence = told(contents(3, files_missing=1), after=holding(*WEEK))
    assert judged(RETENTION, evidence, daily=7).reason == (
        "6 of 7 daily restore points are there: 1 hole between them"
    )


def test_an_empty_list_is_not_none() -> None:
    assert retained(told(points()), daily=7).status is Status.UNKNOWN
    emptied = told(points(), after=holding(0, 1), at=T0 + HOUR)
    verdict = judged(RETENTION, emptied, T0 + HOUR, daily=7)
    assert verdict.status is Status.FAIL
    assert verdict.since == T0 + HOUR


def test_nothing_known() -> None:
    assert retained(unspoken(), daily=7).reason == "the agent has reported nothing of it yet"
    assert retained(told(failures=(failure(),)), daily=7).status is Status.UNKNOWN


@pytest.mark.parametrize(("ages", "status"), [(WEEK, "unknown"), ((0, 2, 4, 6), "fail")])
def test_a_failed_look_hides_no_hole_and_proves_nothing(ages: tuple[int, ...], status: str) -> None:
    failed = told(after=holding(*ages), at=T0 + HOUR, failures=(failure(),))
    verdict = judged(RETENTION, failed, T0 + HOUR, daily=7)
    assert verdict.status is Status(status)
    assert "restore points are there" in verdict.reason


def test_limits_that_leave_the_calendar_are_met_by_nothing() -> None:
    far = timedelta(days=3660)
    assert retained(holding(0), yearly=1000, reach_back=far, delete_after=far).status is (
        Status.UNKNOWN
    )
