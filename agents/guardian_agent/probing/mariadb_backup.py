"""Physical backups by mariadb-backup, mariabackup or xtrabackup: one folder each.

Sources: "Files Created by mariadb-backup" (newer versions name them `mariadb_backup_*`) and
recorded backups. The two files that make a folder a backup are written last; one without them is
still being made, or was never ended. An incremental backup has only what changed since another one,
which it names by a log sequence number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.magic import Classified
from guardian_agent.probe import Answers
from guardian_agent.probing.answers import decoded_list
from guardian_agent.probing.dropped import Dropped, name_of
from guardian_agent.probing.look import classify_file, reading
from guardian_agent.probing.mariadb_configuration import CONFIGURATION
from guardian_agent.probing.points import Listed
from guardian_agent.probing.zoneless import ended_ns, seconds_between
from guardian_agent.system import Entry, System
from guardian_agent.wire.facts.words import Encryption, Reason

QUESTION = "backups"

_INFO = ("mariadb_backup_info", "xtrabackup_info")
_CHECKPOINTS = ("mariadb_backup_checkpoints", "xtrabackup_checkpoints")
_TEXT_BYTES = 1024 * 1024
_MAX_FILES = 1_000_000
_LOOKED_AT = 16
_PAGED = (".ibd", ".new", ".ibu")
_OTHER_TABLES = (".MYD", ".MYI", ".MAD", ".MAI", ".CSV", ".ARZ", ".sst")
"""Tables of MyISAM, Aria, CSV, Archive and RocksDB."""
_CHANGES = ".delta"
"""Pages of InnoDB's that changed, in a form of the backup tool's own."""
_SERVERS_OWN = frozenset({"mysql", "sys", "performance_schema"})
_SYSTEM = re.compile(r"(?:ibdata|undo)[0-9]+", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup(Dropped):
    """One backup; `modified_ns` is when it was ended, whatever was done to it since."""

    files: int
    seconds: int
    """How long it took."""
    version: str
    """Of the tool that made it."""

    @property
    def native_id(self) -> str:
        """Stay the same when the backup is prepared where it lies."""
        return f"{self.modified_ns} {self.name}"

    def listed(self) -> Listed:
        """Return it as a restore point."""
        finished = self.finished_at
        taken = min(timedelta(seconds=self.seconds), finished - _EPOCH)
        return Listed(
            native_id=self.native_id,
            started_at=finished - taken,
            finished_at=finished,
            files=self.files,
            bytes=self.size,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A backup's folder and what it says of itself."""

    path: str
    info: Mapping[str, str]
    checkpoints: Mapping[str, str]
    entries: tuple[Entry, ...]
    written_ns: int
    """When the info was written to the disk."""

    @property
    def name(self) -> str:
        """Return the folder's name."""
        return self.path.rpartition("/")[2]

    @property
    def is_incremental(self) -> bool:
        """Say whether it needs another one."""
        return _number(self.info.get("innodb_from_lsn", "0")) > 0

    @property
    def is_prepared(self) -> bool:
        """Say whether its log was applied where it lies."""
        kind = self.checkpoints.get("backup_type", "")
        return kind in {"log-applied", "full-prepared"}

    def is_base_of(self, other: Folder) -> bool:
        """Say whether the other one has what changed since this one."""
        ends, begins = self.info.get("innodb_to_lsn"), other.info.get("innodb_from_lsn")
        return ends == begins and self.path != other.path and self.ended() <= other.ended()

    def ended(self) -> int:
        """Return when it was ended, in nanoseconds since 1970."""
        return ended_ns(self.info.get("end_time", ""), self.written_ns)

    def backup(self) -> Backup:
        """Return it as one of the copy's restore points."""
        info = self.info
        return Backup(
            name=self.name,
            size=sum(entry.size for entry in self.entries),
            modified_ns=self.ended(),
            files=len(self.entries),
            seconds=seconds_between(info.get("start_time", ""), info.get("end_time", "")),
            version=info.get("tool_version", ""),
        )

    def unchecked(self) -> list[Entry]:
        """Return the tables that nothing here can check: they are no pages of InnoDB's."""
        return [entry for entry in self.entries if self._is_unchecked(entry)]

    def others(self) -> list[Entry]:
        """Return what is neither: logs, definitions, the server's own small tables."""
        known = {entry.path for entry in [*self.pages(), *self.unchecked()]}
        return [entry for entry in self.entries if entry.path not in known]

    def _is_unchecked(self, entry: Entry) -> bool:
        schema = entry.path[len(self.path) + 1 :].partition("/")[0]
        is_table = entry.path.endswith(_OTHER_TABLES) and schema not in _SERVERS_OWN
        return is_table or entry.path.endswith(_CHANGES)

    def pages(self) -> list[Entry]:
        """Return the files that consist of InnoDB's pages, largest first."""
        found = [entry for entry in self.entries if _has_pages(name_of(entry))]
        return sorted(found, key=lambda entry: entry.size, reverse=True)


def folder_in(system: System, entry: Entry) -> Folder | None:
    """Return a backup's folder; None for anything else, and for a backup that never ended.

    Raises:
        ProbeError: it cannot be read, or holds what no backup does (links, a million files).
    """
    if not entry.is_directory:
        return None
    info = _first(system, entry.path, _INFO)
    checkpoints = _first(system, entry.path, _CHECKPOINTS)
    if info is None or checkpoints is None:
        return None
    return Folder(
        path=entry.path,
        info=_read(system, info),
        checkpoints=_read(system, checkpoints),
        entries=tuple(_entries(system, entry.path)),
        written_ns=max(0, info.modified_ns),
    )


def chain_of(folder: Folder, folders: Sequence[Folder]) -> list[Folder]:
    """Return the backups that a restore needs, the full one first and this one last.

    Raises:
        ProbeError: INCOMPLETE when one of them is not there.
    """
    chain = [folder]
    while chain[0].is_incremental:
        bases = [other for other in folders if other not in chain and other.is_base_of(chain[0])]
        if not bases:
            message = f"{chain[0].path}: the backup that it builds upon is not there"
            raise ProbeError(Reason.INCOMPLETE, message)
        # Where nothing was written in between, several end at the same number.
        chain.insert(0, max(bases, key=lambda base: (base.ended(), base.path)))
    return chain


def prove_whole(folder: Folder) -> int:
    """Return how many files it has.

    Raises:
        ProbeError: INCOMPLETE when what every backup has is not there; UNSUPPORTED for a packed or
            encrypted one, which can only be opened by the tool that made it.
    """
    names = {name_of(entry) for entry in folder.entries}
    if any(folder.info.get(key, "N") not in {"N", ""} for key in ("compressed", "encrypted")):
        raise ProbeError(Reason.UNSUPPORTED, f"{folder.path}: packed or encrypted")
    data = "ibdata1.delta" if folder.is_incremental else "ibdata1"
    log = {"ib_logfile0", "xtrabackup_logfile"}
    if data not in names or not (names & log) or CONFIGURATION not in names:
        raise ProbeError(Reason.INCOMPLETE, f"{folder.path}: lacks what every backup has")
    return len(folder.entries)


def classify_folder(system: System, folder: Folder) -> Classified:
    """Say whether what lies in it can be read without a key; one readable table is enough.

    Raises:
        ProbeError: a file cannot be read.
    """
    looked_at = folder.pages()[:_LOOKED_AT] or list(folder.entries[:_LOOKED_AT])
    seen = [classify_file(system.files, entry.path) for entry in looked_at]
    plain = [each for each in seen if each.state is Encryption.PLAINTEXT]
    full = [each for each in seen if each.state is not Encryption.EMPTY]
    return [*plain, *full, *seen][0]


def as_answer(backups: Sequence[Backup]) -> dict[str, str]:
    """Write them down as the answer to the question "backups"."""
    return {QUESTION: json.dumps([asdict(backup) for backup in backups])}


def answered(answers: Answers) -> list[Backup]:
    """Read `as_answer` back.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    return [
        Backup(
            name=str(row.name),
            size=row.size,
            modified_ns=row.modified_ns,
            files=row.files,
            seconds=row.seconds,
            version=str(row.version),
        )
        for row in decoded_list(_Row, answers, QUESTION)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    name: Any
    size: int
    modified_ns: int
    files: int
    seconds: int
    version: Any


def _first(system: System, folder: str, names: Sequence[str]) -> Entry | None:
    for name in names:
        try:
            entry = system.files.stat(f"{folder}/{name}")
        except OSError:
            continue
        if entry.is_file:
            return entry
    return None


def _read(system: System, entry: Entry) -> dict[str, str]:
    """Return the pairs `key = value` of one of the tool's files."""
    try:
        with reading(entry.path):
            text = system.files.read(entry.path, _TEXT_BYTES).decode("utf-8", "replace")
    except StateError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, str(error)) from error
    pairs = (line.partition("=")[::2] for line in text.splitlines())
    return {key.strip(): value.strip() for key, value in pairs}


def _entries(system: System, folder: str) -> list[Entry]:
    found: list[Entry] = []
    waiting = [folder]
    while waiting:
        inside = waiting.pop()
        with reading(inside):
            entries = list(system.files.scan(inside))
        waiting += [entry.path for entry in entries if entry.is_directory]
        found += [entry for entry in entries if not entry.is_directory]
        if len(found) > _MAX_FILES:
            raise ProbeError(Reason.OUTPUT_LIMIT, f"{folder}: over {_MAX_FILES} files")
    strange = [entry.path for entry in found if not entry.is_file]
    if strange:
        raise ProbeError(Reason.UNSAFE_CONTENTS, f"{strange[0]}: no regular file")
    return found


def _has_pages(name: str) -> bool:
    return name.endswith(_PAGED) or _SYSTEM.fullmatch(name) is not None


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() else 0
