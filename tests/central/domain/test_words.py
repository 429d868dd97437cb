from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain import words


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "none"),
        (0.009969, "fewer than 1 %"),
        (0.01, "at most 1 %"),
        (0.07, "at most 7 %"),
        (0.07216, "fewer than 7.3 %"),
        (0.333, "fewer than 34 %"),
        (1.0, "at most 100 %"),
        (5e-324, "at most 0.001 %"),
    ],
)
def test_upper_bounds(share: float, said: str) -> None:
    assert words.fewer_than(share) == said


@given(st.floats(1e-5, 1))
def test_an_upper_bound_is_never_said_too_small(share: float) -> None:
    (number,) = re.findall(r"[0-9][0-9.e-]*", words.fewer_than(share))
    assert float(number) >= share * 100 - 1e-6
    assert float(number) <= share * 100 * 1.1 + 1e-6


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "0 %"), (999, 1000, "99 %"), (1000, 1000, "100 %"), (5, 4, "100 %"), (1, 0, "0 %")],
)
def test_what_is_done_is_rounded_down(part: int, whole: int, said: str) -> None:
    assert words.at_least(part, whole) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "under a second"),
        (59.9, "59 s"),
        (60, "1 min"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 d"),
        (779_000, "9 d"),
        (783_000, "9 d 1 h"),
        (9e18, "11574074 d 1 h"),
        (float("inf"), "11574074 d 1 h"),
    ],
)
def test_how_long_something_takes(seconds: float, said: str) -> None:
    assert words.lasting(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (6000, "6 kB"),
        (1_230_000_000, "1.23 GB"),
        (2 * 10**15, "2 PB"),
        (2**63 - 1, "9.22e+03 PB"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    assert words.size(count) == said


def test_shares_and_numbers() -> None:
    assert words.exactly(0.95) == "95 %"
    assert words.exactly(0.001) == "0.1 %"
    assert words.many(1, "file") == "1 file"
    assert words.many(12_345, "file") == "12,345 files"
    assert words.span(1e300) > timedelta(days=10**6)
