"""The bound is the exact one, and no rounding ever makes it smaller than that."""

from __future__ import annotations

from fractions import Fraction
from itertools import takewhile
from math import comb

import pytest
from guardian_agent.wire.sampling import SAMPLE_FILES
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guardian.domain.confidence import MAX_EXACT, bad_share_bound

DOUBT = Fraction(1, 20)
A_HAIR = Fraction(1, 10**9)
MANY = st.integers(1, 2**63 - 1)


def by_counting(good: int, population: int, doubt: Fraction) -> int:
    """Return the largest number of bad files under which the sample is not too unlikely."""
    likely = doubt * comb(population, good)
    bad = range(population - good + 1)
    return max(takewhile(lambda k: comb(population - k, good) > likely, bad))


@given(st.integers(1, 60), st.integers(0, 60))
def test_it_is_what_counting_finds(good: int, unseen: int) -> None:
    population = good + unseen
    found = round(bad_share_bound(good, population) * population)
    assert by_counting(good, population, DOUBT) <= found
    assert found <= by_counting(good, population, DOUBT - A_HAIR)


@pytest.mark.parametrize(
    ("good", "population", "bad"),
    [(299, 40_000, 397), (299, 300, 0), (299, 1000, 8), (59, 1000, 48), (1, 2, 1), (10, 11, 1)],
)
def test_known_cases(good: int, population: int, bad: int) -> None:
    assert by_counting(good, population, DOUBT) == bad
    assert bad_share_bound(good, population) == bad / population


@pytest.mark.parametrize("population", [40_000, 10**6, 10**7, 10**9, 10**12, 2**63 - 1])
def test_a_full_sample_without_a_bad_file_says_fewer_than_one_in_a_hundred(population: int) -> None:
    assert 0.0098 < bad_share_bound(SAMPLE_FILES, population) < 0.01
    assert bad_share_bound(SAMPLE_FILES - 1, 10**9) > 0.01


def test_another_confidence_needs_another_sample() -> None:
    assert bad_share_bound(459, 10**7, 0.99) < 0.01 < bad_share_bound(458, 10**9, 0.99)
    assert bad_share_bound(299, 10**6, 0.5) < bad_share_bound(299, 10**6, 0.999)


def test_nothing_drawn_says_nothing_and_everything_says_all() -> None:
    assert bad_share_bound(0, 0) == bad_share_bound(0, 100) == bad_share_bound(-1, 5) == 1.0
    assert bad_share_bound(1, 1) == bad_share_bound(2 * 10**9, 2 * 10**9) == 0.0


def test_full_confidence_takes_all_for_bad_that_was_not_seen() -> None:
    assert bad_share_bound(30, 100, 1.0) == 0.7
    assert bad_share_bound(30, 10**12, 1.0) == bad_share_bound(30, 0, 2.0) == 1.0


def test_no_confidence_takes_nothing_for_bad() -> None:
    assert bad_share_bound(30, 100, 0.0) == bad_share_bound(30, 0, -1.0) == 0.0


@given(MANY, MANY, st.floats(0.0, 1.0))
def test_it_is_a_share_whatever_is_asked(good: int, population: int, confidence: float) -> None:
    assert 0.0 <= bad_share_bound(good, population, confidence) <= 1.0


@given(st.integers(1, 10**4), st.integers(1, 10**10))
def test_more_files_drawn_never_say_less(good: int, unseen: int) -> None:
    population = good + unseen
    more = bad_share_bound(good + 1, population)
    assert more <= bad_share_bound(good, population) <= bad_share_bound(good, 0)


def likelihood_at_most(good: int, population: int, bad: int) -> Fraction:
    """Return the probability of the sample with `bad` bad files, rounded upwards at each step."""
    few, many = sorted((good, bad))
    likely = Fraction(1)
    for place in range(few):
        likely *= 1 - Fraction(many, population - place)
        likely = Fraction(int(likely * 10**30) + 1, 10**30)
    return likely


@settings(max_examples=50)
@given(st.integers(1, 2000), st.integers(1, MAX_EXACT - 2000))
@example(10**6, MAX_EXACT - 10**6)
@example(10**6 - 1, 999_000_001)
@example(MAX_EXACT - 5, 5)
@example(10**7, 10**7)
def test_were_one_more_file_bad_the_sample_would_be_too_unlikely(good: int, unseen: int) -> None:
    population = good + unseen
    bad = round(bad_share_bound(good, population) * population) + 1
    assert bad > unseen or likelihood_at_most(good, population, bad) <= DOUBT + A_HAIR
