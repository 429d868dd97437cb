"""The restore test of kind `archive`: the newest archive is read as a stream to its very end.

It is whole (end marks, trailer, every checksum), it opens with the configured key, and what the
operator says must be in it is there and not empty. Nothing of it is written to disk but where its
format needs a tool that cannot do without, and nothing of it is compared with signed hashes: that
is what `sample` and `full` are for.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probe import AnyProbe, ArchiveFile, PointFile
from guardian_agent.probing.paths import live_path
from guardian_agent.restore.begun import begin
from guardian_agent.restore.kind import Kind, Task
from guardian_agent.restore.livedata import is_below
from guardian_agent.restore.meanwhile import broken_off_now
from guardian_agent.restore.result import DAMAGE
from guardian_agent.restore.room import Plot, Room
from guardian_agent.restore.sandbox import sandbox
from guardian_agent.restore.streams import Stream, in_room, needs_room, streamed
from guardian_agent.system import System
from guardian_agent.wire.facts.restores import Compared, RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason

NAME = "archive"
MOST_FILES = 20_000_000
MOST_BYTES = 64 * 1024**4
"""Beyond these no archive is honest; a sparse file alone may claim exbibytes."""

Enter = Callable[[Plot, System, int], AbstractContextManager[Room]]
"""Makes the room of one test; see `sandbox`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What must be in the archive, and what opens it."""

    paths: tuple[str, ...] = ()
    """Files, folders or shell patterns, live paths or relative to the copy's `root`. Each must have
    at least one file in the archive that is not empty."""
    password_file: str | None = None
    """For 7z and zip archives with a password: its first line is it."""

    def __post_init__(self) -> None:
        for path in self.paths:
            if not path or ".." in path.split("/"):
                raise DecodeError(f"path {path!r}; expected a path or pattern without `..`")


def archive_test(task: Task[Settings], enter: Enter = sandbox) -> RestoreTest:
    """Read the copy's newest archive to its end and return the outcome."""
    test, opened = begin(task, NAME)
    if opened is None:
        return test
    if task.probe.archive is None:
        return replace(test, reason=Reason.UNSUPPORTED)
    where = f"{test.backup_set}/{test.copy}"
    task.progress(f"{where}: reading the newest archive to its end", None)
    tally = _Tally()
    began = task.system.clock.monotonic()
    try:
        file = task.probe.archive(task.subject, opened.point)
        tally = _Tally(_absolute(task.settings.paths, file.root))
        _read(task, file, tally, enter)
    except ProbeError as error:
        task.progress(f"{where}: {error}", None)
        test = broken_off_now(task, test, error, DAMAGE | {Reason.NOTHING_RESTORED})
    else:
        test = replace(test, outcome=tally.outcome(), reason=tally.reason())
    seconds = task.system.clock.monotonic() - began
    return replace(tally.told(test), duration_seconds=seconds)


class _Tally:
    """Counts what an archive holds, and what of the wanted is there."""

    def __init__(self, wanted: Sequence[str] = ()) -> None:
        self._missing = list(wanted)
        self._files = self._bytes = 0

    def take(self, entry: PointFile) -> None:
        """Count one entry; raise `ProbeError` for more than an honest archive has."""
        if not entry.is_file:
            return
        self._files += 1
        self._bytes += entry.size
        if self._files > MOST_FILES or self._bytes > MOST_BYTES:
            raise ProbeError(Reason.QUOTA_EXCEEDED, "more than an honest archive has")
        if entry.size > 0 and self._missing:
            self._missing = [each for each in self._missing if not _is_of(entry.path, each)]

    def outcome(self) -> Outcome:
        """Say how a test ended that read everything."""
        return Outcome.PASSED if self.reason() is Reason.NONE else Outcome.FAILED

    def reason(self) -> Reason:
        """Say why it failed, if it did: without a file, or without what was agreed."""
        if not self._files:
            return Reason.NOTHING_RESTORED
        return Reason.INCOMPLETE if self._missing else Reason.NONE

    def told(self, test: RestoreTest) -> RestoreTest:
        """Take the counts into the test; what was read is whole only where it ended well."""
        readable = test.reason in {Reason.NONE, Reason.INCOMPLETE}
        compared = Compared(
            files=self._files,
            bytes=self._bytes,
            matched=self._files if readable else 0,
            mismatched=0,
            missing=len(self._missing),
            changed=0 if readable else self._files,
        )
        return replace(test, whole_files=self._files, whole_bytes=self._bytes, compared=compared)


def _read(task: Task[Settings], file: ArchiveFile, tally: _Tally, enter: Enter) -> None:
    if not needs_room(task.system, file):
        _take_all(streamed(task.system, file), tally)
        return
    plot = task.ground.plot
    with enter(plot, task.system, plot.limit) as room:
        _take_all(in_room(room, file, task.settings.password_file), tally)


def _take_all(stream: Stream, tally: _Tally) -> None:
    for entry in stream.entries():
        tally.take(entry)
    stream.prove()


def _absolute(wanted: Sequence[str], root: str) -> list[str]:
    return [path if path.startswith("/") else live_path(root, path) for path in wanted]


def _is_of(path: str, wanted: str) -> bool:
    return is_below(path, wanted.rstrip("/")) or fnmatch.fnmatchcase(path, wanted)


def _fits(probe: AnyProbe) -> bool:
    return probe.archive is not None


KIND = Kind(
    name=NAME,
    settings=Settings,
    fits=_fits,
    by_default=True,
    every=timedelta(days=7),
    test=archive_test,
)
