"""Hold what came back against what was signed, and say of each file what became of it.

The same contents are a match, whatever else. Other contents under the signed time are none; under
another time the live file had changed before the backup. What did not come back is explained by
listing the point, which is only done then: a live file that the point must have is missing; one
that was made, moved or changed meanwhile is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from guardian_agent.probe import Point, PointFile
from guardian_agent.restore.listing import Listing
from guardian_agent.restore.livedata import folder_of, is_below, nanoseconds, roots
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.records import Record
from guardian_agent.restore.restoring import Restored, Returned
from guardian_agent.system import Entry
from guardian_agent.wire.facts.restores import DrawResult

SAME_TIME_NS = 1_000_000_000
"""Archives keep times to the second."""
AFTERWARDS_NS = 2_000_000_000
"""A file's inode that changed so long after the point's beginning changed after it: tools tell
that beginning to the second at worst."""


def compare(opened: OpenPoint, records: Sequence[Record], restored: Restored) -> list[DrawResult]:
    """Return what became of each file.

    Raises:
        ProbeError: the tool could not list the point.
    """
    backs = [restored.back.get(each.path) for each in records]
    told = [at_once(*pair, opened.point) for pair in zip(records, backs, strict=True)]
    puzzling = {each.path for each, result in zip(records, told, strict=True) if result is None}
    known = _look_up(opened, puzzling) if puzzling else _Known(opened, {}, Listing(opened.point))
    triples = zip(records, backs, told, strict=True)
    return [result or known.explained(record, back) for record, back, result in triples]


def at_once(record: Record, back: Returned | None, point: Point) -> DrawResult | None:
    """Return what can be said without listing the point, or None."""
    if record.content is None:
        return DrawResult.NOT_HASHED
    if back is None:
        return None
    if back.content == record.content:
        return DrawResult.MATCHED
    if record.changed_ns > nanoseconds(point.started_at) + AFTERWARDS_NS:
        return DrawResult.CHANGED
    if not back.dated:
        return None
    same = _same_time(back.modified_ns, record)
    return DrawResult.MISMATCHED if same else DrawResult.CHANGED


def _same_time(modified_ns: int, record: Record) -> bool:
    return abs(max(0, modified_ns) - record.modified_ns) <= SAME_TIME_NS


class _Known:
    """What the point lists: the files in question, and the whole listing for what is not there."""

    def __init__(self, opened: OpenPoint, files: Mapping[str, PointFile], listing: Listing) -> None:
        self._files = opened.system.files
        self._backup_set = opened.backup_set
        self._listed = files
        self._listing = listing

    def explained(self, record: Record, back: Returned | None) -> DrawResult:
        """Say what became of a file that is not simply the same, or simply another."""
        listed, live = self._listed.get(record.path), self._live(record)
        if listed is None:
            return self._absent(record, live) if back is None else DrawResult.MISMATCHED
        if not listed.is_file:
            return DrawResult.CHANGED
        if back is None:
            return DrawResult.MISSING
        if listed.modified_ns is None:  # no tool tells: what never changed must be the same
            return DrawResult.CHANGED if live is None else DrawResult.MISMATCHED
        same = _same_time(listed.modified_ns, record)
        return DrawResult.MISMATCHED if same else DrawResult.CHANGED

    def _absent(self, record: Record, live: Entry | None) -> DrawResult:
        """Say why the point may lack a file: a live one that it must have is missing."""
        if live is None:
            return DrawResult.CHANGED
        if not self._listing.must_have(live) or self._came_with_folder(record.path):
            return DrawResult.NOT_IN_POINT
        return DrawResult.MISSING

    def _came_with_folder(self, path: str) -> bool:
        tops = set(roots(self._backup_set))
        folder = folder_of(path)
        while folder not in tops and any(is_below(folder, top) for top in tops):
            try:
                if self._listing.was_elsewhere(self._files.stat(folder)):
                    return True
            except OSError:
                return True
            folder = folder_of(folder)
        return False

    def _live(self, record: Record) -> Entry | None:
        """Return the live file if it stands as the manifest saw it."""
        try:
            entry = self._files.stat(record.path)
        except OSError:
            return None
        return entry if record.is_unchanged(entry) else None


def _look_up(opened: OpenPoint, wanted: AbstractSet[str]) -> _Known:
    files: dict[str, PointFile] = {}
    listing = Listing(opened.point)
    for item in opened.contents():
        listing.add(item)
        if item.path in wanted:
            files[item.path] = item
    return _Known(opened, files, listing)
