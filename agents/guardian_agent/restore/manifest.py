"""Commit to the live data of a backup set, in memory that does not grow with it.

The walk is merged with the manifest before it, which has the same order: a file whose size, times
and inode stand as they stood keeps its hash, and only what is new is read. So a pass over unchanged
data costs one `lstat` a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO

from guardian_agent.config import BackupSet
from guardian_agent.errors import StateError
from guardian_agent.probe import keyed_hash
from guardian_agent.restore.livedata import Tally, is_canary, nanoseconds, order, walk
from guardian_agent.restore.records import (
    Closing,
    Record,
    closing_line,
    read,
    record_of,
    to_line,
)
from guardian_agent.system import Entry, System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.livedata import Manifest
from guardian_agent.wire.manifest import leaf_bytes
from guardian_agent.wire.merkle import EMPTY, leaf_hash
from guardian_agent.wire.names import Hash

RACY_NS = 2_000_000_000
"""A file written this close to now may be written again without its time showing it."""
BLOCK_BYTES = 1024 * 1024


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
    the spool. So what a restore test draws from was signed, whenever a pass is interrupted.
    """

    def __init__(self, folder: str, backup_set: str) -> None:
        self.folder = folder
        self._backup_set = backup_set

    @property
    def signed(self) -> str:
        """The manifest whose root the newest statement carries."""
        return f"{self.folder}/{self._backup_set}.jsonl"

    @property
    def fresh(self) -> str:
        """The manifest being written."""
        return f"{self.folder}/{self._backup_set}.fresh"

    def keep(self, files: Files) -> None:
        """Let the fresh manifest, if there is one, take the signed one's place."""
        if files.exists(self.fresh):
            files.rename(self.fresh, self.signed)


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
    now = system.clock.now()
    frontier, size, not_hashed, tally = EMPTY, 0, 0, Tally()
    with _output(system.files, where, remember=remember) as out:
        live = _without_canary(walk(backup_set, system.files, tally))
        for record in _records(live, system, budget, where.signed):
            frontier = frontier.append(leaf_of(record, key))
            size += record.size
            not_hashed += record.content is None
            if out is not None:
                out.write(to_line(record))
        root = Hash(frontier.root().hex())
        if out is not None:
            out.write(closing_line(Closing(root=root, files=frontier.size, bytes=size)))
    return Manifest(
        backup_set=backup_set.name,
        root=root,
        files=frontier.size,
        bytes=size,
        files_not_hashed=not_hashed + tally.unreadable,
        taken_at=now,
    )


def _without_canary(live: Iterator[Entry]) -> Iterator[Entry]:
    """Leave the agent's own file out: a test that drew nothing else would prove nothing."""
    return (entry for entry in live if not is_canary(entry.path))


def _output(
    files: Files, where: ManifestFile, *, remember: bool
) -> AbstractContextManager[BinaryIO | None]:
    if not remember:
        return nullcontext()
    files.make_directory(where.folder)
    return files.create(where.fresh)


def _records(
    entries: Iterator[Entry], system: System, budget: Budget, earlier: str
) -> Iterator[Record]:
    """Yield a record for each live file, with the hash known from `earlier` or read now."""
    known = _earlier(system.files, earlier)
    old = next(known, None)
    for entry in entries:
        if not entry.is_file:
            continue
        place = order(entry.path)
        while old is not None and order(old.path) < place:
            old = next(known, None)
        if old is not None and old.content is not None and old.is_unchanged(entry):
            yield old
        else:
            yield record_of(entry, _content(entry, system, budget))


def _earlier(files: Files, path: str) -> Iterator[Record]:
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
