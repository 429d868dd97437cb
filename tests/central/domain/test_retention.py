from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.retention import PERIODS, held
from tests.central.domain.making import DAY, HOUR, T0

DAILY, WEEKLY, MONTHLY = PERIODS["daily"], PERIODS["weekly"], PERIODS["monthly"]


def days(*ages: float) -> list[datetime]:
    return [T0 - age * DAY for age in ages]


def missing(moments: list[datetime], expected: int, period: timedelta = DAILY) -> tuple[int, int]:
    found = held(moments, expected, period)
    assert found.available == found.expected - found.between - found.before
    return found.between, found.before


def test_one_point_a_day_is_all_there_whatever_its_order() -> None:
    assert missing(days(3, 0, 5, 1, 6, 2, 4), 7) == (0, 0)


def test_a_job_that_comes_late_leaves_no_hole() -> None:
    assert missing(days(0, 1.7, 2.1, 3, 4.4, 5, 6), 7) == (0, 0)


@pytest.mark.parametrize("lost", range(1, 6))
def test_any_day_between_that_is_missing_is_a_hole(lost: int) -> None:
    kept = [day for day in range(9) if day != lost]
    assert missing(days(*kept), 7)[0] == 1


def test_every_second_day_deleted_is_told_with_how_many_are_left() -> None:
    found = held(days(0, 2, 4, 6, 8), 7, DAILY)
    assert (found.between, found.available) == (3, 4)


def test_one_too_few_at_the_old_end() -> None:
    assert missing(days(0, 1, 2, 3, 4, 5), 7) == (0, 1)
    assert missing(days(0, 1, 2), 7) == (0, 4)
    assert missing(days(0), 2) == (0, 1)


def test_what_lies_before_the_window_fills_nothing() -> None:
    assert missing(days(0, 1, 2, 300), 7) == (0, 4)


def test_the_newest_of_all_is_one_point() -> None:
    assert missing(days(0, 9), 1) == (0, 0)


def test_several_runs_a_day_with_the_last_of_each_day_kept() -> None:
    """Shortly after midnight, the last point of six days ago is little older than five days."""
    kept = [0.02, *(0.03 + day for day in range(6))]
    assert missing(days(0, *kept), 7) == (0, 0)


@given(st.integers(0, 3650), st.integers(2, 24), st.integers(0, 23))
def test_the_last_point_of_each_calendar_month_is_enough(
    day: int, expected: int, hour: int
) -> None:
    """What `keep-monthly` leaves, on any day of ten years, at any hour of the job."""
    today = T0.replace(hour=0) + timedelta(days=day, hours=hour)
    points, first = [today], today.replace(day=1)
    for _ in range(expected - 1):
        points.append(first - DAY)
        first = (first - DAY).replace(day=1)
    assert missing(points, expected, MONTHLY) == (0, 0)


@given(st.integers(0, 400), st.integers(2, 60))
def test_the_last_point_of_each_week_is_enough(day: int, expected: int) -> None:
    today = T0 + day * DAY
    sunday = today - timedelta(days=today.isoweekday())
    points = [today, *(sunday - week * WEEKLY for week in range(expected - 1))]
    assert missing(points, expected, WEEKLY) == (0, 0)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.integers(1, 1000))
def test_more_is_never_less(hours: list[int], expected: int) -> None:
    moments = [T0 - hour * HOUR for hour in hours]
    found = held(moments, expected, DAILY)
    assert 0 <= found.available <= expected
    assert found.between >= 0
    assert found.before >= 0
    newest = max(moments)
    full = [*moments, *(newest - day * DAY for day in range(expected))]
    assert held(full, expected, DAILY).available == expected
