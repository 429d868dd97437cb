from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.evidence import SizeSeen
from guardian.domain.growth import growth
from tests.central.domain.making import DAY, SECOND, T0

GB = 10**9


def sizes(*of_days: tuple[float, float]) -> tuple[SizeSeen, ...]:
    return tuple(SizeSeen(at=T0 - days * DAY, bytes=int(size * GB)) for days, size in of_days)


STEADY = sizes(*((days, 100 - days) for days in range(0, 21, 4)))


def test_a_steady_growth_is_found() -> None:
    found = growth(STEADY)
    assert found is not None
    assert found.bytes_per_second == pytest.approx(GB / 86400)
    assert (found.first_at, found.newest) == (T0 - 20 * DAY, STEADY[0])


def test_the_order_does_not_matter() -> None:
    assert growth(tuple(reversed(STEADY))) == growth(STEADY)


def test_an_odd_size_does_not_turn_it() -> None:
    odd = (*STEADY, SizeSeen(at=T0 - 10 * DAY, bytes=5000 * GB))
    found = growth(odd)
    assert found is not None
    assert found.bytes_per_second == pytest.approx(GB / 86400, rel=0.1)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param((), id="nothing"),
        pytest.param(STEADY[:4], id="four-sizes"),
        pytest.param(sizes(*((days, 100 - days) for days in range(13))), id="less-than-14-days"),
        pytest.param(sizes(*((days, 100) for days in range(0, 40, 4))), id="level"),
        pytest.param(sizes(*((days, 60 + days) for days in range(0, 40, 4))), id="shrinking"),
        pytest.param(
            sizes(*((days, 100 + days % 3) for days in range(0, 40, 4))), id="noise-about-a-level"
        ),
    ],
)
def test_what_is_no_growth(known: tuple[SizeSeen, ...]) -> None:
    assert growth(known) is None


def test_five_sizes_over_fourteen_days_are_enough() -> None:
    known = sizes((14, 1), (10, 2), (7, 3), (3, 4), (0, 5))
    assert growth(known) is not None
    young = (SizeSeen(at=known[0].at + SECOND, bytes=known[0].bytes), *known[1:])
    assert growth(young) is None


def test_sizes_of_one_moment_have_no_slope() -> None:
    doubled = (*STEADY, SizeSeen(at=T0, bytes=1))
    found = growth(doubled)
    assert found is None or found.bytes_per_second > 0


def test_it_reaches_a_size_by_its_slope_from_the_newest_on() -> None:
    found = growth(STEADY)
    assert found is not None
    reached = found.reaches(110 * GB)
    assert reached is not None
    assert abs(reached - (T0 + 10 * DAY)) < timedelta(minutes=1)
    assert found.reaches(1) == T0


def test_no_date_is_made_up_further_ahead_than_the_trend_bears() -> None:
    found = growth(STEADY)
    assert found is not None
    assert found.reaches(159 * GB) is not None
    assert found.reaches(161 * GB) is None
    assert found.reaches(float("inf")) is None


DATED = st.builds(
    SizeSeen,
    at=st.integers(-700_000, 700_000).map(lambda days: T0 + timedelta(days=days)),
    bytes=st.integers(0, 2**63 - 1),
)


@given(st.lists(DATED, max_size=12), st.floats(0, 1e30))
def test_whatever_is_stated_it_never_shrinks_and_dates_are_real(
    known: list[SizeSeen], size: float
) -> None:
    found = growth(tuple(known))
    if found is not None:
        assert found.bytes_per_second > 0
        reached = found.reaches(size)
        assert reached is None or reached >= found.newest.at
