"""Which paths a restore point has, in little memory, and what their absence means."""

from __future__ import annotations

from guardian_agent.probe import Point, PointFile
from guardian_agent.restore.livedata import folder_of, is_canary, is_text, nanoseconds
from guardian_agent.system import Entry

TICK_NS = 10_000_000
"""The kernel stamps files with the time of its last tick, up to this much behind the clock."""


class Listing:
    """What one point lists: how much, and every path with the folders above it.

    Paths are kept as 64-bit hashes: what two paths share by chance can hide one missing file among
    10^9, and 200,000 paths cost 16 MB instead of 60.
    """

    __slots__ = ("_before_ns", "_known", "bytes", "files")

    def __init__(self, point: Point) -> None:
        self.files = 0
        self.bytes = 0
        self._before_ns = nanoseconds(point.started_at) - TICK_NS
        self._known: set[int] = set()

    def add(self, item: PointFile) -> None:
        """Take one entry of the listing; hard links count by name, as each tool lists them.

        The agent's own canary does not count: it alone would make an unmounted, empty folder look
        like data.
        """
        if item.is_file and not is_canary(item.path):
            self.files += 1
            self.bytes += item.size
        path = item.path.rstrip("/") or "/"
        while hash(path) not in self._known:
            self._known.add(hash(path))
            path = folder_of(path)

    def __contains__(self, path: str) -> bool:
        return hash(path) in self._known

    def must_have(self, entry: Entry) -> bool:
        """Say whether this live file was there, as it is, when the point was begun."""
        return self._is_older(entry) and is_text(entry.path)

    def was_elsewhere(self, folder: Entry) -> bool:
        """Say whether this live folder may have come to its place after the point was begun.

        What lies in a folder that was moved keeps its own times; only the folder's change shows.
        """
        return not self._is_older(folder) and folder.path not in self

    def _is_older(self, entry: Entry) -> bool:
        return max(entry.modified_ns, entry.changed_ns) < self._before_ns
