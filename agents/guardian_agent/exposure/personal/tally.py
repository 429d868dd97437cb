"""How sure it is that what passed a check is what it seems: counted per place, decided at the end.

A check digit alone is passed by one random number in ten. So a value counts when the words beside
it say what it is, or when its column holds so many valid ones that chance does not explain them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

from guardian_agent.wire.names import Slug

MOST_VALUES: Final = 200_000
"""Different values that are told apart in one file, of all kinds together; bounds memory."""

MOST_PLACES: Final = 512
"""Places (columns, wordings) that are told apart in one file."""

_FEW: Final = 10
_LABELLED_SHARE: Final = 0.25
_COLUMN_SHARE: Final = 0.9


@dataclass(slots=True)
class _Place:
    """What stood in one place: how many looked right, and which different ones passed."""

    seen: int = 0
    passed: int = 0
    values: set[bytes] = field(default_factory=set, repr=False)


class Tally:
    """Collects the values of one file and forgets them when they are counted."""

    __slots__ = ("_places", "_values", "is_full")

    def __init__(self) -> None:
        self._places: dict[tuple[Slug, int, Hashable], _Place] = {}
        self._values = 0
        self.is_full = False

    def __repr__(self) -> str:
        """Say nothing of the values."""
        return "Tally()"

    def see(self, kind: Slug, least: int, place: Hashable, value: bytes | None) -> None:
        """Note one candidate.

        Args:
            kind: what it would be.
            least: 0 where the words beside it say so; else how many different ones must pass in
                this place.
            place: where it stood; candidates in one place stand and fall together.
            value: the value in its one compact form; None when it did not pass the check.
        """
        found = self._place((kind, least, place))
        if found is None:
            return
        found.seen += 1
        if value is None:
            return
        found.passed += 1
        if value not in found.values:
            self._add(found, value)

    def is_likely(self, kind: Slug, least: int, place: Hashable) -> bool:
        """Say whether a place looked like a column of this kind so far."""
        found = self._places.get((kind, least, place))
        return found is not None and found.seen >= 3 and found.passed >= 0.7 * found.seen  # noqa: PLR2004

    def counts(self) -> Mapping[str, int]:
        """Return how many different values of each kind hold; kinds without any are left out."""
        held: dict[str, set[bytes]] = {}
        for (kind, least, _), place in self._places.items():
            if _holds(place, least):
                held.setdefault(kind, set()).update(place.values)
        return {kind: len(values) for kind, values in sorted(held.items()) if values}

    def _place(self, key: tuple[Slug, int, Hashable]) -> _Place | None:
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= MOST_PLACES:
                kind, least, _ = key
                if least:
                    return None
                key = (kind, least, None)
            found = self._places.setdefault(key, _Place())
        return found

    def _add(self, place: _Place, value: bytes) -> None:
        if self._values >= MOST_VALUES:
            self.is_full = True
            return
        self._values += 1
        place.values.add(value)


def _holds(place: _Place, least: int) -> bool:
    """Whether the values of a place are what they seem.

    Words may lie (`card_id=` before an order number): where hardly more passes than chance lets
    through, it is none of the kind.
    """
    if not least:
        return place.seen < _FEW or place.passed >= _LABELLED_SHARE * place.seen
    return len(place.values) >= least and place.passed >= _COLUMN_SHARE * place.seen
