"""Sizes are kept one a day, spread over a year, whatever dates come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from guardian_agent.wire.observations import Observation
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.evidence import CopyEvidence, ServerEvidence, SizeSeen
from guardian.domain.sizes import KEPT_FOR, MAX_SIZES, grown
from tests.central.domain.making import COPY, DAY, HOUR, SET, T0, contents, point, points, told

NOTHING = CopyEvidence(backup_set=SET, copy=COPY)


def sizes(evidence: ServerEvidence) -> list[int]:
    copy = evidence.copy(SET, COPY)
    assert copy is not None
    return [known.bytes for known in copy.sizes]


def listed(size: int | None, name: int = 1, made_at: datetime = T0 - HOUR) -> Observation:
    return points(point(name, made_at, bytes=size))


def every(step: timedelta, count: int) -> CopyEvidence:
    copy = NOTHING
    for number in range(count):
        copy = grown(copy, T0 + number * step, number)
    return copy


class TestTaken:
    def test_from_what_a_point_contains(self) -> None:
        assert sizes(told(listed(7), contents(1, bytes=5))) == [5]

    def test_from_the_list_where_nobody_looks_into_points(self) -> None:
        assert sizes(told(listed(7))) == [7]
        looked = told(contents(1, bytes=5))
        assert sizes(told(listed(7), after=looked, at=T0 + DAY)) == [5]

    def test_not_where_the_list_tells_none(self) -> None:
        assert sizes(told(listed(None))) == []
        assert sizes(told(points())) == []

    def test_not_of_a_point_dated_ahead_or_seen_to_lack_something(self) -> None:
        ahead = points(point(2, T0 + 9 * DAY, bytes=9), point(1, T0 - DAY, bytes=7))
        assert sizes(told(ahead)) == [7]
        assert sizes(told(contents(1, files_missing=1, bytes=5))) == []
        assert sizes(told(contents(1, valid=False, bytes=5))) == []

    def test_at_the_time_of_the_statement(self) -> None:
        copy = told(contents(1, bytes=5), wall_time=T0 - 3 * DAY).copy(SET, COPY)
        assert copy is not None
        assert copy.sizes == (SizeSeen(at=T0 - 3 * DAY, bytes=5),)


class TestKept:
    def test_of_a_day_the_last_counts(self) -> None:
        copy = every(HOUR, 24)
        assert [(known.at, known.bytes) for known in copy.sizes] == [
            (T0 + 23 * HOUR, 23),
            (T0 + 11 * HOUR, 11),
        ]

    def test_daily_ones_spread_over_the_year(self) -> None:
        copy = every(DAY, 1000)
        assert len(copy.sizes) == MAX_SIZES
        assert copy.sizes[0].bytes == 999
        gaps = [
            (late.at - early.at) // DAY
            for late, early in zip(copy.sizes, copy.sizes[1:], strict=False)
        ]
        assert max(gaps) <= 26
        assert timedelta(days=350) <= copy.sizes[0].at - copy.sizes[-1].at <= KEPT_FOR

    def test_a_clock_that_was_far_behind_is_forgotten(self) -> None:
        copy = grown(grown(NOTHING, datetime(1970, 1, 1, tzinfo=UTC), 5), T0, 7)
        assert [known.bytes for known in copy.sizes] == [7]

    def test_what_comes_late_takes_its_place(self) -> None:
        copy = grown(grown(NOTHING, T0, 7), T0 - 9 * DAY, 5)
        assert [known.bytes for known in copy.sizes] == [7, 5]
        long_ago = grown(copy, T0 - 500 * DAY, 3)
        assert long_ago.sizes == copy.sizes


@given(st.lists(st.datetimes(timezones=st.just(UTC)), max_size=80))
def test_they_are_bounded_and_in_order_whatever_dates_come(moments: list[datetime]) -> None:
    copy = NOTHING
    for moment in moments:
        copy = grown(copy, moment, 1)
    dates = [known.at for known in copy.sizes]
    assert len(dates) <= MAX_SIZES
    assert dates == sorted(dates, reverse=True)
    assert len({moment.date() for moment in dates}) == len(dates)
    if moments:
        assert dates[0] - dates[-1] <= KEPT_FOR
        assert max(moments) == dates[0]
