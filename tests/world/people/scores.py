"""Precision and recall by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.world.people.documents import Document


@dataclass(frozen=True, kw_only=True)
class Score:
    """How many numbers of a kind were found right, found wrongly, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        return self.right / ((self.right + self.missed) or 1)


def scores(
    documents: Iterable[Document], count: Callable[[bytes], Mapping[str, int]]
) -> dict[str, Score]:
    """Count every document; what is found of another kind than the document's is wrong."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for document in documents:
        found = Counter(count(document.data))
        known = Counter({document.kind: document.values})
        right.update(found & known)
        wrong.update(found - known)
        missed.update(known - found)
    kinds = sorted((set(right) | set(wrong) | set(missed)) - {""})
    return {
        kind: Score(right=right[kind], wrong=wrong[kind], missed=missed[kind]) for kind in kinds
    }
