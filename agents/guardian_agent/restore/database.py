"""Where the backup of a database comes from, and what a test of it needs to know of it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from guardian_agent.errors import ProbeError
from guardian_agent.probe import (
    Answers,
    AnyProbe,
    AnySubject,
    Fetched,
    Form,
    Point,
    PointFile,
    Restorer,
)
from guardian_agent.probing.form import form_of
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.livedata import is_below
from guardian_agent.restore.restoring import recognise
from guardian_agent.system import System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.restores import CanaryReturn
from guardian_agent.wire.facts.words import Reason

_WILDCARDS = "*?["


class Source(Protocol):
    """How a database's backup is got out of a copy; every method raises `ProbeError`."""

    @property
    def engine(self) -> str:
        """The module in `restore/engines` that loads it."""

    def newest(self, subject: AnySubject, answers: Answers) -> Point | None:
        """Return the newest restore point that is not dated in the future."""

    def fetch(
        self, subject: AnySubject, system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Bring the point's database below `folder`, or say where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A dump among the files that a file tool keeps.

    `path` is its live path, or a shell pattern of which the file modified last is taken.
    """

    restorer: Restorer[Any]
    path: str
    engine: str

    def newest(self, subject: AnySubject, answers: Answers) -> Point | None:
        """Return the newest restore point that is not dated in the future."""
        return self.restorer.newest(subject, answers)

    def fetch(
        self, subject: AnySubject, system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Restore the dump, and nothing else, below `folder`."""
        path = self.path
        if any(character in path for character in _WILDCARDS):
            path = self._newest_match(self.restorer.contents(subject, system, point))
        found = self.restorer.restore(subject, system, point, [path], folder, limit)
        if path in found:
            return Fetched(path=found[path], form=form_of(system.files, found[path]), own=True)
        return self._folder(subject, system, point, path, folder, limit)

    def _folder(
        self,
        subject: AnySubject,
        system: System,
        point: Point,
        path: str,
        folder: str,
        limit: int,
    ) -> Fetched:
        """Restore a dump that is a folder of files."""
        listed = self.restorer.contents(subject, system, point)
        inside = [item.path for item in listed if item.is_file and is_below(item.path, path)]
        place = self.restorer.place(subject, folder, path) if inside else None
        if place is None:
            raise ProbeError(Reason.MISSING_FILE, f"{path}: the restore point has no such dump")
        found = self.restorer.restore(subject, system, point, inside, folder, limit)
        if len(found) < len(inside):
            raise ProbeError(Reason.MISSING_FILE, f"{path}: not all of its files came back")
        return Fetched(path=place, form=Form.DIRECTORY, own=True)

    def _newest_match(self, listed: Iterable[PointFile]) -> str:
        found = max(
            (item for item in listed if item.is_file and fnmatch.fnmatchcase(item.path, self.path)),
            key=lambda item: (item.modified_ns or 0, item.path),
            default=None,
        )
        if found is None:
            raise ProbeError(Reason.MISSING_FILE, f"{self.path}: no file of the point matches")
        return found.path


def source_of(probe: AnyProbe, path: str | None, engine: str | None) -> Source:
    """Return where the database comes from: the probe's restore points, or a file in them.

    Raises:
        ProbeError: UNSUPPORTED when the probe has neither.
    """
    if path is not None and engine is not None and probe.restorer is not None:
        return KeptFile(restorer=probe.restorer, path=path, engine=engine)
    if probe.database is None or path is not None:
        raise ProbeError(Reason.UNSUPPORTED, f"{probe.tool} keeps no databases; say `path`")
    return probe.database


def weigh(files: Files, path: str) -> tuple[int, int]:
    """Return how many files a backup is made of, and their bytes; links are not followed.

    Raises:
        OSError: something of it cannot be read.
    """
    top = files.stat(path)
    if not top.is_directory:
        return 1, top.size
    count = size = 0
    waiting = [path]
    while waiting:
        for entry in files.scan(waiting.pop()):
            if entry.is_directory:
                waiting.append(entry.path)
            elif entry.is_file:
                count, size = count + 1, size + entry.size
    return count, size


def canary_of(loaded: Loaded, marker: str | None) -> CanaryReturn | None:
    """Return the checkpoint in the database's own canary table, if the canary is this set's.

    The row may lack the line's end: whoever wrote it may have trimmed it.
    """
    if loaded.canary is None:
        return None
    return recognise(loaded.canary.strip() + b"\n", marker)
