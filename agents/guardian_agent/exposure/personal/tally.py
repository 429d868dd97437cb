"""How sure it is that what passed a check is what it seems: counted per place, decided at the end.

A check digit alone is passed by one random number in ten. So a value counts when the words beside
it say what it is, or when its column holds so many valid ones that chance does not explain them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from guardian_agent.exposure.personal.columns import Column, Columns
from guardian_agent.wire.names import Slug

MOST_VALUES: Final = 200_000
"""Different values that are told apart in one file, of all kinds together; bounds memory."""

MOST_PLACES: Final = 512
"""Wordings and columns that are told apart in one file."""

_FEW: Final = 10
_LABELLED_SHARE: Final = 0.25

Place = tuple[Slug, int, object]


class Tally:
    """Collects the values of one file and forgets them when they are counted."""

    __slots__ = ("_places", "_promising", "_sure", "_values", "is_full")

    def __init__(self) -> None:
        self._sure: dict[Slug, set[bytes]] = {}
        self._places: dict[Place, Column] = {}
        self._promising: dict[Place, Column] = {}
        self._values = 0
        self.is_full = False
        """Whether there were more different values than are told apart."""

    def __repr__(self) -> str:
        """Say nothing of the values."""
        return "Tally()"

    def sure(self, kind: Slug, value: bytes) -> None:
        """Note a value that needs no word and no company."""
        self._add(self._sure.setdefault(kind, set()), (value,))

    def labelled(self, kind: Slug, label: object, value: bytes | None) -> None:
        """Note a candidate that something calls by its kind; None when it did not pass.

        Args:
            kind: what it would be.
            label: what calls it so; candidates of one label stand and fall together.
            value: in its one compact form.
        """
        place = self._place((kind, 0, label))
        place.seen += 1
        if value is not None:
            place.passed += 1
            self._add(place.values, (value,))

    def take(self, columns: Columns) -> None:
        """Note the columns of one block; those too short to tell are kept for the next ones."""
        for (kind, least, number), column in columns:
            if column.holds(least):
                self._add(self._sure.setdefault(kind, set()), column.values)
            elif 0 < column.seen < least:
                place = self._place((kind, least, number))
                place.seen += column.seen
                place.passed += column.passed
                self._add(place.values, column.values)

    def expects(self, columns: Columns) -> bool:
        """Say whether one of these columns goes on like those of its kind in the blocks before.

        Of wide rows, a sample shows too few to tell by itself.
        """
        likely = False
        for key, column in columns:
            if column.is_promising:
                before = self._promising.setdefault(key, Column())
                before.seen += column.seen
                before.passed += column.passed
                likely = likely or before.is_likely
            elif column.seen:
                self._promising.pop(key, None)
        return likely

    def counts(self) -> Mapping[str, int]:
        """Return how many different values of each kind hold; kinds without any are left out."""
        held = {kind: set(values) for kind, values in self._sure.items()}
        for (kind, least, _), place in self._places.items():
            if place.holds(least) if least else _is_called_rightly(place):
                held.setdefault(kind, set()).update(place.values)
        return {kind: len(values) for kind, values in sorted(held.items()) if values}

    def _place(self, key: Place) -> Column:
        if key not in self._places and len(self._places) >= MOST_PLACES:
            key = (*key[:2], None)  # all that came late stand and fall together
        return self._places.setdefault(key, Column())

    def _add(self, known: set[bytes], values: Iterable[bytes]) -> None:
        for value in values:
            if value in known:
                continue
            if self._values >= MOST_VALUES:
                self.is_full = True
                return
            self._values += 1
            known.add(value)


def _is_called_rightly(place: Column) -> bool:
    """Whether a label does not lie, as `card_id=` before order numbers does.

    It does where hardly more passes than chance lets through.
    """
    return place.seen < _FEW or place.passed >= _LABELLED_SHARE * place.seen
