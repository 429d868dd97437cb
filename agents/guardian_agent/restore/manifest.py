"""Commit to the live data of a backup set, in memory that does not grow with it.

The walk is merged with the manifest before it, which has the same order: a file whose size, times
and inode stand as they stood keeps its hash, and only what is new is read. So a pass over unchanged
data costs one `lstat` a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import repeat
from typing import BinaryIO

from guardian_agent.config import BackupSet
from guardian_agent.errors import StateError
from guardian_agent.probe import keyed_hash
from guardian_agent.restore.index import (
    MAX_NUMBERS,
    Index,
    Indexer,
    Numbers,
    Row,
    moment_of,
    read_index,
)
from guardian_agent.restore.livedata import (
    Tally,
    is_canary,
    is_text,
    nanoseconds,
    order,
    walk,
)
from guardian_agent.restore.records import (
    Closing,
    Record,
    closing_line,
    read,
    read_closing,
    record_of,
    to_line,
)
from guardian_agent.system import Entry, System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.livedata import Manifest
from guardian_agent.wire.manifest import leaf_bytes
from guardian_agent.wire.merkle import leaf_hash
from guardian_agent.wire.names import ShortHash

RACY_NS = 2_000_000_000
"""A file written this close to now may be written again without its time showing it."""
BLOCK_BYTES = 1024 * 1024
NUMBERING_BYTES = 16

_SIGNED = ".jsonl"


class Budget:
    """How many bytes of live data this pass may still read; shared by all its sets."""

    def __init__(self, count: int) -> None:
        self._left = count

    def take(self, count: int) -> bool:
        """Take `count` bytes if there are as many left."""
        if count > self._left:
            return False
        self._left -= count
        return True


class ManifestFile:
    """Where the manifest of a set lies: `signed` once a statement carries its root.

    A manifest is written to `fresh` and becomes `signed` by `keep`, after its statement stands in
    the spool. So what a restore test draws from was signed, whenever a pass is interrupted. Each
    has its index beside it; which index is whose shows in the index.
    """

    def __init__(self, folder: str, backup_set: str) -> None:
        self.folder = folder
        self._backup_set = backup_set

    @property
    def signed(self) -> str:
        """The manifest whose root the newest statement carries."""
        return f"{self.folder}/{self._backup_set}{_SIGNED}"

    @property
    def fresh(self) -> str:
        """The manifest being written."""
        return f"{self.folder}/{self._backup_set}.fresh"

    @property
    def fresh_index(self) -> str:
        """The index being written."""
        return _indexes(self.signed)[0]

    def keep(self, files: Files) -> None:
        """Let the fresh manifest, if there is one, take the signed one's place.

        The manifest goes first: with the signed manifest's index still at its fresh place nothing
        is lost, and `mend` brings it on.
        """
        if files.exists(self.fresh):
            files.rename(self.fresh, self.signed)
            self.mend(files)

    def mend(self, files: Files) -> None:
        """Let the fresh index take its place if it is that of the signed manifest.

        It is not where a pass was killed between the two renames of `keep`, or before them.
        """
        fresh, kept = _indexes(self.signed)
        found = fitting_index(files, self.signed)
        if found is not None and found.path == fresh:
            files.rename(fresh, kept)


def fitting_index(files: Files, signed: str) -> Index | None:
    """Return the index of the signed manifest at this path, wherever it lies, if it is whole."""
    try:
        root = read_closing(files, signed).root
    except (OSError, StateError):
        return None
    for path in _indexes(signed):
        found = read_index(files, path)
        if found is not None and found.summary.root == root:
            return found
    return None


def _indexes(signed: str) -> tuple[str, str]:
    """Return where an index of this manifest may lie: at its fresh place, and at its own."""
    stem = signed.removesuffix(_SIGNED)
    return f"{stem}.fresh-index", f"{stem}.index"


def manifest_file(state_dir: str, backup_set: str) -> ManifestFile:
    """Return where the manifest of a backup set lies in the agent's state."""
    return ManifestFile(f"{state_dir}/manifests", backup_set)


def leaf_of(record: Record, key: bytes) -> bytes:
    """Return the Merkle leaf hash of one file; `key` hides its path."""
    path_hash = keyed_hash(key, record.path)
    return leaf_hash(leaf_bytes(path_hash, record.size, record.modified_ns, record.content))


def take_manifest(
    backup_set: BackupSet,
    key: bytes,
    system: System,
    budget: Budget,
    where: ManifestFile,
    *,
    remember: bool = True,
) -> Manifest:
    """Walk the set's live data and commit to it.

    What cannot be looked into counts as one file not hashed.

    Args:
        backup_set: whose paths are walked.
        key: the agent's secret for keyed hashes of paths.
        system: the machine.
        budget: what may still be read.
        where: the manifest before this one, and the place for this one.
        remember: write the manifest to `where.fresh`; else leave nothing behind.
    """
    now, not_hashed, tally = system.clock.now(), 0, Tally()
    if remember:
        with suppress(OSError):
            where.mend(system.files)
    earlier = _earlier(system, where.signed)
    with _outputs(system.files, where, remember=remember) as (out, beside):
        index = Indexer(beside)
        live = _without_canary(walk(backup_set, system.files, tally))
        for record, row in _records(live, key, system, budget, earlier):
            line = to_line(record)
            index.add(len(line), row)
            not_hashed += record.content is None
            if out is not None:
                out.write(line)
        root = index.root()
        if out is not None:
            out.write(closing_line(Closing(root=root, files=index.files, bytes=index.bytes)))
        index.close(earlier.numbers)
    return Manifest(
        backup_set=backup_set.name,
        root=root,
        files=index.files,
        bytes=index.bytes,
        files_not_hashed=not_hashed + tally.unreadable,
        taken_at=now,
    )


def _without_canary(live: Iterator[Entry]) -> Iterator[Entry]:
    """Leave the agent's own file out: a test that drew nothing else would prove nothing."""
    return (entry for entry in live if not is_canary(entry.path))


def _outputs(
    files: Files, where: ManifestFile, *, remember: bool
) -> AbstractContextManager[tuple[BinaryIO | None, BinaryIO | None]]:
    """Open the fresh manifest and its index for writing."""
    return _written(files, where) if remember else nullcontext((None, None))


@contextmanager
def _written(files: Files, where: ManifestFile) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    files.make_directory(where.folder)
    with files.create(where.fresh) as out, files.create(where.fresh_index) as beside:
        yield out, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """The manifest before this one: its records with their rows, and the numbers in use."""

    known: Iterator[tuple[Record, Row | None]]
    numbers: Numbers
    now: int


def _earlier(system: System, signed: str) -> _Earlier:
    """Open the earlier manifest; without its index every file counts as first seen now."""
    now = nanoseconds(system.clock.now()) // 10**9
    index = fitting_index(system.files, signed)
    rows: Iterator[Row | None] = repeat(None)
    if index is None or index.summary.numbers > MAX_NUMBERS:
        new = ShortHash(system.randomness.bytes(NUMBERING_BYTES).hex())
        numbers = Numbers(new, 0, now)
    else:
        numbers = Numbers(index.summary.numbering, index.summary.numbers, now)
        rows = index.rows(system.files)
    known = zip(_readable(system.files, signed), rows, strict=False)
    return _Earlier(known=known, numbers=numbers, now=now)


def _records(
    entries: Iterator[Entry], key: bytes, system: System, budget: Budget, earlier: _Earlier
) -> Iterator[tuple[Record, Row]]:
    """Yield a record for each live file, with the hash known from `earlier` or read now."""
    old = _Old(earlier)
    for entry in entries:
        if not entry.is_file:
            continue
        known, row = old.at(entry.path)
        if known is not None and known.content is not None and known.is_unchanged(entry):
            record = known
        else:
            record = record_of(entry, _content(entry, system, budget))
        yield record, _row(record, key, row, earlier)
    old.end()


class _Old:
    """Walks the earlier manifest beside the live data, in the same order."""

    def __init__(self, earlier: _Earlier) -> None:
        self._known = earlier.known
        self._numbers = earlier.numbers
        self._next = next(self._known, None)

    def at(self, path: str) -> tuple[Record | None, Row | None]:
        """Return what the earlier manifest had of this file, and pass by those that went."""
        place = order(path)
        while self._next is not None and order(self._next[0].path) < place:
            self._pass()
        if self._next is None or self._next[0].path != path:
            return None, None
        found, self._next = self._next, next(self._known, None)
        return found

    def end(self) -> None:
        """Pass by what is left: it went too."""
        while self._next is not None:
            self._pass()

    def _pass(self) -> None:
        row = None if self._next is None else self._next[1]
        if row is not None:
            self._numbers.free(row.number)
        self._next = next(self._known, None)


def _row(record: Record, key: bytes, known: Row | None, earlier: _Earlier) -> Row:
    if known is None:
        number, seen = earlier.numbers.give()
    else:
        number, seen = known.number, known.seen
    return Row(
        size=record.size,
        touched=moment_of(max(record.modified_ns, record.changed_ns)),
        seen=seen,
        number=number,
        comparable=record.content is not None and is_text(record.path),
        leaf=leaf_of(record, key),
    )


def _readable(files: Files, path: str) -> Iterator[Record]:
    """Yield the earlier manifest as far as it can be read: the rest is hashed anew."""
    try:
        for item in read(files, path):
            if isinstance(item, Record):
                yield item
    except (OSError, StateError):
        return


def _content(entry: Entry, system: System, budget: Budget) -> str | None:
    """Return the file's SHA-256, or None where it may not be read now or changed meanwhile."""
    if abs(nanoseconds(system.clock.now()) - entry.modified_ns) < RACY_NS:
        return None
    if not budget.take(entry.size):
        return None
    try:
        content = hash_file(system.files, entry.path, entry.size)
        after = system.files.stat(entry.path)
    except OSError:
        return None
    same = record_of(entry, None) == record_of(after, None)
    return content if same else None


def hash_file(files: Files, path: str, size: int) -> str | None:
    """Return the SHA-256 of a file of exactly `size` bytes in hexadecimal, else None.

    Raises:
        OSError: it cannot be read.
    """
    digest, left = hashlib.sha256(), size + 1
    with files.open(path) as source:
        while block := source.read(min(BLOCK_BYTES, left)):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest() if left == 1 else None
