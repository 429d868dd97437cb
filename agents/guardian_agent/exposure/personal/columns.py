"""Columns of numbers in one block that no word speaks of: what of them passes its check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from guardian_agent.wire.names import Slug

SHARE: Final = 0.9
"""How many of a column must pass to be of a kind."""

_LIKELY, _LIKELY_SHARE = 3, 0.7
_HOPELESS = 3


@dataclass(slots=True)
class Column:
    """The numbers of one column taken for one kind: how many, and those that passed."""

    seen: int = 0
    passed: int = 0
    values: set[bytes] = field(default_factory=set, repr=False)

    @property
    def is_hopeless(self) -> bool:
        """Whether so many failed that the rest need no look."""
        failed = self.seen - self.passed
        return failed >= _HOPELESS and failed > self.passed

    @property
    def is_promising(self) -> bool:
        """Whether most passed, few as they may be."""
        return self.passed > 0 and self.passed >= _LIKELY_SHARE * self.seen

    @property
    def is_likely(self) -> bool:
        """Whether the rest deserves a look."""
        return self.passed >= _LIKELY and self.is_promising

    def holds(self, least: int) -> bool:
        """Whether chance does not explain how many different ones pass."""
        return len(self.values) >= least and self.passed >= SHARE * self.seen


class Columns:
    """The columns of one block."""

    __slots__ = ("_columns",)

    def __init__(self) -> None:
        self._columns: dict[tuple[Slug, int, int | None], Column] = {}

    def __iter__(self) -> Iterator[tuple[tuple[Slug, int, int | None], Column]]:
        """Every column, as what kind, how many of that must pass, and which one it is."""
        return iter(self._columns.items())

    def of(self, kind: Slug, least: int, column: int | None) -> Column:
        """Return one of them, new at first."""
        key = (kind, least, column)
        found = self._columns.get(key)
        if found is None:
            found = self._columns[key] = Column()
        return found

    @property
    def is_likely(self) -> bool:
        """Whether any deserves a look at what stands around."""
        return any(column.is_likely for column in self._columns.values())

    @property
    def promise(self) -> int:
        """How many numbers passed in columns where most do."""
        columns = self._columns.values()
        return sum(column.passed for column in columns if column.is_promising)
