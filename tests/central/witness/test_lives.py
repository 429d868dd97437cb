"""A sample of the lives that `make bench ONLY=witness` simulates."""

from __future__ import annotations

from random import Random

import pytest

from tests.bench.witness import SEED, Life


@pytest.mark.parametrize("number", range(12))
def test_nothing_is_red_until_somebody_deletes_and_then_it_is(number):
    assert Life(Random(SEED + number)).live() == (0, True)
