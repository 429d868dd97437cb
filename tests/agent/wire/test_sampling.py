"""Draws depend on the seed alone, repeat no file and favour none."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from guardian_agent.wire.merkle import multiproof
from guardian_agent.wire.sampling import (
    MAX_DRAWS,
    SAMPLE_FILES,
    _most_hashes,
    draw,
    most_draws,
    seed,
)
from hypothesis import given
from hypothesis import strategies as st

GIVEN = ("ab" * 32, 17, "files", "local", "cd" * 16)
SEEDS = st.binary(min_size=32, max_size=32)


@given(SEEDS, st.integers(0, 60))
def test_all_are_drawn_once_and_then_it_ends(value, population):
    assert sorted(draw(value, population)) == list(range(population))


@given(SEEDS, st.integers(1, 2**62))
def test_draws_are_distinct_in_range_and_repeatable(value, population):
    drawn = list(draw(value, population))
    assert len(set(drawn)) == len(drawn) == most_draws(population)
    assert all(0 <= index < population for index in drawn)
    assert drawn == list(draw(value, population))


@pytest.mark.parametrize(
    ("files", "draws"),
    [
        (0, 0),
        (1, 1),
        (399, 399),
        (400, MAX_DRAWS),
        (500_000, MAX_DRAWS),
        (10**6, 391),
        (10**7, SAMPLE_FILES),
        (2**63 - 1, 94),
    ],
)
def test_so_many_are_drawn_as_a_statement_can_prove(files, draws):
    assert most_draws(files) == draws


@given(st.integers(1, 2**20), st.sets(st.integers(0, 2**20 - 1), min_size=1, max_size=40))
def test_no_proof_is_longer_than_the_limit_of_draws_reckons(files, drawn):
    indices = {index % files for index in drawn}
    proof = multiproof(lambda first, end: b"", files, indices)
    assert len(proof) <= _most_hashes(len(indices), (files - 1).bit_length())


def test_the_formula_is_fixed_because_both_sides_compute_it():
    value = seed(*GIVEN)
    text = b'["%s",17,"files","local","%s"]' % (b"ab" * 32, b"cd" * 16)
    assert value == hashlib.sha256(b"guardian-sample/1\n" + text).digest()
    first = int.from_bytes(hashlib.sha256(value + bytes(8)).digest(), "big") % 1000
    second = int.from_bytes(hashlib.sha256(value + bytes(7) + b"\x01").digest(), "big") % 1000
    assert list(itertools.islice(draw(value, 1000), 2)) == [first, second]


@pytest.mark.parametrize(
    "other",
    [
        ("ac" * 32, 17, "files", "local", "cd" * 16),
        ("ab" * 32, 18, "files", "local", "cd" * 16),
        ("ab" * 32, 17, "filesl", "ocal", "cd" * 16),
        ("ab" * 32, 17, "files", "offsite", "cd" * 16),
        ("ab" * 32, 17, "files", "local", "ce" * 16),
    ],
)
def test_everything_that_chooses_the_seed_changes_it(other):
    assert seed(*GIVEN) != seed(*other)


def test_no_index_is_favoured():
    firsts = [next(draw(number.to_bytes(32, "big"), 10)) for number in range(2000)]
    # 200 of each are expected, with a deviation of 13.4; five of them are one in two million.
    assert all(133 < firsts.count(index) < 267 for index in range(10))
