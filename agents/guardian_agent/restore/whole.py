"""Hold a whole restored tree against the signed manifest, while both are streamed.

The walk of the tree and the manifest have one order, so each is read once and nothing of either is
kept. Links are never followed: one that came back in a folder's place could lead to the live data,
which is no backup.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from guardian_agent.errors import ProbeError
from guardian_agent.probing.look import reading
from guardian_agent.restore.comparing import at_once, compare
from guardian_agent.restore.coverage import Marks, numbered
from guardian_agent.restore.drawing import NOT_COMPARED
from guardian_agent.restore.listing import TICK_NS
from guardian_agent.restore.livedata import is_canary, order
from guardian_agent.restore.manifest import hash_file
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.records import Record
from guardian_agent.restore.restoring import Restored, Returned
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.restores import Compared, DrawResult
from guardian_agent.wire.facts.words import Reason

PUZZLING = 20_000
"""Files that are explained together: so many are kept in memory until the point is listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a restore left in a room."""

    folder: str
    limit: int
    """Bytes that may lie there."""
    began_ns: int
    """When the restore began: files that are newer were not given their own times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file of the manifest, and what came back in its place."""

    index: int
    number: int | None
    record: Record
    back: Returned | None


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the comparison has seen so far."""

    files: int = 0
    bytes: int = 0
    """Files that came back, known to the manifest or not, and their bytes."""
    compared_bytes: int = 0
    counts: dict[DrawResult, int] = field(default_factory=lambda: dict.fromkeys(DrawResult, 0))
    drawn: dict[int, tuple[DrawResult, str | None]] = field(default_factory=dict)
    """What became of the files that the seed drew: the result, and the hash of what came back."""
    matched: Marks = field(default_factory=Marks)
    canaries: list[str] = field(default_factory=list)

    def compared(self) -> Compared:
        """Return the counts as a fact."""
        return Compared(
            files=sum(self.counts.values()),
            bytes=self.compared_bytes,
            matched=self.counts[DrawResult.MATCHED],
            mismatched=self.counts[DrawResult.MISMATCHED],
            missing=self.counts[DrawResult.MISSING],
            changed=sum(self.counts[result] for result in NOT_COMPARED),
        )


class Comparison:
    """Compares one tree with one manifest; `step` is told the bytes of each file compared."""

    def __init__(
        self, opened: OpenPoint, tree: Tree, drawn: Collection[int], step: Callable[[int], None]
    ) -> None:
        self._opened = opened
        self._tree = tree
        self._drawn = frozenset(drawn)
        self._step = step
        self._puzzling: list[Found] = []
        self.tally = Tally()

    def run(self, manifest: str) -> Tally:
        """Compare everything.

        Raises:
            ProbeError: QUOTA_EXCEEDED when more came back than may; PERMISSION_DENIED where it
                cannot be read; the point, which explains what is absent, could not be listed.
            StateError: the manifest is damaged.
            OSError: the manifest cannot be read.
        """
        for found in self._joined(manifest):
            self._judge(found)
        self._explain()
        return self.tally

    def _joined(self, manifest: str) -> Iterator[Found]:
        """Yield each file of the manifest with what came back in its place."""
        files = self._opened.system.files
        entries, places = self._entries(files), _Places(self._opened, self._tree.folder)
        entry = next(entries, None)
        for index, (record, number) in enumerate(numbered(files, manifest)):
            place = places.of(record.path)
            while entry is not None and entry.path != place and _comes_before(entry.path, place):
                entry = next(entries, None)
            here = entry if entry is not None and entry.path == place else None
            back = None if here is None else self._returned(here, record, index)
            yield Found(index=index, number=number, record=record, back=back)
        for _ in entries:
            pass  # what is left is unknown to the manifest, and counted

    def _entries(self, files: Files) -> Iterator[Entry]:
        """Yield the files of the tree, in the manifest's order, and count them."""
        tally = self.tally
        with reading(self._tree.folder):
            for entry in plain_files(files, self._tree.folder):
                tally.files += 1
                tally.bytes += entry.size
                if tally.bytes > self._tree.limit:
                    raise ProbeError(Reason.QUOTA_EXCEEDED, "more came back than may")
                if is_canary(entry.path):
                    tally.canaries.append(entry.path)
                yield entry

    def _returned(self, entry: Entry, record: Record, index: int) -> Returned:
        """Hash what came back; of another size it is something else without reading it."""
        files, content = self._opened.system.files, None
        if entry.size == record.size or index in self._drawn:
            with reading(entry.path):
                content = hash_file(files, entry.path, entry.size)
        dated = entry.modified_ns < self._tree.began_ns - TICK_NS
        return Returned(content=content, modified_ns=entry.modified_ns, dated=dated)

    def _judge(self, found: Found) -> None:
        result = at_once(found.record, found.back, self._opened.point)
        self._step(found.record.size)
        if result is not None:
            self._count(found, result)
            return
        self._puzzling.append(found)
        if len(self._puzzling) == PUZZLING:
            self._explain()

    def _explain(self) -> None:
        """List the point, to say what became of the files that only the listing explains."""
        puzzling, self._puzzling = self._puzzling, []
        if not puzzling:
            return
        records = [found.record for found in puzzling]
        back = {each.record.path: each.back for each in puzzling if each.back is not None}
        results = compare(self._opened, records, Restored(back=back))
        for found, result in zip(puzzling, results, strict=True):
            self._count(found, result)

    def _count(self, found: Found, result: DrawResult) -> None:
        tally = self.tally
        tally.counts[result] += 1
        tally.compared_bytes += found.record.size
        if result is DrawResult.MATCHED and found.number is not None:
            tally.matched.add(found.number)
        if found.index in self._drawn:
            content = None if found.back is None else found.back.content
            tally.drawn[found.index] = (result, content)


def plain_files(files: Files, top: str) -> Iterator[Entry]:
    """Yield the regular files below `top` in walking order; links and special files are left out.

    Raises:
        OSError: a folder cannot be read.
    """
    waiting = [files.scan(top)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif entry.is_file:
            yield entry
        elif entry.is_directory:
            waiting.append(files.scan(entry.path))


class _Places:
    """Where files come back; what lies in a folder comes back in that folder's place."""

    def __init__(self, opened: OpenPoint, target: str) -> None:
        self._opened = opened
        self._target = target
        self._folder = ""
        self._place: str | None = None

    def of(self, path: str) -> str | None:
        """Return where the file of a live path comes back, if anywhere."""
        folder, _, name = path.rpartition("/")
        if folder != self._folder:
            self._folder = folder
            self._place = self._opened.place(self._target, folder or "/")
        if self._place is None:
            # A set may name one file, and the point's root may lie between it and its folder.
            return self._opened.place(self._target, path)
        return f"{self._place}/{name}"


def _comes_before(path: str, place: str | None) -> bool:
    """Say whether the walk meets one path before another; nothing comes before no place."""
    return place is not None and order(path) < order(place)
