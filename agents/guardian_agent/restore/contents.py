"""What the newest restore point contains, held against the live data.

A backup that skipped an unreadable file, or ran while a folder was not mounted, lists like any
other: no tool marks it. What was there before the backup began, has not changed since, and is not
in the listing, was skipped.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.config import BackupSet
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.restore.listing import Listing
from guardian_agent.restore.livedata import folder_of, is_below, is_canary, roots, walk
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.copies import PointContents
from guardian_agent.wire.names import Hash, Name, ShortHash

CACHE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A fact with what it was asked of: it holds for one point and one configuration only."""

    asked: Hash
    fact: PointContents


def point_contents(opened: OpenPoint, cache: str | None) -> PointContents:
    """Return what the point contains, from the file `cache` when it was looked into before.

    A point never changes, so it is listed once; `cache` None asks again and leaves nothing behind.

    Raises:
        ProbeError: the tool could not list the point.
    """
    files = opened.system.files
    asked = _question(opened)
    known = None if cache is None else _recall(files, cache, asked)
    if known is not None:
        return known
    fact = _held_against(opened)
    if cache is not None:
        _remember(files, cache, Remembered(asked=asked, fact=fact))
    return fact


def _held_against(opened: OpenPoint) -> PointContents:
    listing = Listing(opened.point)
    for item in opened.contents():
        listing.add(item)
    backup_set = opened.backup_set
    expected = roots(backup_set)
    compared = missing = 0
    for entry in _older_files(backup_set, listing, opened.system.files):
        compared += 1
        missing += entry.path not in listing
    return PointContents(
        backup_set=backup_set.name,
        copy=Name(opened.subject.copy),
        point=ShortHash(opened.point.hashed_id),
        files=listing.files,
        bytes=listing.bytes,
        paths_expected=len(expected),
        paths_missing=sum(path not in listing for path in expected),
        files_compared=compared,
        files_missing=missing,
    )


def _older_files(backup_set: BackupSet, listing: Listing, files: Files) -> Iterator[Entry]:
    """Yield the live files that the point must have, leaving moved folders out with all in them."""
    tops = set(roots(backup_set))
    moved: str | None = None
    for entry in walk(backup_set, files):
        if moved is not None and is_below(entry.path, moved):
            continue
        if entry.is_file and not is_canary(entry.path) and listing.must_have(entry):
            yield entry
        elif entry.is_directory and entry.path not in tops and listing.was_elsewhere(entry):
            moved = entry.path


def _question(opened: OpenPoint) -> Hash:
    point, backup_set = opened.point, opened.backup_set
    asked = (point.native_id, point.started_at, backup_set.paths, backup_set.exclude)
    return Hash(hashlib.sha256(ascii(asked).encode("ascii")).hexdigest())


def _recall(files: Files, path: str, asked: Hash) -> PointContents | None:
    try:
        known = build(Remembered, read_json(files.read(path, CACHE_BYTES)))
    except (OSError, StateError, DecodeError):
        return None
    return known.fact if known.asked == asked else None


def _remember(files: Files, path: str, what: Remembered) -> None:
    # A full disk costs the memory of the fact, not the fact.
    with contextlib.suppress(OSError):
        files.make_directory(folder_of(path))
        files.write(path, to_json(what))
