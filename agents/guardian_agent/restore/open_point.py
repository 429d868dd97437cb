"""One restore point within reach: the point, the tool that made it, and the machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guardian_agent.config import BackupSet
from guardian_agent.probe import AnySubject, Point, PointFile, Restorer
from guardian_agent.system import System


class OpenPoint:
    """Everything needed to look into one restore point; its methods raise `ProbeError`."""

    def __init__(
        self, *, subject: AnySubject, restorer: Restorer[Any], system: System, point: Point
    ) -> None:
        self.subject = subject
        self.system = system
        self.point = point
        self._restorer = restorer

    @property
    def backup_set(self) -> BackupSet:
        """The backup set that the point is of."""
        return self.subject.backup_set

    def within(self, system: System) -> OpenPoint:
        """Return the point as it is reached from another machine's ports: from inside a room."""
        return OpenPoint(
            subject=self.subject, restorer=self._restorer, system=system, point=self.point
        )

    def contents(self) -> Iterator[PointFile]:
        """Yield what the point contains, files and folders."""
        return self._restorer.contents(self.subject, self.system, self.point)

    def place(self, target: str, path: str) -> str | None:
        """Return where a live path comes back below `target`; None where it does not."""
        return self._restorer.place(self.subject, target, path)

    def restore(self, paths: Sequence[str], target: str, limit: int) -> Mapping[str, str]:
        """Restore `paths` below `target` in one go; return where each that came back lies."""
        return self._restorer.restore(self.subject, self.system, self.point, paths, target, limit)

    def restore_all(self, target: str, limit: int) -> None:
        """Restore all that the point has of the set below `target`, at most `limit` bytes."""
        self._restorer.restore_all(self.subject, self.system, self.point, target, limit)
