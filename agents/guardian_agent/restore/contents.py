"""What the newest restore point contains, held against the live data.

A backup that skipped an unreadable file, or ran while a folder was not mounted, lists like any
other: no tool marks it. What was there before the backup began, has not changed since, and is not
in the listing, was skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.config import BackupSet
from guardian_agent.restore.listing import Listing
from guardian_agent.restore.livedata import Tally, is_below, is_canary, roots, walk
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.copies import PointContents
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, ShortHash


def point_contents(opened: OpenPoint, cache: str | None) -> PointContents:
    """Return what the point contains, from the file `cache` when it was looked into before.

    A point never changes, so it is listed once; `cache` None asks again and leaves nothing behind.

    Raises:
        ProbeError: the tool could not list the point.
    """
    if cache is None:
        return _held_against(opened)
    # Imported where it is used: `show`, which remembers nothing, is to start quickly.
    from guardian_agent.restore.memory import recall, remember  # noqa: PLC0415

    known = recall(opened, cache)
    if known is not None:
        return known
    fact = _held_against(opened)
    if fact.reason is Reason.NONE:  # what could not be looked at may be mended any time
        remember(opened, cache, fact)
    return fact


def _held_against(opened: OpenPoint) -> PointContents:
    listing = Listing(opened.point)
    for item in opened.contents():
        listing.add(item)
    backup_set = opened.backup_set
    expected, tally = roots(backup_set), Tally()
    compared = missing = 0
    for entry in _older_files(backup_set, listing, opened.system.files, tally):
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
        reason=tally.hidden,
    )


def _older_files(
    backup_set: BackupSet, listing: Listing, files: Files, tally: Tally
) -> Iterator[Entry]:
    """Yield the live files that the point must have, leaving moved folders out with all in them."""
    tops = set(roots(backup_set))
    moved: str | None = None
    for entry in walk(backup_set, files, tally):
        if moved is not None and is_below(entry.path, moved):
            continue
        if entry.is_file and not is_canary(entry.path) and listing.must_have(entry):
            yield entry
        elif entry.is_directory and entry.path not in tops and listing.was_elsewhere(entry):
            moved = entry.path
