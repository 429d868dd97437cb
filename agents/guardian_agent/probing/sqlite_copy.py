"""A copy of a SQLite database: as it lies, or brought into a folder of its own and read there.

Sources: SQLite's "Database File Format" (the header), "Write-Ahead Logging" and "How To Corrupt An
SQLite Database File". A file copied while it was written to is torn: `integrity_check` finds pages
of two moments. What a writer had put into a log beside it (`-wal`, `-journal`) is part of the
database: a copy that has its log is brought into a private folder, where SQLite plays it back as it
would after a restore. A copy whose header says that there may be a log, and that has none, may have
been made well (`.backup` copies that header too): only a question tells how new its rows are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from guardian_agent.errors import ProbeError
from guardian_agent.probing import zstandard
from guardian_agent.probing.dropped import Dropped, plain_file
from guardian_agent.probing.look import reading
from guardian_agent.probing.sqlite_reading import Request, read
from guardian_agent.probing.stream import CHUNK, Bounded, unpacked
from guardian_agent.probing.tool import find_tool
from guardian_agent.system import Confinement, Entry, System
from guardian_agent.wire.facts.words import Reason

LOGS = ("-wal", "-journal")
"""What SQLite keeps beside a database that is being written to; without them it is another."""

_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_LARGEST_PAGE = 65536
_MEMORY_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteCopy:
    """One copy on disk, plain or packed (gzip, bzip2, xz, zstd), read until `deadline`."""

    system: System
    path: str
    deadline: float

    def check(self, folder: str, limit: int) -> int:
        """Let SQLite check all of it; return of how many files it consists.

        Args:
            folder: an empty one for a copy that must be brought somewhere to be read.
            limit: bytes that may be written there.

        Raises:
            ProbeError: DAMAGED when it is cut short or torn, UNSUPPORTED when it is no SQLite
                database (or an encrypted one) or wants functions that are not here, TIMEOUT,
                QUOTA_EXCEEDED.
        """
        logs = self.logs()
        own = bool(logs) or self._is_packed()
        path = self.bring(folder, limit) if own else self.path
        replace(self, path=path).prove_header()
        left = max(1.0, self.deadline - self.system.clock.monotonic())
        home = Confinement(
            writable=(folder,), home=folder, network=False, memory_bytes=_MEMORY_BYTES
        )
        read(self.system, Request(path=path, own=own), left, home)
        return 1 + len(logs)

    def prove_header(self) -> None:
        """Refuse what SQLite would not: it takes an empty file for an empty database.

        Raises:
            ProbeError: DAMAGED when it is shorter than its header says, UNSUPPORTED for anything
                else than a SQLite database that can be read.
        """
        path = self.path
        with reading(path), self.system.files.open(path) as file:
            head = file.read(_HEADER_BYTES)
            size = file.seek(0, io.SEEK_END)
        if size < _HEADER_BYTES:
            raise ProbeError(Reason.DAMAGED, f"{path}: {size} bytes")
        if not head.startswith(_MAGIC):
            raise ProbeError(Reason.UNSUPPORTED, f"{path}: no SQLite database that can be read")
        # What is still in its log may have made it longer.
        if size < _least(head) and not self.logs():
            message = f"{path}: {size} bytes, {_least(head)} by its own header: it was cut short"
            raise ProbeError(Reason.DAMAGED, message)

    def bring(self, folder: str, limit: int) -> str:
        """Write it, unpacked, and its log into `folder`; return where it lies.

        Raises:
            ProbeError: QUOTA_EXCEEDED for more than `limit` bytes; DAMAGED, TIMEOUT.
        """
        place = f"{folder}/database"
        for log in self.logs():
            with self._plain(f"{self.path}{log}") as stream:
                limit = self._write(stream, f"{place}{log}", limit)
        if zstandard.is_zstandard(self.system, self.path):
            self._unpack(place, limit)
        else:
            with self._plain(self.path) as stream:
                self._write(stream, place, limit)
        return place

    def logs(self) -> list[str]:
        """Return which logs with something in them lie beside it."""
        found = []
        for log in LOGS:
            try:
                if self.system.files.stat(f"{self.path}{log}").size:
                    found.append(log)
            except OSError:
                continue
        return found

    def _is_packed(self) -> bool:
        if zstandard.is_zstandard(self.system, self.path):
            return True
        with reading(self.path), self.system.files.open(self.path) as file:
            return unpacked(file) is not file

    @contextmanager
    def _plain(self, path: str) -> Iterator[Bounded]:
        with reading(path), self.system.files.open(path) as file:
            yield Bounded(unpacked(file), self._expired)

    def _write(self, stream: Bounded, place: str, limit: int) -> int:
        """Write a stream to its end; return what is left of the limit."""
        try:
            with self.system.files.create(place) as target:
                while piece := stream.read(CHUNK):
                    limit -= len(piece)
                    if limit < 0:
                        raise ProbeError(Reason.QUOTA_EXCEEDED, f"{self.path}: too large")
                    target.write(piece)
        except OSError as error:
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{place}: {error}") from error
        return limit

    def _unpack(self, place: str, limit: int) -> None:
        done = self.system.processes.run(
            [find_tool(self.system, "zstd"), "-dcq", self.path],
            seconds=max(1.0, self.deadline - self.system.clock.monotonic()),
            output_limit=limit,
            output_path=place,
        )
        if done.timed_out or done.over_limit:
            reason = Reason.TIMEOUT if done.timed_out else Reason.QUOTA_EXCEEDED
            raise ProbeError(reason, f"{self.path}: not unpacked to its end")
        if done.status:
            raise ProbeError(Reason.DAMAGED, f"{self.path}: zstd could not unpack it")

    def _expired(self) -> bool:
        return self.system.clock.monotonic() > self.deadline


def copy_in(system: System, entry: Entry) -> Dropped | None:
    """Return a copy with its logs as one restore point; a log is none of its own."""
    item = plain_file(entry)
    if item is None or item.name.endswith((*LOGS, "-shm")):
        return None
    copy = SqliteCopy(system=system, path=entry.path, deadline=0.0)
    beside = [system.files.stat(f"{entry.path}{log}") for log in copy.logs()]
    return Dropped(
        name=item.name,
        size=item.size + sum(log.size for log in beside),
        modified_ns=max(item.modified_ns, *(log.modified_ns for log in beside), 0),
    )


def _least(head: bytes) -> int:
    """Return the bytes that a database has by its header, where the header can be believed.

    The count of pages stands beside the number of the change that wrote it; old versions of SQLite
    write neither, and the count is then another's.
    """
    size = int.from_bytes(head[16:18], "big")
    page = _LARGEST_PAGE if size == 1 else size
    is_current = head[24:28] == head[92:96]
    return page * int.from_bytes(head[28:32], "big") if is_current else page
