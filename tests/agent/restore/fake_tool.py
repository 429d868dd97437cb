"""A backup tool in memory: it copies live files when told, and gives them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from guardian_agent.config import BackupSet
from guardian_agent.errors import ProbeError
from guardian_agent.probe import (
    WHOLE,
    Answers,
    AnySubject,
    Point,
    PointFile,
    Probe,
    Subject,
    Turn,
    keyed_hash,
)
from guardian_agent.restore.livedata import walk
from guardian_agent.system import System
from guardian_agent.wire.names import Hash, Name, Slug
from guardian_agent.wire.observations import (
    Integrity,
    Observation,
    Outcome,
    Reason,
    RestorePoint,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem

KEY = b"k" * 32
CHECKPOINT = (7, Hash("ab" * 32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The fake tool's own settings."""

    repository: str = "/repository"
    parts: int = 1
    """Into how many the check of its data is divided."""


@dataclass
class FakeTool:
    """Both the repository and the restorer; the fields plant faults."""

    started_at: datetime | None = None
    listed: dict[str, PointFile] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    failing: dict[str, Reason] = field(default_factory=dict)
    """By method: "gather", "contents", "restore", "verify"."""
    seconds: float = 2.0
    asked: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    also: Mapping[str, bytes] = field(default_factory=dict)
    """What comes back beside what was asked for, by path below the target."""
    links: tuple[str, ...] = ()
    dated: bool = True
    """Whether files come back with the times that they had."""

    def backup(self, backup_set: BackupSet, system: FakeSystem) -> None:
        """Copy the live files and folders, as they are now."""
        self.started_at = system.clock.now()
        self.listed, self.stored = {}, {}
        for entry in walk(backup_set, system.files):
            self.listed[entry.path] = PointFile(
                path=entry.path,
                size=entry.size if entry.is_file else 0,
                modified_ns=entry.modified_ns,
                is_file=entry.is_file,
            )
            if entry.is_file:
                self.stored[entry.path] = system.files.tree("/")[entry.path]

    def lose(self, path: str) -> None:
        """Let the point lack a file, as a backup that could not read it would."""
        del self.listed[path]
        del self.stored[path]

    def probe(self) -> Probe[Settings]:
        return Probe(
            tool="fake",
            settings=Settings,
            gather=self.gather,
            parse=self.parse,
            restorer=self,
            parts=lambda settings: settings.parts,
        )

    def gather(self, subject: AnySubject, system: System) -> Answers:
        self._meet("gather")
        return {"list": "" if self.started_at is None else self.started_at.isoformat()}

    def parse(self, subject: AnySubject, answers: Answers, now: datetime) -> Sequence[Observation]:
        point = self.newest(subject, answers)
        known = () if point is None else (point,)
        return (
            RestorePoints(
                backup_set=subject.backup_set.name,
                copy=Name(subject.copy),
                tool=Slug("fake"),
                total=len(known),
                points=tuple(
                    RestorePoint(id=each.hashed_id, started_at=each.started_at) for each in known
                ),
            ),
        )

    def newest(self, subject: AnySubject, answers: Answers) -> Point | None:
        if not answers["list"]:
            return None
        moment = datetime.fromisoformat(answers["list"])
        hashed = keyed_hash(subject.key, answers["list"])
        return Point(native_id=answers["list"], hashed_id=hashed, started_at=moment)

    def contents(self, subject: AnySubject, system: System, point: Point) -> Iterator[PointFile]:
        self._meet("contents")
        yield from self.listed.values()

    def restore(
        self,
        subject: AnySubject,
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        self._meet("restore")
        system.clock.advance(seconds=self.seconds)
        self.restored = list(paths)
        for path, data in self.also.items():
            system.files.put(f"{target}{path}", data)
        for path in self.links:
            system.files.link(f"{target}{path}", "/etc/passwd")
        back = [path for path in paths if path in self.stored]
        for path in back:
            modified = self.listed[path].modified_ns if self.dated and path in self.listed else None
            system.files.put(f"{target}{path}", self.stored[path], modified_ns=modified)
        return {path: f"{target}{path}" for path in (*back, *self.links)}

    def place(self, subject: AnySubject, target: str, path: str) -> str | None:
        return f"{target}{path}"

    def restore_all(
        self, subject: AnySubject, system: System, point: Point, target: str, limit: int
    ) -> None:
        self.asked.append("restore_all")
        system.clock.advance(seconds=self.seconds)
        for path, item in self.listed.items():
            if not item.is_file:
                system.files.make_directory(f"{target}{path}")
            elif path in self.stored:
                modified = item.modified_ns if self.dated else None
                system.files.put(f"{target}{path}", self.stored[path], modified_ns=modified)
        for path, data in self.also.items():
            system.files.put(f"{target}{path}", data)
        for path in self.links:
            system.files.link(f"{target}{path}", "/etc/passwd")
        if "restore_all" in self.failing:
            raise ProbeError(self.failing["restore_all"], "planted in restore_all")

    def verify(self, subject: AnySubject, system: System, turn: Turn = WHOLE) -> Integrity:
        self._meet("verify")
        return Integrity(
            backup_set=subject.backup_set.name,
            copy=Name(subject.copy),
            outcome=Outcome.PASSED,
            reason=Reason.NONE,
            data_read=1.0 / turn.parts,
            started_at=system.clock.now(),
            duration_seconds=1.0,
            part=turn.part,
            parts=turn.parts,
        )

    def _meet(self, method: str) -> None:
        self.asked.append(method)
        if method in self.failing:
            raise ProbeError(self.failing[method], f"planted in {method}")


def subject_of(backup_set: BackupSet, copy: str = "local") -> Subject[Settings]:
    """Return a copy of the set that the fake tool keeps."""
    return Subject(backup_set=backup_set, copy=copy, settings=Settings(), key=KEY)


def put_old(system: FakeSystem, path: str, data: bytes, *, hours: float = 1) -> None:
    """Place a file that was last touched `hours` ago."""
    moment = system.clock.nanoseconds() - int(hours * 3600 * 10**9)
    system.files.put(path, data, modified_ns=moment, changed_ns=moment)
