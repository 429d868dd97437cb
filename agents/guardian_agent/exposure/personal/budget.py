"""How much of one file may still be read and decoded, and whether all of it was."""

from __future__ import annotations

from guardian_agent.magic import Read


class Budget:
    """Reads within a limit that what is decoded counts against, too: a bomb ends with it."""

    __slots__ = ("_decoded", "_most", "_raw", "_read", "is_closed", "is_cut", "size")

    def __init__(self, read: Read, size: int, most: int) -> None:
        self._read = read
        self._most = most
        self._raw = 0
        self._decoded = 0
        self.size = size
        self.is_cut = False
        """Whether something was left out that might have been read: no budget, damage."""
        self.is_closed = False
        """Whether something is written in a way that is not decoded here."""

    @property
    def taken(self) -> int:
        """Bytes that were read or decoded, whichever are more."""
        return max(self._raw, self._decoded)

    def at(self, place: int, count: int) -> bytes:
        """Return up to `count` bytes; fewer past the end and the budget, and where data is gone."""
        wanted = min(count, self.size - place)
        allowed = min(wanted, self._most - self._raw)
        data = self._read(place, allowed) if allowed > 0 else b""
        self._raw += len(data)
        if len(data) < wanted:
            self.is_cut = True
        return data

    def room(self) -> int:
        """How many bytes may still be decoded; none once the reader gives nothing any more.

        A little data may decode to much without a read between: its time may be over meanwhile.
        """
        return max(self._most - self._decoded, 0) if self._read(0, 1) else 0

    def decoded(self, count: int) -> None:
        """Note what was decoded."""
        self._decoded += count
