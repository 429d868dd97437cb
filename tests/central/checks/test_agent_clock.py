from __future__ import annotations

import pytest

from guardian.domain.verdict import Status
from tests.central.domain.making import (
    COPY_ASSET,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    T0,
    judged,
    point,
    points,
    told,
    unspoken,
)


@pytest.mark.parametrize(
    ("skew", "status", "said"),
    [
        pytest.param(0.4, Status.PASS, "in step with central's", id="in-step"),
        pytest.param(1.0, Status.PASS, "1 s ahead of central's", id="a-second"),
        pytest.param(120.0, Status.PASS, "2 min ahead of central's", id="small"),
        pytest.param(300.0, Status.PASS, "5 min ahead of central's", id="at-the-limit"),
        pytest.param(300.5, Status.FAIL, "5 min ahead of central's", id="over-the-limit"),
        pytest.param(-300.0, Status.PASS, "5 min behind central's", id="behind-at-the-limit"),
        pytest.param(-7200.0, Status.FAIL, "2 h behind central's", id="behind"),
        pytest.param(3.2e8, Status.FAIL, "3703 d ahead of central's", id="ten-years"),
    ],
)
def test_the_skew_is_held_against_the_limit(skew: float, status: Status, said: str) -> None:
    verdict = judged("agent.clock", told(skew=skew))
    assert verdict.status is status
    assert verdict.reason == f"the server's clock is {said}, 5 min allowed"


def test_the_reading_grows_old() -> None:
    assert judged("agent.clock", told(), T0 + 8 * DAY).status is Status.PASS
    late = judged("agent.clock", told(), T0 + 8 * DAY + SECOND)
    assert late.status is Status.UNKNOWN
    assert late.since == T0 + 8 * DAY
    assert "8 d old, 8 d allowed (1 s over)" in late.reason


def test_a_wrong_clock_is_not_mended_by_age() -> None:
    assert judged("agent.clock", told(skew=999.0), T0 + 99 * DAY).status is Status.FAIL


def test_before_the_first_statement_it_is_unknown() -> None:
    assert judged("agent.clock", unspoken()).status is Status.UNKNOWN


def test_a_restore_point_from_the_future_shows_a_wrong_clock() -> None:
    ahead = point(1, T0 + 9 * DAY)
    verdict = judged("agent.clock", told(points(ahead)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == (
        f"{COPY_ASSET.backup_set}/{COPY_ASSET.copy} has a restore point dated "
        "2026-11-30 12:00 UTC when first seen on 2026-11-21 12:00 UTC"
    )


def test_a_point_within_the_tolerance_is_no_matter() -> None:
    slightly = told(points(point(1, T0 + 5 * MINUTE)))
    assert judged("agent.clock", slightly).status is Status.PASS


def test_the_future_point_counts_until_a_list_without_it_comes() -> None:
    evidence = told(points(point(1, T0 + 9 * DAY)))
    again = told(points(point(1, T0 + 9 * DAY)), after=evidence, at=T0 + 10 * DAY)
    assert judged("agent.clock", again, T0 + 10 * DAY).status is Status.FAIL
    gone = told(points(point(2, T0)), after=again, at=T0 + 10 * DAY + HOUR)
    assert judged("agent.clock", gone, T0 + 10 * DAY + HOUR).status is Status.PASS
