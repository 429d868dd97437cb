"""Restore points that are folders of plain files: rotations by hard links, mounted snapshots.

Which folder is which point is the probe's business. Links are told and never followed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, AnySubject, Point, PointFile, Turn
from guardian_agent.probing.answers import when_asked
from guardian_agent.probing.look import classify_file, reading
from guardian_agent.probing.paths import holds, live_path, name_in_point, place_in
from guardian_agent.probing.points import RUNNING, Listed, newest_point
from guardian_agent.probing.sink import Sink
from guardian_agent.system import Entry, System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Encryption, Reason

_SAMPLE = 32
"""Files looked at to find one that anybody can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRestorer:
    """Looks into folders; see `guardian_agent.probe.Restorer`.

    A copy's settings have `inside`, the folder in each point that stands for the folder `root` of
    the live server ("": the point itself).
    """

    listed: Callable[[AnySubject, Answers], Sequence[Listed]]
    folder: Callable[[AnySubject, System, Point], str]
    """Returns the path of the point's folder as it is called now; raises `ProbeError`."""
    running: timedelta = RUNNING
    """How long before its date a point may have been begun; a snapshot is of one moment."""

    def newest(self, subject: AnySubject, answers: Answers) -> Point | None:
        """Return the newest folder that is not dated in the future."""
        listed = self.listed(subject, answers)
        return newest_point(subject, listed, when_asked(answers), running=self.running)

    def contents(self, subject: AnySubject, system: System, point: Point) -> Iterator[PointFile]:
        """Yield all that lies in the folder."""
        top = self._top(subject, system, point)
        for entry in entries(system.files, top):
            yield PointFile(
                path=live_path(subject.settings.root, entry.path[len(top) :].lstrip("/")),
                size=entry.size,
                modified_ns=entry.modified_ns,
                is_file=entry.is_file,
            )

    def restore(
        self,
        subject: AnySubject,
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        """Copy the wanted files."""
        top = self._top(subject, system, point)
        wanted = {path: self.place(subject, target, path) for path in paths}
        sink = Sink(system.files, wanted.get, limit)
        for path, place in wanted.items():
            name = name_in_point(subject.settings.root, path)
            if place is not None and name:
                above = name.rpartition("/")[0]
                if _is_inside(system.files, top, above):
                    _copy(system.files, f"{top}/{name}", path, sink)
        return {path: place for path, place in wanted.items() if place and sink.has(path)}

    def place(self, subject: AnySubject, target: str, path: str) -> str | None:
        """Return where a live path comes back."""
        return place_in(subject.settings.root, target, path)

    def restore_all(
        self, subject: AnySubject, system: System, point: Point, target: str, limit: int
    ) -> None:
        """Copy every plain file of the set's paths."""
        top, root = self._top(subject, system, point), subject.settings.root
        sink = Sink(system.files, lambda path: self.place(subject, target, path), limit)
        for entry in entries(system.files, top):
            path = live_path(root, entry.path[len(top) :].lstrip("/"))
            wanted = subject.backup_set.paths or (root,)
            if entry.is_file and any(holds(folder, path) for folder in wanted):
                _copy(system.files, entry.path, path, sink)

    def verify(self, _subject: AnySubject, _system: System, _turn: Turn = WHOLE) -> Integrity:
        """Refuse: plain files carry no check sum to hold them against."""
        raise ProbeError(Reason.UNSUPPORTED, "plain files have no check sums of their own")

    def _top(self, subject: AnySubject, system: System, point: Point) -> str:
        """Return what stands for the live root.

        Raises:
            ProbeError: UNSAFE_CONTENTS where a link leads out of the point, to the live data maybe.
        """
        folder, inside = self.folder(subject, system, point), subject.settings.inside.strip("/")
        top = f"{folder}/{inside}".rstrip("/")
        if not _is_inside(system.files, folder, inside):
            raise ProbeError(Reason.UNSAFE_CONTENTS, f"{top}: leads out of the restore point")
        return top


def entries(files: Files, top: str) -> Iterator[Entry]:
    """Yield all that lies below a folder, entering no link.

    Raises:
        ProbeError: PATH_MISSING or PERMISSION_DENIED.
    """
    left = [top]
    while left:
        folder = left.pop()
        with reading(folder):
            for entry in files.scan(folder):
                if entry.is_directory:
                    left.append(entry.path)
                yield entry


def readable(files: Files, top: str) -> tuple[Encryption, str]:
    """Say whether anybody can read some file of a folder; that nobody could is never known.

    Returns the state and the rule that decided.
    """
    with contextlib.suppress(ProbeError):
        for entry in islice((each for each in entries(files, top) if each.is_file), _SAMPLE):
            with contextlib.suppress(ProbeError):
                seen = classify_file(files, entry.path)
                if seen.state is Encryption.PLAINTEXT:
                    return seen.state, seen.rule
    return Encryption.UNKNOWN, "no-file-decides"


def _is_inside(files: Files, folder: str, name: str) -> bool:
    """Say whether no part of a name below a folder is a link."""
    return files.real(f"{folder}/{name}") == f"{files.real(folder)}/{name}".rstrip("/")


def _copy(files: Files, source: str, path: str, sink: Sink) -> None:
    """Copy one file; what is none, or is gone, does not come back."""
    try:
        with files.open(source) as opened:
            sink.write(path, opened)
    except OSError:
        return
