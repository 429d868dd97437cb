"""One place where live data lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason


class Area(NamedTuple):
    """A folder with its kind; of nested areas each counts what is its own."""

    path: str
    kind: str


class Finder:
    """Looks into folders for areas; what may not be looked into is an area, too, of that kind."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.reason = Reason.NONE
        """Why there may be areas that were not found."""
        self._found: dict[str, Area] = {}

    @property
    def found(self) -> tuple[Area, ...]:
        """All areas in the order in which they were found, each once."""
        return tuple(self._found.values())

    def add(self, path: str, kind: str) -> None:
        """Take a folder; what it was found as first, it is."""
        self._found.setdefault(path, Area(path, kind))

    def folders(self, path: str, kind: str) -> Iterator[Entry]:
        """Yield the folders in a folder; none where it is not there."""
        try:
            entries = list(self.files.scan(path))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            self.add(path, kind)
            return
        yield from (entry for entry in entries if entry.is_directory)

    def is_folder(self, path: str) -> bool:
        """Say whether there is a folder, and no link to one."""
        try:
            return self.files.stat(path).is_directory
        except OSError:
            return False

    def text(self, path: str, limit: int) -> str | None:
        """Return a small text file; None where there is none, or it may not be read."""
        try:
            with self.files.open(path) as source:
                return source.read(limit).decode("utf-8", "replace")
        except OSError:
            return None
