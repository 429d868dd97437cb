"""Read of one file what the classifier needs, and read it once for all who look at it."""

from __future__ import annotations

from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES
from guardian_agent.system.ports import Held


class Sample:
    """The ends of a file that is held open; `read` serves from them, and reads elsewhere."""

    __slots__ = ("_held", "_tail_at", "head", "size", "tail")

    def __init__(self, held: Held) -> None:
        """Read both ends; raise `OSError`."""
        self._held = held
        self.head = held.read(0, HEAD_BYTES)
        self.size = max(held.entry.size, len(self.head))
        if len(self.head) < HEAD_BYTES:
            self.size = len(self.head)  # cut short since it was opened, or a size nobody knew
        self._tail_at = max(self.size - TAIL_BYTES, 0)
        self.tail = held.read(self._tail_at, TAIL_BYTES) if self._tail_at else self.head

    def read(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes; fewer at the end; raise `OSError`."""
        if offset + count <= len(self.head) or self.size == len(self.head):
            return self.head[offset : offset + count]
        if offset >= self._tail_at:
            return self.tail[offset - self._tail_at : offset - self._tail_at + count]
        return self._held.read(offset, count)
