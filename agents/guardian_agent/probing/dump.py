"""PostgreSQL dumps: in which form, and whether they are whole.

Sources: pg_dump's `pg_backup_archiver.c` (the magic `PGDMP`, `toc.dat`) and recorded dumps. A dump
of the custom form lists well when it is cut short, as its table of contents comes first: only
decoding it shows the damage. A plain one, maybe packed (gzip, bzip2, xz, zstd), ends with a comment
that says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.probing import zstandard
from guardian_agent.probing.archive import Archive
from guardian_agent.probing.dropped import Dropped, name_of, plain_file
from guardian_agent.probing.look import reading
from guardian_agent.probing.stream import Bounded, unpacked
from guardian_agent.probing.tar_archive import is_tar
from guardian_agent.probing.tool import Failures, find_tool, run_tool
from guardian_agent.system import Completed, Entry, System
from guardian_agent.wire.facts.words import Reason

TOC = "toc.dat"
HEAD_BYTES = 4096
LEAST_BYTES = 16

_MAGIC = b"PGDMP"
_BEGIN = re.compile(rb"^-- PostgreSQL database (cluster )?dump$", re.MULTILINE)
_END = re.compile(rb"^-- PostgreSQL database (cluster )?dump complete$", re.MULTILINE)
_VERSION = re.compile(r"Dumped by pg_dump version:? ([0-9][0-9a-z.]*)", re.ASCII)

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"unsupported version", Reason.UNSUPPORTED),
        (b"does not support compression", Reason.UNSUPPORTED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """One dump on disk, to be read until `deadline` (a time of the monotonic clock)."""

    system: System
    path: str
    pg_restore: str
    deadline: float

    def head(self) -> bytes:
        """Return its first bytes, unpacked."""
        place = self.path
        if self.system.files.exists(f"{self.path}/{TOC}"):
            place = f"{self.path}/{TOC}"
        elif not self._is_directory() and zstandard.is_zstandard(self.system, self.path):
            return self._unpacked_by_tool("head", "-c", str(HEAD_BYTES), whole=False)
        with reading(place), self.system.files.open(place) as file:
            return Bounded(unpacked(file), self._expired).read(HEAD_BYTES)

    def contents(self) -> str:
        """Return the table of contents as pg_restore prints it; "" for a plain dump.

        Raises:
            ProbeError: as `read_through`.
        """
        if not self.head().startswith(_MAGIC):
            return ""
        done = self._pg_restore("--list", self.path)
        return done.stdout.decode("utf-8", "replace")

    def read_through(self) -> int:
        """Decode it all and return how many files it is made of.

        Raises:
            ProbeError: DAMAGED when it is cut short or cannot be decoded, UNSUPPORTED for another
                form (an encrypted one, too) or a newer pg_dump, TIMEOUT.
        """
        with reading(self.path):
            entry = self.system.files.stat(self.path)
        if entry.is_directory:
            return self._read_directory()
        if entry.size < LEAST_BYTES:
            raise _damaged(f"{self.path}: {entry.size} bytes")
        head = self.head()
        if head.startswith(_MAGIC):
            self._refuse_packed()
            self._decode()
        elif is_tar(head):
            self._archive().read_through()  # pg_restore may wait for the rest for ever
            self._decode()
        else:
            self._read_text(head)
        return 1

    def _read_directory(self) -> int:
        """Packed files are proven first: pg_restore takes an empty one for a table without rows."""
        with reading(self.path):
            entries = [entry for entry in self.system.files.scan(self.path) if entry.is_file]
        for entry in entries:
            if name_of(entry).endswith(".gz"):
                self._unpack(entry)
        self._decode()
        return len(entries)

    def _unpack(self, entry: Entry) -> None:
        if not entry.size:
            raise _damaged(f"{entry.path}: empty")
        with reading(entry.path), self.system.files.open(entry.path) as file:
            Bounded(unpacked(file), self._expired).drain()

    def _refuse_packed(self) -> None:
        with reading(self.path), self.system.files.open(self.path) as file:
            if not file.read(len(_MAGIC)).startswith(_MAGIC):
                message = f"{self.path}: pg_restore reads no packed file; pg_dump can pack itself"
                raise ProbeError(Reason.UNSUPPORTED, message)

    def _decode(self) -> None:
        self._pg_restore("--list", self.path)
        self._pg_restore("--file", "/dev/null", self.path)

    def _read_text(self, head: bytes) -> None:
        begin = _BEGIN.search(head)
        # One that is packed and cut short may have no head: unpacking it to its end tells that.
        tail = self._tail() if begin is not None or not head else b""
        if begin is None:
            raise ProbeError(Reason.UNSUPPORTED, f"{self.path}: no dump that can be read")
        # A dump of all databases holds whole dumps of each: only its own end counts.
        if begin[1] not in [end[1] for end in _END.finditer(tail)]:
            raise _damaged(f"{self.path}: the comment that ends a dump is missing")

    def _tail(self) -> bytes:
        """Return the last bytes, after all of it was unpacked."""
        if zstandard.is_zstandard(self.system, self.path):
            return self._unpacked_by_tool("tail", "-c", str(HEAD_BYTES), whole=True)
        with reading(self.path), self.system.files.open(self.path) as file:
            stream = Bounded(unpacked(file), self._expired)
            stream.drain()
            return stream.tail

    def _unpacked_by_tool(self, *words: str, whole: bool) -> bytes:
        left = max(1.0, self.deadline - self.system.clock.monotonic())
        return zstandard.filtered(self.system, self.path, list(words), left, whole=whole).stdout

    def _is_directory(self) -> bool:
        with reading(self.path):
            return self.system.files.stat(self.path).is_directory

    def _pg_restore(self, *words: str) -> Completed:
        tool = find_tool(self.system, self.pg_restore)
        left = self.deadline - self.system.clock.monotonic()
        done = run_tool(self.system, [tool, *words], seconds=max(1.0, left))
        if done.status:
            error = _FAILURES.error(done, "pg_restore")
            raise error if error.reason is not Reason.EXIT_STATUS else _damaged(str(error))
        return done

    def _archive(self) -> Archive:
        deadline = self.deadline
        return Archive(system=self.system, path=self.path, root="/", deadline=deadline)

    def _expired(self) -> bool:
        return self.system.clock.monotonic() > self.deadline


def dump_in(system: System, entry: Entry) -> Dropped | None:
    """Return a dump as a restore point: a file, or a folder with a table of contents."""
    if not entry.is_directory:
        return plain_file(entry)
    if not system.files.exists(f"{entry.path}/{TOC}"):
        return None
    files = [item for item in system.files.scan(entry.path) if item.is_file]
    return Dropped(
        name=name_of(entry),
        size=sum(item.size for item in files),
        modified_ns=max((item.modified_ns for item in files), default=0),
    )


def made_by(about: str) -> str:
    """Return the version of pg_dump that a table of contents or a plain dump's head names."""
    found = _VERSION.search(about)
    return found[1] if found else ""


def _damaged(message: str) -> ProbeError:
    return ProbeError(Reason.DAMAGED, message)
