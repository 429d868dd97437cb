"""Dumps by mariadb-dump and mysqldump: text that says where it begins and where it ends.

Sources: MariaDB's and MySQL's `mysqldump.c` (`write_header`, `write_footer`) and recorded dumps.
The first line may be another: newer ones begin with a command that puts the client into its sandbox
mode, and a job may write statements of its own before and after. Several dumps may lie in one file,
one after the other; each that begins must end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.probing import zstandard
from guardian_agent.probing.look import reading
from guardian_agent.probing.stream import CHUNK, Bounded, unpacked
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

LEAST_BYTES = 16

_BEGIN = b"\n-- Host: "
"""Of the third line: the first is glued to whatever a dump before it, cut short, ended with."""
_END = b"\n-- Dump completed"
_KEPT = 32
"""Bytes kept of what was read: more than any mark has."""
_HEAD_BYTES = 4096
_MARKS = "^-- (Host: |Dump completed)"
_VERSION = re.compile(
    r"^-- (?:MariaDB|MySQL) dump \S+?(?:  Distrib |-)([0-9][0-9.]*)", re.MULTILINE
)

_DATABASE = re.compile(r"^-- Host: .*? {4}Database: (.{1,64}?)\r?$", re.MULTILINE)
_SERVER = re.compile(r"^-- Server version\t(\S{1,100})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlDump:
    """One dump on disk (plain, gzip, bzip2, xz or zstd), read until `deadline` (monotonic)."""

    system: System
    path: str
    deadline: float

    def read_through(self) -> int:
        """Read it to its end; return 1, the number of files it is made of.

        Raises:
            ProbeError: INCOMPLETE when a dump in it has no end, DAMAGED when it cannot be unpacked,
                UNSUPPORTED when nothing in it says that a dump begins (it is encrypted, or was made
                with `--skip-comments`), TIMEOUT.
        """
        with reading(self.path):
            size = self.system.files.stat(self.path).size
        if size < LEAST_BYTES:
            raise ProbeError(Reason.DAMAGED, f"{self.path}: {size} bytes")
        begun, ended = self._marks()
        if not begun:
            raise ProbeError(Reason.UNSUPPORTED, f"{self.path}: no dump that says where it ends")
        if ended < begun:
            message = f"{self.path}: {begun} dumps begin and {ended} end: it was cut short"
            raise ProbeError(Reason.INCOMPLETE, message)
        return 1

    def made_by(self) -> str:
        """Return the version of the tool that its head names, or ""."""
        found = _VERSION.search(self._head())
        return found[1].rstrip(".") if found else ""

    def server_version(self) -> str:
        """Return what the dumped server said that it is ("10.11.19-MariaDB-0+deb12u1"), or ""."""
        found = _SERVER.search(self._head())
        return found[1] if found else ""

    def database(self) -> str:
        """Return the name of the database that it is of, or of the first; "" where it says none."""
        found = _DATABASE.search(self._head())
        return found[1] if found else ""

    def _marks(self) -> tuple[int, int]:
        """Return how many dumps begin in it, and how many end."""
        if zstandard.is_zstandard(self.system, self.path):
            lines = self._filtered("grep", "-aoE", _MARKS).splitlines()
            ended = sum(line.startswith("-- Dump") for line in lines)
            return len(lines) - ended, ended
        begun = ended = 0
        for before, piece in self._pieces():
            begun += _told(_BEGIN, before, piece)
            ended += _told(_END, before, piece)
        return begun, ended

    def _pieces(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield it piece by piece, each with what came before it: a mark may be cut in two."""
        with reading(self.path), self.system.files.open(self.path) as file:
            stream = Bounded(unpacked(file), self._expired)
            before = b"\n"
            while piece := stream.read(CHUNK):
                yield before, piece
                before = (before + piece)[-_KEPT:]

    def _head(self) -> str:
        if zstandard.is_zstandard(self.system, self.path):
            return self._filtered("head", "-c", str(_HEAD_BYTES), whole=False)
        with reading(self.path), self.system.files.open(self.path) as file:
            head = Bounded(unpacked(file), self._expired).read(_HEAD_BYTES)
        return head.decode("utf-8", "replace")

    def _filtered(self, *words: str, whole: bool = True) -> str:
        left = max(1.0, self.deadline - self.system.clock.monotonic())
        done = zstandard.filtered(self.system, self.path, words, left, whole=whole)
        return done.stdout.decode("utf-8", "replace")

    def _expired(self) -> bool:
        return self.system.clock.monotonic() > self.deadline


def _told(mark: bytes, before: bytes, piece: bytes) -> int:
    """Count a mark in a piece; what came before it is let in by less than a whole mark."""
    return (before[1 - len(mark) :] + piece).count(mark)
