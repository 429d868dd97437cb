"""A small part of what the benchmark measures: precision and recall of every kind."""

from __future__ import annotations

from random import Random

import pytest

from tests.agent.exposure.personal.searching import counted
from tests.world.people.documents import Document, adversarial, usual
from tests.world.people.numbers import MAKERS
from tests.world.people.scores import scores


@pytest.mark.parametrize(("documents", "each"), [(usual, 3), (adversarial, 2)])
def test_every_kind_is_found_and_little_else(documents, each):
    found = scores(documents(Random(7), each), lambda data: counted(data).values)

    assert set(found) == set(MAKERS)
    assert {kind for kind, score in found.items() if score.precision < 0.99} == set()
    assert {kind for kind, score in found.items() if score.recall < 0.97} == set()


def test_scores_count_what_is_wrong_and_what_is_missed():
    documents = [Document(sort="x", kind="card", values=3, data=b"")]

    found = scores(documents, lambda _: {"card": 2, "inn": 1})

    assert (found["card"].right, found["card"].missed, found["inn"].wrong) == (2, 1, 1)
    assert found["card"].recall == pytest.approx(2 / 3)
    assert found["inn"].precision == 0
