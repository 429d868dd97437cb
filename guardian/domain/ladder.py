"""The evidence ladder: on which rung a copy stands."""

from __future__ import annotations

from enum import IntEnum


class Rung(IntEnum):
    """How well a copy is proven; each rung needs dated evidence and falls by itself."""

    UNKNOWN = 0
    CLAIMED = 1
    OBSERVED = 2
    WITNESSED = 3
    INTACT = 4
    RESTORED = 5
    PROVEN = 6

    @property
    def label(self) -> str:
        """Return the rung's name as the interfaces spell it ("observed")."""
        return self.name.lower()
