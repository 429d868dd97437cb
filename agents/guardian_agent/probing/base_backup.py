"""A base backup by pg_basebackup: a folder, plain or of tar files, and the log that completes it.

The log lies in the backup's own `pg_wal`, in an archive folder, or some of it in each.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probing import wal
from guardian_agent.probing.dropped import Dropped, name_of
from guardian_agent.probing.look import reading
from guardian_agent.probing.postgresql import of_cluster
from guardian_agent.probing.tool import (
    RESTORE_SECONDS,
    VERIFY_SECONDS,
    Failures,
    find_tool,
    run_tool,
)
from guardian_agent.system import Entry, System
from guardian_agent.wire.facts.words import Reason

LABEL = "backup_label"
MANIFEST = "backup_manifest"
_LABEL_BYTES = 64 * 1024
_MANIFEST_BYTES = 256 * 1024 * 1024
_HEAD_BYTES = 64 * 1024
_INCREMENTAL = "INCREMENTAL FROM LSN:"
"""In the label of a backup that `pg_combinebackup` must complete."""
_TAR = re.compile(r"(base|pg_wal)\.tar(\.[a-z0-9]+)?", re.ASCII)
_OTHER_TAR = re.compile(r"[0-9]+\.tar(\.[a-z0-9]+)?", re.ASCII)
_PACKERS = {".gz": ("gzip", "-dc"), ".zst": ("zstd", "-dcq"), ".xz": ("xz", "-dc")}
_NANOSECONDS = 10**9

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"File too large", Reason.QUOTA_EXCEEDED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"is needed by pg_verifybackup", Reason.TOOL_MISSING),
        (b"", Reason.DAMAGED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseBackup:
    """One base backup; `archive` is the folder of archived log, None without one."""

    system: System
    path: str
    archive: str | None

    @property
    def tar(self) -> str | None:
        """Return the tar file of the data directory, None where the backup is plain."""
        return self._tars().get("base")

    def start(self) -> wal.Start:
        """Return where its recovery begins.

        Raises:
            ProbeError: DAMAGED when it does not say.
        """
        found = wal.read_label(self._label())
        if found is None:
            raise ProbeError(Reason.DAMAGED, f"{self.path}: {LABEL} does not say where it begins")
        return found

    def prove_log(self) -> None:
        """Raise unless all log is there that it needs, and what was archived since has no gap.

        Raises:
            ProbeError: INCOMPLETE.
        """
        first = self.start().segment
        if "pg_wal" in self._tars():
            return  # its own log lies in a tar file, which unpacking proves
        needed = wal.manifest_end(self._manifest_tail(), first)
        lacking = wal.missing({*self._held(), *self._archived()}, first, needed)
        if lacking:
            message = f"{self.path}: {lacking} segments of the log from {first.name} on are missing"
            raise ProbeError(Reason.INCOMPLETE, message)

    def prove_files(self, *, read: bool) -> int:
        """Hold every file against the manifest; `read` its bytes, and the log, too.

        Returns the number of entries that a plain backup's folder has.

        Raises:
            ProbeError: DAMAGED; UNSUPPORTED for tar files and without a manifest.
        """
        if self.tar is not None or not self.system.files.exists(f"{self.path}/{MANIFEST}"):
            message = f"{self.path}: only a plain backup with a manifest can be verified"
            raise ProbeError(Reason.UNSUPPORTED, message)
        tool = of_cluster(self.system, self.path)(self.system, "pg_verifybackup")
        words = ["--exit-on-error", "--quiet"]
        words += self._log_words() if read else ["--skip-checksums", "--no-parse-wal"]
        done = run_tool(self.system, [tool, *words, self.path], seconds=VERIFY_SECONDS)
        if done.status:
            raise _FAILURES.error(done, "pg_verifybackup")
        return len(list(files_in(self.system, self.path)))

    def bring(self, target: str, limit: int) -> None:
        """Copy or unpack it to `target`, a new folder, and all its log into `pg_wal` there.

        Raises:
            ProbeError: QUOTA_EXCEEDED, INCOMPLETE, UNSUPPORTED with tablespaces or when it is
                incremental.
        """
        self._refuse_tablespaces()
        if _INCREMENTAL in self._label():
            message = f"{self.path}: an incremental backup is none without those before it"
            raise ProbeError(Reason.UNSUPPORTED, message)
        if self.tar is None:
            self._prove_size(limit)
            words = ["cp", "-R", "--preserve=timestamps", "--", self.path, target]
            self._run(words)
        else:
            self._unpack(self.tar, target)
            log = self._tars().get("pg_wal")
            if log is not None:
                self._unpack(log, f"{target}/pg_wal")
        self._complete(f"{target}/pg_wal")

    def _label(self) -> str:
        if self.tar is None:
            with reading(self.path):
                return self.system.files.read(f"{self.path}/{LABEL}", _LABEL_BYTES).decode(
                    "utf-8", "replace"
                )
        tool = find_tool(self.system, "tar")
        words = ["--extract", "--to-stdout", "--occurrence=1", "--file", self.tar, LABEL]
        return run_tool(self.system, [tool, *words]).stdout.decode("utf-8", "replace")

    def _manifest_tail(self) -> str:
        try:
            text = self.system.files.read(f"{self.path}/{MANIFEST}", _MANIFEST_BYTES)
        except (OSError, StateError):
            return ""
        return text[-_HEAD_BYTES:].decode("utf-8", "replace")

    def _tars(self) -> dict[str, str]:
        with reading(self.path):
            entries = [entry for entry in self.system.files.scan(self.path) if entry.is_file]
        found = {entry.path: _TAR.fullmatch(name_of(entry)) for entry in entries}
        return {name[1]: path for path, name in found.items() if name is not None}

    def _held(self) -> list[str]:
        """Return the segments in the backup itself."""
        return [] if self.tar is not None else _names(self.system, f"{self.path}/pg_wal")

    def _archived(self) -> dict[str, str]:
        """Return the archived segments' files by the segments' names."""
        if self.archive is None:
            return {}
        names = _names(self.system, self.archive)
        return {name.partition(".")[0]: f"{self.archive}/{name}" for name in names if _is_log(name)}

    def _log_words(self) -> list[str]:
        """Read the log where it lies; where some of it lies elsewhere it is left to `prove_log`."""
        own = any(wal.segment(name) for name in self._held())
        return [] if own else ["--no-parse-wal"]

    def _prove_size(self, limit: int) -> None:
        size = sum(entry.size for entry in files_in(self.system, self.path))
        if size > limit:
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{self.path}: {size} bytes, {limit} may come")

    def _refuse_tablespaces(self) -> None:
        with reading(self.path):
            names = [name_of(entry) for entry in self.system.files.scan(self.path)]
        spaces = f"{self.path}/pg_tblspc"
        linked = self.system.files.exists(spaces) and any(self.system.files.scan(spaces))
        if linked or any(_OTHER_TAR.fullmatch(name) for name in names):
            raise ProbeError(Reason.UNSUPPORTED, f"{self.path}: it has tablespaces of its own")

    def _unpack(self, tar: str, target: str) -> None:
        self.system.files.make_directory(target)
        self._run(["tar", "--extract", "--no-same-owner", "--file", tar, "--directory", target])

    def _complete(self, folder: str) -> None:
        """Add the archived log to the backup's own; recovery plays all that follows unbroken."""
        archived = self._archived()
        first = self.start().segment
        held = set(_names(self.system, folder))
        for each in wal.unbroken({*held, *archived}, first):
            if each.name not in held:
                self._fetch(archived[each.name], f"{folder}/{each.name}")

    def _fetch(self, source: str, target: str) -> None:
        suffix = posixpath.splitext(source)[1]
        if not suffix:
            self._run(["cp", "--", source, target])
            return
        if suffix not in _PACKERS:
            raise ProbeError(Reason.UNSUPPORTED, f"{source}: packed in a way unknown here")
        tool, *words = _PACKERS[suffix]
        command = [find_tool(self.system, tool), *words, source]
        done = run_tool(self.system, command, output_path=target)
        if done.status:
            raise _FAILURES.error(done, tool)

    def _run(self, words: list[str]) -> None:
        tool, *rest = words
        arguments = [find_tool(self.system, tool), *rest]
        done = run_tool(self.system, arguments, seconds=RESTORE_SECONDS)
        if done.status:
            raise _FAILURES.error(done, tool)


def base_in(system: System, entry: Entry) -> Dropped | None:
    """Return a base backup as a restore point dated by when it was begun, or None for another.

    One that is still being written has no manifest under its final name, and is none yet.
    """
    if not entry.is_directory or system.files.exists(f"{entry.path}/{MANIFEST}.tmp"):
        return None
    backup = BaseBackup(system=system, path=entry.path, archive=None)
    first = backup.tar or f"{entry.path}/{LABEL}"
    if not system.files.exists(first):
        return None
    begun = _begun(backup)
    nanoseconds = system.files.stat(first).modified_ns
    if begun is not None:
        nanoseconds = int(begun.timestamp()) * _NANOSECONDS
    size = sum(item.size for item in files_in(system, entry.path))
    return Dropped(name=name_of(entry), size=size, modified_ns=max(0, nanoseconds))


def files_in(system: System, folder: str) -> Iterator[Entry]:
    """Yield the regular files below a folder; raise `OSError` where it cannot be read."""
    waiting = [folder]
    while waiting:
        for entry in system.files.scan(waiting.pop()):
            if entry.is_directory:
                waiting.append(entry.path)
            elif entry.is_file:
                yield entry


def _begun(backup: BaseBackup) -> datetime | None:
    """Return when a backup was begun, by the manifest (in GMT) or else by its label."""
    try:
        with backup.system.files.open(f"{backup.path}/{MANIFEST}") as file:
            found = wal.manifest_time(file.read(_HEAD_BYTES).decode("utf-8", "replace"))
        if found is not None:
            return found
    except OSError:
        pass
    try:
        return backup.start().at
    except ProbeError:
        return None


def _names(system: System, folder: str) -> list[str]:
    try:
        return [name_of(entry) for entry in system.files.scan(folder) if entry.is_file]
    except FileNotFoundError:
        return []


def _is_log(name: str) -> bool:
    return wal.segment(name.partition(".")[0]) is not None and not name.endswith(
        (".partial", ".backup")
    )
