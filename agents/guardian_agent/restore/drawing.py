"""Which files a restore test compares: the seed draws them, nobody chooses.

Each file drawn is reported, in order, with what became of it; central draws the same ones. A file
counts as comparable when what was signed and what the point lists agree in size and time. Else it
says why not: files of a live server change, and a change is no failure of the backup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from guardian_agent.config import BackupSet
from guardian_agent.probe import PointFile
from guardian_agent.restore.canary import places
from guardian_agent.restore.listing import Listing
from guardian_agent.restore.livedata import folder_of, is_below, roots
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.population import Population, Signed, signed_files
from guardian_agent.restore.records import Record
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.restores import DrawResult
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES, draw

SAME_TIME_NS = 1_000_000_000
"""Archives keep times to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One file drawn: its place in the manifest, and the result unless it is to be compared."""

    index: int
    signed: Signed
    result: DrawResult | None

    @property
    def path(self) -> str:
        """Where the live file lies."""
        return self.signed.record.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one test will restore: the comparable files, and the canaries that the point has."""

    drawn: tuple[Drawn, ...]
    canaries: tuple[str, ...]
    bytes: int
    """Size of all that will be restored, as the point lists it."""

    def paths(self) -> list[str]:
        """Return everything to restore, each once: a canary may be drawn like any file."""
        return sorted(_compared(self.drawn) | set(self.canaries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the point lists: the files asked for, and the whole listing for what is not there."""

    files: Mapping[str, PointFile]
    listing: Listing


def choose(opened: OpenPoint, population: Population, seed: bytes) -> Choice:
    """Draw files until enough are comparable, and say what became of each.

    Raises:
        ProbeError: the tool could not list the point.
        StateError: the manifest is damaged.
        OSError: the manifest cannot be read.
    """
    files = opened.system.files
    indices = list(islice(draw(seed, population.files), MAX_DRAWS))
    signed = signed_files(files, population, opened.subject.key, indices)
    wanted = {item.record.path for item in signed.values()} | set(places(opened.backup_set))
    known = _look_up(opened, wanted)
    drawn: list[Drawn] = []
    comparable = 0
    for index in indices:
        result = _judge(signed[index].record, known, opened.backup_set, files)
        drawn.append(Drawn(index=index, signed=signed[index], result=result))
        comparable += result is None
        if comparable == SAMPLE_FILES:
            break
    return _choice(drawn, known, opened.backup_set)


def _look_up(opened: OpenPoint, wanted: set[str]) -> Known:
    files: dict[str, PointFile] = {}
    listing = Listing(opened.point)
    for item in opened.contents():
        listing.add(item)
        if item.path in wanted:
            files[item.path] = item
    return Known(files=files, listing=listing)


def _choice(drawn: Sequence[Drawn], known: Known, backup_set: BackupSet) -> Choice:
    canaries = tuple(path for path in places(backup_set) if _is_file(known.files.get(path)))
    restored = _compared(drawn) | set(canaries)
    size = sum(known.files[path].size for path in restored)
    return Choice(drawn=tuple(drawn), canaries=canaries, bytes=size)


def _compared(drawn: Sequence[Drawn]) -> set[str]:
    return {item.path for item in drawn if item.result is None}


def _is_file(item: PointFile | None) -> bool:
    return item is not None and item.is_file


def _judge(record: Record, known: Known, backup_set: BackupSet, files: Files) -> DrawResult | None:
    """Return why a file cannot be compared, or None when it can."""
    live = _live(record, files)
    listed = known.files.get(record.path)
    if listed is None:
        return _absent(record, live, known.listing, backup_set, files)
    if record.content is None:
        return DrawResult.NOT_HASHED
    return None if _agree(record, listed, live) else DrawResult.CHANGED


def _agree(record: Record, listed: PointFile, live: Entry | None) -> bool:
    if not listed.is_file or listed.size != record.size:
        return False
    if listed.modified_ns is None:  # the tool does not tell: only what never changed is the same
        return live is not None
    return abs(max(0, listed.modified_ns) - record.modified_ns) <= SAME_TIME_NS


def _absent(
    record: Record, live: Entry | None, listing: Listing, backup_set: BackupSet, files: Files
) -> DrawResult:
    """Say why the point may lack a file: a live one that it must have is missing."""
    if live is None:
        return DrawResult.CHANGED
    if not listing.must_have(live) or _came_with_folder(record.path, listing, backup_set, files):
        return DrawResult.NOT_IN_POINT
    return DrawResult.MISSING


def _came_with_folder(path: str, listing: Listing, backup_set: BackupSet, files: Files) -> bool:
    tops = set(roots(backup_set))
    folder = folder_of(path)
    while folder not in tops and any(is_below(folder, top) for top in tops):
        try:
            if listing.was_elsewhere(files.stat(folder)):
                return True
        except OSError:
            return True
        folder = folder_of(folder)
    return False


def _live(record: Record, files: Files) -> Entry | None:
    """Return the live file if it stands as the manifest saw it."""
    try:
        entry = files.stat(record.path)
    except OSError:
        return None
    return entry if record.is_unchanged(entry) else None
