"""Look at every file under some paths: can it be read without a key?

Nothing of a file's contents leaves this module: an answer is a state, a kind and a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from guardian_agent.config import Limits, Watch
from guardian_agent.errors import ProbeError
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.system import Entry, System
from guardian_agent.wire.facts.exposures import Exposure, KindCount
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Slug

UNREADABLE = Classified(
    state=Encryption.UNKNOWN,
    kind=Slug("unreadable"),
    rule=Slug("unreadable"),
    confidence=Slug("none"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """One regular file: its path here, its size in bytes, and what it was found to be."""

    path: str
    size: int
    classified: Classified


def scan_paths(
    paths: Sequence[str],
    limits: Limits,
    system: System,
    on_file: Callable[[str], None] | None = None,
) -> Iterator[ScannedFile]:
    """Yield every regular file at or below `paths`, directories in byte order of their names.

    Symbolic links below `paths` are not followed, special files are skipped, and what vanishes
    meanwhile is left out. At most 1 MiB of each file is read.

    Args:
        paths: files or folders; a link among them is followed, for the operator named it.
        limits: `scan_seconds` bounds the whole scan.
        system: the machine.
        on_file: called with each file's path before it is read.

    Raises:
        ProbeError: when not everything could be looked at, after all that could be was yielded;
            its reason is `budget_spent`, `path_missing` or `permission_denied`.
    """
    walk = _Walk(system, limits.scan_seconds)
    for entry in walk.files(paths):
        if on_file is not None:
            on_file(entry.path)
        classified = _look(entry, system)
        if classified is not None:
            yield ScannedFile(path=entry.path, size=entry.size, classified=classified)
    if walk.trouble is not None:
        raise walk.trouble


def observe(watch: Watch, limits: Limits, system: System) -> Exposure:
    """Return what lies under a watched name, as counts by kind and state."""
    scanned_at = system.clock.now()
    files: Counter[tuple[str, Encryption]] = Counter()
    sizes: Counter[tuple[str, Encryption]] = Counter()
    reason = Reason.NONE
    try:
        for found in scan_paths(watch.paths, limits, system):
            key = (found.classified.kind, found.classified.state)
            files[key] += 1
            sizes[key] += found.size
    except ProbeError as error:
        reason = error.reason
    return _exposure(watch, scanned_at, reason, files, sizes)


def _exposure(
    watch: Watch,
    scanned_at: datetime,
    reason: Reason,
    files: Counter[tuple[str, Encryption]],
    sizes: Counter[tuple[str, Encryption]],
) -> Exposure:
    counts = [
        KindCount(kind=Slug(kind), state=state, files=files[kind, state], bytes=sizes[kind, state])
        for kind, state in sorted(files)
    ]
    return Exposure(
        name=watch.name,
        scanned_at=scanned_at,
        complete=reason is Reason.NONE,
        reason=reason,
        counts=tuple(counts),
    )


class _Walk:
    """Walks folders with a list, no recursion, and remembers the first thing that went wrong."""

    def __init__(self, system: System, seconds: float) -> None:
        self._files = system.files
        self._clock = system.clock
        self._deadline = system.clock.monotonic() + seconds
        self.trouble: ProbeError | None = None

    def files(self, paths: Sequence[str]) -> Iterator[Entry]:
        """Yield the regular files; stop when the time is spent."""
        waiting = [entry for path in reversed(paths) for entry in self._root(path)]
        while waiting:
            if self._clock.monotonic() >= self._deadline:
                self.trouble = ProbeError(Reason.BUDGET_SPENT, "the scan's time is spent")
                return
            entry = waiting.pop()
            if entry.is_directory:
                waiting += reversed(self._entries(entry.path))
            elif entry.is_file:
                yield entry

    def _root(self, path: str) -> list[Entry]:
        try:
            return [self._files.stat(path, follow=True)]
        except OSError as error:
            self._note(error, path)
            return []

    def _entries(self, folder: str) -> list[Entry]:
        try:
            return list(self._files.scan(folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            self._note(error, folder)
            return []

    def _note(self, error: OSError, path: str) -> None:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        reason = Reason.PATH_MISSING if missing else Reason.PERMISSION_DENIED
        self.trouble = self.trouble or ProbeError(reason, f"{path}: {error.strerror}")


def _look(entry: Entry, system: System) -> Classified | None:
    """Classify one file; None when it is gone by now."""
    try:
        with system.files.open(entry.path) as file:
            head = file.read(HEAD_BYTES)
            tail = _read(file, max(entry.size - TAIL_BYTES, 0), TAIL_BYTES)
            size = max(entry.size, len(head))
            return classify(head, tail, size, lambda place, count: _read(file, place, count))
    except FileNotFoundError:
        return None
    except OSError:
        return UNREADABLE


def _read(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)
