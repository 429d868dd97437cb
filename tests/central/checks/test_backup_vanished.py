from __future__ import annotations

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    T0,
    failure,
    judged,
    point,
    points,
    told,
    unspoken,
)

GONE = "backup.vanished"
NEWEST = point(9, T0 - HOUR)


def lost(age_days: float, *, after: ServerEvidence | None = None) -> ServerEvidence:
    """Return evidence of a point, so old now, that the newest list lacks."""
    made_at = T0 - age_days * DAY
    before = told(points(point(1, made_at)), after=after, at=T0 - HOUR)
    return told(points(NEWEST), after=before)


def test_nothing_missing_passes_while_the_list_is_young() -> None:
    evidence = told(points(NEWEST))
    verdict = judged(GONE, evidence, T0 + 8 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == T0 + 8 * DAY
    late = judged(GONE, evidence, T0 + 8 * DAY + SECOND)
    assert late.status is Status.UNKNOWN
    assert late.since == T0 + 8 * DAY


def test_a_young_point_that_disappeared_fails_since_the_list_without_it() -> None:
    verdict = judged(GONE, lost(2))
    assert verdict.status is Status.FAIL
    assert verdict.since == T0
    assert verdict.reason == (
        "1 restore point disappeared younger than 7 d, the newest of 2026-11-19 12:00 UTC"
    )


def test_the_newest_loss_is_named_and_the_first_is_its_beginning() -> None:
    more = told(points(point(3, T0 - DAY), NEWEST), after=lost(2), at=T0 + HOUR)
    verdict = judged(GONE, told(points(NEWEST), after=more, at=T0 + 2 * HOUR), T0 + 2 * HOUR)
    assert verdict.since == T0
    assert verdict.reason == (
        "2 restore points disappeared younger than 7 d, the newest of 2026-11-20 12:00 UTC"
    )


def test_an_emptied_list_fails_since_the_last_point_went() -> None:
    old, older = point(1, T0 - 98 * DAY), point(2, T0 - 99 * DAY)
    before = told(points(old), after=told(points(old, older), at=T0 - HOUR))
    emptied = told(points(), after=before, at=T0 + HOUR)
    assert judged(GONE, emptied, T0 + HOUR).since == T0 + HOUR


def test_an_old_point_may_go() -> None:
    assert judged(GONE, lost(7)).status is Status.PASS
    assert judged(GONE, lost(6.99)).status is Status.FAIL


def test_age_alone_never_excuses_it_but_a_later_list_does() -> None:
    assert judged(GONE, lost(2), T0 + 30 * DAY).status is Status.FAIL
    relisted = told(points(NEWEST), after=lost(2), at=T0 + 5 * DAY)
    assert judged(GONE, relisted, T0 + 5 * DAY).status is Status.PASS


def test_a_point_that_comes_back_is_no_loss() -> None:
    back = told(points(NEWEST, point(1, T0 - 2 * DAY)), after=lost(2), at=T0 + HOUR)
    assert judged(GONE, back, T0 + HOUR).status is Status.PASS


def test_how_long_points_are_kept_is_a_setting() -> None:
    assert judged(GONE, lost(2), keep=DAY).status is Status.PASS


def test_deleting_a_point_from_the_future_is_the_remedy_and_no_loss() -> None:
    before = told(points(point(1, T0 + 999 * DAY), point(2, T0 - HOUR)), at=T0 - HOUR)
    after = told(points(point(2, T0 - HOUR)), after=before)
    assert judged(GONE, after).status is Status.PASS


def test_an_empty_list_fails_when_points_were_known_however_old() -> None:
    before = told(points(point(1, T0 - 99 * DAY)), at=T0 - HOUR)
    verdict = judged(GONE, told(points(), after=before))
    assert verdict.status is Status.FAIL
    assert verdict.reason == (
        "the list of restore points is empty, and 1 restore point had been known"
    )


def test_an_empty_list_is_unknown_when_none_was_ever_known() -> None:
    assert judged(GONE, told(points())).status is Status.UNKNOWN


def test_nothing_told_is_unknown() -> None:
    assert judged(GONE, unspoken()).status is Status.UNKNOWN


def test_a_failed_look_is_unknown_where_nothing_certainly_fails() -> None:
    failed = {"failures": (failure(),), "at": T0 + HOUR}
    assert judged(GONE, told(after=told(points(NEWEST)), **failed)).status is Status.UNKNOWN
    assert judged(GONE, told(after=lost(2), **failed)).status is Status.FAIL
