"""Files that a job drops into a folder: each is a restore point."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnySubject, Lies, Point, keyed_hash
from guardian_agent.probing.answers import decoded_list, when_asked
from guardian_agent.probing.look import reading
from guardian_agent.probing.points import Listed, newest_past
from guardian_agent.system import Entry, System
from guardian_agent.wire.facts.words import Reason

MAX_FILES = 100_000
WRITTEN_BYTES_PER_SECOND = 5_000_000
"""Few jobs write slower: it gives the latest moment at which a file of some size was begun."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """One file (or folder of files) in the drop folder; its time is the latest modification."""

    name: str
    size: int
    modified_ns: int

    @property
    def native_id(self) -> str:
        """Change with the contents: a file that is replaced is another restore point."""
        return f"{self.modified_ns} {self.size} {self.name}"

    @property
    def finished_at(self) -> datetime:
        """Return when it was last written to, in UTC."""
        try:
            return _EPOCH + timedelta(microseconds=self.modified_ns // 1000)
        except OverflowError as error:
            message = f"{self.name!a}: its modification time is out of range"
            raise ProbeError(Reason.UNREADABLE_ANSWER, message) from error


Reader = Callable[[Entry], Dropped | None]
"""Turns what lies in the folder into a restore point, or None where it is none."""


def plain_file(entry: Entry) -> Dropped | None:
    """Count regular files only: a link may point anywhere."""
    if not entry.is_file:
        return None
    return Dropped(name=name_of(entry), size=entry.size, modified_ns=max(0, entry.modified_ns))


def name_of(entry: Entry) -> str:
    """Return the last part of an entry's path."""
    return entry.path.rpartition("/")[2]


def dropped(system: System, folder: str, pattern: str, reader: Reader) -> list[Dropped]:
    """Return what lies in `folder` under names that match the shell pattern.

    Hidden files match only a pattern that begins with a dot: jobs write beside and then rename.

    Raises:
        ProbeError: PATH_MISSING or PERMISSION_DENIED; OUTPUT_LIMIT when there are too many.
    """
    found = []
    with reading(folder):
        for entry in matching(system, folder, pattern):
            item = reader(entry)
            if item is not None:
                found.append(item)
            if len(found) > MAX_FILES:
                raise ProbeError(Reason.OUTPUT_LIMIT, f"{folder}: over {MAX_FILES} files match")
    return found


def matching(system: System, folder: str, pattern: str) -> Iterator[Entry]:
    """Yield the entries of `folder` whose names match the shell pattern, as `dropped` does.

    Raises:
        ProbeError: PATH_MISSING or PERMISSION_DENIED.
    """
    with reading(folder):
        for entry in system.files.scan(folder):
            if _matches(name_of(entry), pattern):
                yield entry


def newest_file(subject: AnySubject, system: System) -> Lies:
    """Say where the newest of what a job dropped lies, by the settings `path` and `pattern`.

    Raises:
        ProbeError: PATH_MISSING or PERMISSION_DENIED.
    """
    settings = subject.settings
    entries = matching(system, settings.path, settings.pattern)
    found = (entry for entry in entries if entry.is_file or entry.is_directory)
    last = max(found, key=lambda entry: entry.modified_ns, default=None)
    return Lies(path=None if last is None else last.path)


def as_answer(items: Sequence[Dropped]) -> dict[str, str]:
    """Write them down as the answer to the question "files"."""
    return {"files": json.dumps([asdict(item) for item in items])}


def answered(answers: Answers) -> list[Dropped]:
    """Read `as_answer` back.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    rows = decoded_list(_Row, answers, "files")
    return [Dropped(name=str(r.name), size=r.size, modified_ns=r.modified_ns) for r in rows]


def listed(items: Sequence[Dropped]) -> list[Listed]:
    """Return them as restore points: when each was begun is not known, and its end stands for it.

    Raises:
        ProbeError: a time out of range.
    """
    return [
        Listed(
            native_id=item.native_id,
            started_at=item.finished_at,
            finished_at=item.finished_at,
            bytes=item.size,
        )
        for item in items
    ]


def newest(items: Sequence[Dropped], asked_at: datetime) -> Dropped | None:
    """Return the newest that is not dated in the future."""
    found = newest_past(listed(items), asked_at)
    return next((item for item in items if found and item.native_id == found.native_id), None)


def newest_point(subject: AnySubject, answers: Answers) -> Point | None:
    """Return the newest as a restorer gives it, begun as late as it can have been.

    What was made while it was being written may rightly be absent from it.
    """
    item = newest(answered(answers), when_asked(answers))
    if item is None:
        return None
    writing = timedelta(seconds=1 + item.size / WRITTEN_BYTES_PER_SECOND)
    return Point(
        native_id=item.native_id,
        hashed_id=keyed_hash(subject.key, item.native_id),
        started_at=item.finished_at - min(writing, item.finished_at - _EPOCH),
    )


def name_in(native_id: str) -> str:
    """Return the file's name out of its native id."""
    return native_id.split(" ", 2)[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    name: Any
    size: int
    modified_ns: int


def _matches(name: str, pattern: str) -> bool:
    hidden = name.startswith(".") and not pattern.startswith(".")
    return not hidden and fnmatch.fnmatchcase(name, pattern)
