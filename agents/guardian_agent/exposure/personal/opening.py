"""Readable data as one stream of bytes: decoded where its format is open, within a budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardian_agent.magic import Read

PIECE: Final = 128 * 1024


def pieces(read: Read, size: int, budget: int) -> Iterator[bytes]:
    """The bytes as they are."""
    place, end = 0, min(size, budget)
    while place < end:
        data = read(place, min(PIECE, end - place))
        if not data:
            return
        yield data
        place += len(data)
