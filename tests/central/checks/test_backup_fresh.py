from __future__ import annotations

from datetime import timedelta

from guardian_agent.wire.observations import Reason

from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    MINUTE,
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

FRESH = "backup.fresh"
MADE = T0 - 5 * HOUR
DUE = MADE + 26 * HOUR


def test_it_passes_up_to_its_limit_and_says_until_when() -> None:
    verdict = judged(FRESH, told(points(point(1, MADE))), DUE)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == DUE


def test_one_second_later_it_fails_since_the_limit() -> None:
    verdict = judged(FRESH, told(points(point(1, MADE))), DUE + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == DUE
    assert verdict.reason == ("newest complete restore point is 26 h old, 26 h allowed (1 s over)")


def test_the_reason_says_age_and_limit() -> None:
    verdict = judged(FRESH, told(points(point(1, MADE))), MADE + 31 * HOUR)
    assert verdict.reason == "newest complete restore point is 31 h old, 26 h allowed"


def test_the_newest_counts_whatever_the_order() -> None:
    listed = told(points(point(1, T0 - 9 * DAY), point(2, MADE), point(3, T0 - 2 * DAY)))
    assert judged(FRESH, listed).status is Status.PASS


def test_the_end_counts_where_the_tool_tells_it() -> None:
    long_job = point(1, T0 - 30 * HOUR, finished_at=T0 - 10 * HOUR)
    assert judged(FRESH, told(points(long_job))).status is Status.PASS


def test_a_future_point_never_counts_also_when_its_date_has_come() -> None:
    ahead = T0 + 30 * DAY
    evidence = told(points(point(1, ahead)))
    assert judged(FRESH, evidence).status is Status.FAIL
    again = told(points(point(1, ahead)), after=evidence, at=ahead + HOUR)
    verdict = judged(FRESH, again, ahead + HOUR)
    assert verdict.status is Status.FAIL
    assert verdict.reason == ("no restore point counts: 1 dated in the future")


def test_a_point_barely_ahead_gains_nothing_by_it() -> None:
    evidence = told(points(point(1, T0 + 5 * MINUTE)))
    assert judged(FRESH, evidence, T0 + 26 * HOUR).status is Status.PASS
    assert judged(FRESH, evidence, T0 + 26 * HOUR + SECOND).status is Status.FAIL


def test_an_incomplete_point_does_not_count() -> None:
    old = point(1, T0 - 31 * HOUR)
    evidence = told(points(old, point(2, MADE)), contents(2, files_missing=1))
    verdict = judged(FRESH, evidence)
    assert verdict.status is Status.FAIL
    assert "31 h old" in verdict.reason


def test_only_incomplete_points_are_none() -> None:
    verdict = judged(FRESH, told(points(point(1, MADE)), contents(1, files=0)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == "no restore point counts: 1 incomplete"


def test_an_empty_list_is_not_none() -> None:
    verdict = judged(FRESH, told(points()))
    assert verdict.status is Status.UNKNOWN
    assert "empty is not none" in verdict.reason


def test_nothing_told_is_unknown_and_says_why() -> None:
    assert judged(FRESH, unspoken()).status is Status.UNKNOWN
    verdict = judged(FRESH, told(failures=(failure(Reason.WRONG_PASSWORD),)))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == (
        "nothing is known of it: the newest look at it failed (restic: wrong password)"
    )


def test_a_failed_look_makes_it_unknown_until_it_certainly_fails() -> None:
    evidence = told(points(point(1, MADE)))
    evidence = told(after=evidence, failures=(failure(Reason.LOCKED),), at=T0 + HOUR)
    verdict = judged(FRESH, evidence, DUE)
    assert verdict.status is Status.UNKNOWN
    assert verdict.holds_until == DUE
    assert verdict.reason.startswith("the newest look at it failed (restic: locked)")
    assert judged(FRESH, evidence, DUE + SECOND).status is Status.FAIL


def test_a_failure_after_the_list_came_leaves_freshness_alone() -> None:
    evidence = told(points(point(1, MADE)), failures=(failure(Reason.TIMEOUT),))
    assert judged(FRESH, evidence).status is Status.PASS


def test_a_late_statement_makes_nothing_young() -> None:
    old = points(point(1, T0 - 14 * DAY))
    late = told(old, wall_time=T0 - 14 * DAY)
    assert judged(FRESH, late).status is Status.FAIL


def test_a_limit_beyond_the_calendar_is_no_crash() -> None:
    endless = timedelta(days=999_999_999)
    evidence = told(points(point(1, MADE)))
    assert judged(FRESH, evidence, max_age=endless).status is Status.PASS
