"""Walk the live data of a backup set, always in the same order.

Depth first, names in byte order, links never followed: the order of the manifest's leaves, so that
two walks of unchanged data agree and can be merged with each other while both are streamed.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from guardian_agent.config import BackupSet
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.canary import FILE_NAME
from guardian_agent.wire.facts.words import Reason


class Tally:
    """What one walk could not look into: counted and never fatal, as live trees change.

    `hidden` is why something stays unseen that did not merely vanish on the way: a path of the set
    is not there, or a folder may not be entered.
    """

    def __init__(self) -> None:
        self.unreadable = 0
        self.hidden = Reason.NONE


def order(path: str) -> bytes:
    """Return the key that sorts paths as the walk meets them.

    No name holds a zero byte, so with it as separator a folder's contents come before a neighbour
    whose name merely begins alike (`a/x` before `a.txt`).
    """
    return path.encode("utf-8", "surrogateescape").replace(b"/", b"\0")


def roots(backup_set: BackupSet) -> list[str]:
    """Return the set's paths in walking order, each once and none inside another."""
    kept: list[str] = []
    for path in sorted({_trimmed(path) for path in backup_set.paths}, key=order):
        if not kept or not is_below(path, kept[-1]):
            kept.append(path)
    return kept


def is_below(path: str, folder: str) -> bool:
    """Say whether `path` is `folder` or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def name_of(path: str) -> str:
    """Return the last part of a path."""
    return path.rpartition("/")[2]


def is_canary(path: str) -> bool:
    """Say whether this is the agent's own file, which is no data of the client's."""
    return path.endswith(f"/{FILE_NAME}")


def folder_of(path: str) -> str:
    """Return the folder that a path lies in."""
    return path.rpartition("/")[0] or "/"


def is_text(path: str) -> bool:
    """Say whether a tool's JSON can name this path: a name of other bytes cannot be compared."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def nanoseconds(moment: datetime) -> int:
    """Return an aware time as nanoseconds since 1970, as file times are told."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def walk(backup_set: BackupSet, files: Files, tally: Tally | None = None) -> Iterator[Entry]:
    """Yield the folders and regular files below the set's paths, a folder before what it holds.

    What the set excludes is left out, folders with all they hold. Everything that vanishes or
    cannot be read on the way is counted in `tally`.
    """
    tally = tally or Tally()
    for root in roots(backup_set):
        try:
            entry = files.stat(root)
        except OSError as error:
            tally.unreadable += 1
            gone = isinstance(error, FileNotFoundError)
            tally.hidden = Reason.PATH_MISSING if gone else Reason.PERMISSION_DENIED
            continue
        yield from _walk(entry, backup_set.exclude, files, tally)


def _walk(top: Entry, exclude: tuple[str, ...], files: Files, tally: Tally) -> Iterator[Entry]:
    waiting: list[Iterator[Entry]] = [iter((top,))]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif is_excluded(entry.path, exclude):
            continue
        elif entry.is_file:
            yield entry
        elif entry.is_directory:
            yield entry
            waiting.append(_entries(entry.path, files, tally))


def _entries(folder: str, files: Files, tally: Tally) -> Iterator[Entry]:
    try:
        yield from files.scan(folder)
    except OSError as error:
        tally.unreadable += 1
        if not isinstance(error, FileNotFoundError):
            tally.hidden = Reason.PERMISSION_DENIED


def is_excluded(path: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a pattern leaves this path out, by the whole of it or by its last part."""
    name = name_of(path)
    return any(
        fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(name, pattern)
        for pattern in patterns
    )


def _trimmed(path: str) -> str:
    return path.rstrip("/") or "/"
