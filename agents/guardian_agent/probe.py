"""What a probe is: one backup tool, asked in two steps kept apart, plus how to restore from it.

`gather` does the I/O through `System` and returns texts; `parse` is a pure function of them.
A probe is a module in `probes/` with one constant `PROBE`; its name is the tool's name in
`agent.toml`; its settings are its own frozen dataclass. Nothing else lives in that folder, and no
list is edited.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from guardian_agent.wire.names import ShortHash

if TYPE_CHECKING:
    from guardian_agent.config import BackupSet
    from guardian_agent.system import System
    from guardian_agent.wire.facts.copies import Integrity
    from guardian_agent.wire.observations import Observation

C = TypeVar("C")

Answers = Mapping[str, str]
"""What the tool answered, by the question's short name ("snapshots" -> JSON text)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Generic[C]):
    """One configured copy: whose it is, and the probe's own settings for it."""

    backup_set: BackupSet
    copy: str
    settings: C
    key: bytes
    """The agent's secret for keyed hashes of ids and names; it never leaves the server."""
    scratch: str = ""
    """An existing private folder for this copy; what lies in it between passes may vanish."""
    memory: str = ""
    """A file in an existing folder that the probe may keep between passes, so that it reads a large
    dump or archive once; without one it reads it in each pass. It may vanish at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFile:
    """One entry that a restore point lists; `path` as it lies on the live server ("/srv/files/a").

    `modified_ns` is None where the tool does not tell; `is_file` is False for directories.
    """

    path: str
    size: int
    modified_ns: int | None
    is_file: bool


def keyed_hash(key: bytes, text: str) -> ShortHash:
    """Return what stands for an id, a name or a path outside this server: HMAC-SHA256, cut in half.

    Names of the operating system that are no text (surrogates) are hashed by their bytes; of other
    surrogates, which no system gives and a tool's JSON may hold, the digest is that of their codes.
    """
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    digest = hmac.digest(key, data, hashlib.sha256)
    return ShortHash(digest[:16].hex())


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A restore point as this server's tool knows it: the native id stays here."""

    native_id: str
    hashed_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which part of a copy's data a check reads: `part` of `parts`, counted from 1.

    A tool that cannot read in parts reads everything, and says so in its `Integrity`.
    """

    part: int
    parts: int


WHOLE = Turn(part=1, parts=1)


class Form(StrEnum):
    """In which form a database lies in a backup."""

    PLAIN = "plain"
    """SQL statements in one file, maybe compressed."""
    ARCHIVE = "archive"
    """pg_dump's custom or tar format, one file."""
    DIRECTORY = "directory"
    """pg_dump's directory format."""
    CLUSTER = "cluster"
    """A data directory that a server starts from."""
    FILE = "file"
    """A database that is one file (SQLite)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A database backup within reach: a file or folder, where `form` says which."""

    path: str
    form: Form
    own: bool = False
    """It lies in the sandbox and may be changed; else it is the backup itself, only to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is needed to know the newest restore point, as it stands now.

    `seconds` is what asking the tool took, also where the answer was known from an earlier time.
    """

    answers: Answers
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """A restore point that is one archive on this machine.

    `root` is the folder that the names in it are relative to.
    """

    path: str
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """Where a copy lies on this machine, and where what opens it does.

    `path` is a repository's folder, or the newest file (or folder) that a job dropped; None: it
    lies elsewhere. `keys` are the files of this machine that hold its password or key.
    """

    path: str | None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the newest restore point tells of how it was made; None: nothing of that.

    It stays on this server: what travels of it are counts and keyed hashes.
    """

    paths: tuple[str, ...] | None = None
    """What was to be backed up."""
    excludes: tuple[str, ...] | None = None
    """Patterns of what was not."""
    host: str | None = None


class DatabaseRestorer(Protocol[C]):
    """How to get a database backup out of a copy. Every method raises `ProbeError`."""

    engine: str
    """The module in `restore/engines` that loads it ("postgresql", "mariadb", "sqlite")."""

    def newest(self, subject: Subject[C], answers: Answers) -> Point | None:
        """Return the newest restore point that is not dated in the future."""

    def fetch(
        self, subject: Subject[C], system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Bring the point's database below `folder`, at most `limit` bytes, or say where it lies.

        A dump that a job dropped is read where it is; a physical backup is restored and made
        ready to start.
        """


class Restorer(Protocol[C]):
    """How to look into a restore point and get files out of it, without any cache.

    Every method raises `ProbeError` with the reason. `system` runs the tool with a deadline.
    """

    def newest(self, subject: Subject[C], answers: Answers) -> Point | None:
        """Return the newest restore point of this backup set that is not dated in the future."""

    def contents(self, subject: Subject[C], system: System, point: Point) -> Iterator[PointFile]:
        """Yield what the point contains, files and directories."""

    def restore(
        self,
        subject: Subject[C],
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        """Restore the files `paths` (live paths) below `target` in one go, at most `limit` bytes.

        Returns where each file that came back lies; a missing key came back not at all.
        """

    def place(self, subject: Subject[C], target: str, path: str) -> str | None:
        """Return where a live path comes back below `target`; None where the point has no such."""

    def restore_all(
        self, subject: Subject[C], system: System, point: Point, target: str, limit: int
    ) -> None:
        """Restore all that the point has of this backup set below `target`, at most `limit` bytes.

        A tool that ends with errors raises `ProbeError` after it restored what it could.
        """

    def verify(self, subject: Subject[C], system: System, turn: Turn = WHOLE) -> Integrity:
        """Run the tool's own check, reading the data whose turn it is; say how much was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Generic[C]):
    """One backup tool."""

    tool: str
    settings: type[C]
    gather: Callable[[Subject[C], System], Answers]
    parse: Callable[[Subject[C], Answers, datetime], Sequence[Observation]]
    """Pure: (subject, answers, now) -> facts (`RestorePoints`, `CopyEncryption`, ...)."""
    points: Callable[[Subject[C], System], Found] | None = None
    """As much of `gather` as `newest` needs, where that is cheaper."""
    restorer: Restorer[C] | None = None
    """None where single files cannot be restored (a database dump)."""
    verify: Callable[[Subject[C], System, Turn], Integrity] | None = None
    """As `Restorer.verify`, for a tool that has no restorer."""
    parts: Callable[[C], int] | None = None
    """Into how many parts the settings divide the data that checks read; None: one."""
    database: DatabaseRestorer[C] | None = None
    """Where its restore points are databases."""
    archive: Callable[[Subject[C], Point], ArchiveFile] | None = None
    """Where its restore points are archives: which file is one."""
    raw: Callable[[Subject[C], System], Iterator[str]] | None = None
    """Yields the local files that hold the raw bytes, newest first; a remote copy has none."""
    lies: Callable[[Subject[C], System], Lies] | None = None
    """Says where it lies; raises `ProbeError`."""
    told: Callable[[Subject[C], Answers], Told | None] | None = None
    """Pure: what the newest restore point tells; None where there is none."""


def find_points(probe: Probe[C], subject: Subject[C], system: System) -> Found:
    """Return what `newest` needs; raise `ProbeError`."""
    if probe.points is not None:
        return probe.points(subject, system)
    started = system.clock.monotonic()
    answers = probe.gather(subject, system)
    return Found(answers=answers, seconds=system.clock.monotonic() - started)


def verifier(probe: Probe[C]) -> Callable[[Subject[C], System, Turn], Integrity] | None:
    """Return how the copy's data is read and checked, or None where the tool cannot."""
    return probe.restorer.verify if probe.restorer is not None else probe.verify


AnyProbe = Probe[Any]
AnySubject = Subject[Any]
