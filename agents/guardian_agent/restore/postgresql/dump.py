"""A dump within reach: its first and last bytes, unpacked, and what feeds it to a client.

It is read by us and flows into a client that runs as the servant: the servant may not read it, and
a packed one needs no room of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.probing.look import reading
from guardian_agent.probing.tool import find_tool, run_tool
from guardian_agent.restore.room import Room
from guardian_agent.wire.facts.words import Reason

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 4096

_PACKERS = (
    (b"\x1f\x8b", ("gzip", "-dc")),
    (b"BZh", ("bzip2", "-dc")),
    (b"\xfd7zXZ\x00", ("xz", "-dc")),
    (b"\x28\xb5\x2f\xfd", ("zstd", "-dcq")),
)
_BEGIN = re.compile(rb"^-- PostgreSQL database (cluster )?dump$", re.MULTILINE)
_END = re.compile(rb"^-- PostgreSQL database (cluster )?dump complete$", re.MULTILINE)
_ENCODING = re.compile(rb"SET client_encoding = '([A-Za-z0-9_]{1,30})'")


class DumpFile:
    """One file: plain SQL or an archive of pg_dump's, maybe packed."""

    def __init__(self, room: Room, path: str) -> None:
        self._room = room
        self._path = path
        with reading(path), room.system.files.open(path) as file:
            first = file.read(8)
        self._packer = next((words for magic, words in _PACKERS if first.startswith(magic)), None)
        self.head = self._first()

    @property
    def feeder(self) -> list[str]:
        """Return the command that writes the unpacked dump to its stdout."""
        tool, *words = self._packer or ("cat",)
        return [find_tool(self._room.system, tool), *words, self._path]

    @property
    def of_all_databases(self) -> bool:
        """Say whether pg_dumpall made it.

        Raises:
            ProbeError: UNSUPPORTED when its head is not that of a plain dump.
        """
        begin = _BEGIN.search(self.head)
        if begin is None:
            raise ProbeError(Reason.UNSUPPORTED, f"{self._path}: no dump that can be read")
        return begin[1] is not None

    @property
    def encoding(self) -> str:
        """Return the encoding that the dump is in; the database's own, unless pg_dump was asked."""
        found = _ENCODING.search(self.head)
        return "UTF8" if found is None else found[1].decode("ascii")

    def prove_whole(self) -> None:
        """Raise unless a plain dump ends with the comment that ends it.

        psql takes the end of its input for the end of a table's rows, without an error.

        Raises:
            ProbeError: INCOMPLETE; DAMAGED when it cannot be unpacked to its end.
        """
        begun = b"cluster " if self.of_all_databases else None
        # A dump of all databases holds whole dumps of each: only its own end counts.
        if begun not in [end[1] for end in _END.finditer(self._last())]:
            message = f"{self._path}: the comment that ends a dump is missing"
            raise ProbeError(Reason.INCOMPLETE, message)

    def _first(self) -> bytes:
        if self._packer is None:
            with reading(self._path), self._room.system.files.open(self._path) as file:
                return file.read(HEAD_BYTES)
        # It is stopped once it has written enough, which is no failure of its own.
        return self._through(["head", "-c", str(HEAD_BYTES)])[0]

    def _last(self) -> bytes:
        if self._packer is None:
            with reading(self._path), self._room.system.files.open(self._path) as file:
                file.seek(max(0, file.seek(0, 2) - TAIL_BYTES))
                return file.read(TAIL_BYTES)
        tail, failed = self._through(["tail", "-c", str(TAIL_BYTES)])
        if failed:
            raise ProbeError(Reason.DAMAGED, f"{self._path}: cannot be unpacked to its end")
        return tail

    def _through(self, words: Sequence[str]) -> tuple[bytes, bool]:
        tool, *rest = words
        command = [find_tool(self._room.system, tool), *rest]
        done = run_tool(self._room.servant, command, feeder=self.feeder)
        return done.stdout, bool(done.feeder_status)
