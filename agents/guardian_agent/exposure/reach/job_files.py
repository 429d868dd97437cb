"""The files that backup jobs are kept in: crontabs, systemd units, scripts in folders of jobs."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.errors import StateError
from guardian_agent.system.ports import Entry, Files
from guardian_agent.wire.facts.words import Reason

_MOST_BYTES = 1024 * 1024
_MOST_FILES = 10_000


class JobFiles:
    """One walk over job files; `reason` says what was not seen."""

    def __init__(self, files: Files) -> None:
        self.reason = Reason.NONE
        self._files = files
        self._left = _MOST_FILES

    def at(self, path: str) -> Iterator[Entry]:
        """Yield the job files at or below a path; one that is not there has none."""
        waiting = self._first(path)
        while waiting and self._left:
            entry = waiting.pop()
            self._left -= 1
            if entry.is_directory:
                waiting += self.below(entry.path)
            elif entry.is_file:
                yield entry
        if waiting:
            self.reason = Reason.BUDGET_SPENT

    def read(self, path: str) -> bytes:
        """Return a file's contents; nothing of one that is gone or may not be read."""
        try:
            return self._files.read(path, _MOST_BYTES)
        except FileNotFoundError:
            return b""
        except (OSError, StateError):
            self.reason = Reason.PERMISSION_DENIED
            return b""

    def below(self, folder: str) -> list[Entry]:
        """Return what a folder holds."""
        try:
            return list(self._files.scan(folder))
        except OSError:
            self.reason = Reason.PERMISSION_DENIED
            return []

    def _first(self, path: str) -> list[Entry]:
        try:
            return [self._files.stat(path, follow=True)]
        except FileNotFoundError:
            return []
        except OSError:
            self.reason = Reason.PERMISSION_DENIED
            return []
