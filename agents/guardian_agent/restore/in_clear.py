"""Is the canary readable in a copy's bytes? Then anyone who has the bytes reads the data.

The same file answers both questions: with the key the data comes back, without it nothing should.
A header can claim encryption; the canary cannot be talked away. It is searched for in the bytes as
they lie there and, where they are packed by means that need no key (gzip, bzip2, xz, Zstandard, the
members of a zip), in what comes out.
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterable
from typing import IO, BinaryIO, Protocol, cast

from guardian_agent.errors import ProbeError
from guardian_agent.probing import zip_archive, zstandard
from guardian_agent.probing.stream import Bounded, unpacked
from guardian_agent.probing.tool import find_tool
from guardian_agent.system import System

BUDGET_BYTES = 64 * 1024 * 1024
"""Raw bytes searched in one pass, newest first: the newest backup holds the newest canary. As many
again are unpacked and searched."""
SMALL_BUDGET_BYTES = 8 * 1024 * 1024
"""Unpacked where it is known by other means that anybody can read the copy, or by a tool."""
BLOCK_BYTES = 1024 * 1024
SECONDS = 60.0
"""Past it no more is searched."""
_MOST_MEMBERS = 100_000


class _Source(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""


def in_clear(
    marker: str, paths: Iterable[str], system: System, *, is_readable: bool = False
) -> bool | None:
    """Say whether `marker` can be read in one of the files.

    Args:
        marker: what the canary alone has.
        paths: the files, newest first.
        system: the machine.
        is_readable: whether they are known to be readable by other means.

    Returns:
        True when it was found; None when it was not, because not finding it proves nothing: no
        reader undoes all that may hide it.
    """
    unpacked_bytes = SMALL_BUDGET_BYTES if is_readable else BUDGET_BYTES
    search = _Search(marker.encode("ascii"), system, unpacked_bytes)
    for path in paths:
        if search.finds_in(path):
            return True
        if search.is_spent:
            break
    return None


class _Search:
    """One search, with what is left of its bytes and its time."""

    def __init__(self, marker: bytes, system: System, unpacked_bytes: int) -> None:
        self._marker = marker
        self._system = system
        self._raw = BUDGET_BYTES
        self._unpacked = unpacked_bytes
        self._deadline = system.clock.monotonic() + SECONDS

    @property
    def is_spent(self) -> bool:
        """Whether no more may be read."""
        return self._raw <= 0 or self._expired()

    def finds_in(self, path: str) -> bool:
        """Search one file, as it lies there and unpacked; one that cannot be read has nothing."""
        with contextlib.suppress(OSError, ProbeError), self._system.files.open(path) as file:
            found, self._raw = self._searched(Bounded(file, self._expired), self._raw)
            if found:
                return True
            file.seek(0)
            return self._finds_unpacked(path, file)
        return False

    def _finds_unpacked(self, path: str, file: BinaryIO) -> bool:
        head = file.read(len(zstandard.MAGIC))
        file.seek(0)
        if head == zstandard.MAGIC:
            return self._finds_by_tool(path)
        if head in zip_archive.MAGIC:
            return self._finds_in_zip(file)
        inside = unpacked(file)
        if inside is file:
            return False
        found, self._unpacked = self._searched(Bounded(inside, self._expired), self._unpacked)
        return found

    def _finds_in_zip(self, file: BinaryIO) -> bool:
        source: IO[bytes] = cast("IO[bytes]", Bounded(file, self._expired))
        with contextlib.suppress(*_FAULTS), zipfile.ZipFile(source) as archive:
            members = [each for each in archive.infolist() if not each.flag_bits & 1]
            for member in members[:_MOST_MEMBERS]:
                with contextlib.suppress(*_FAULTS), archive.open(member) as inside:
                    stream = Bounded(inside, self._expired)
                    found, self._unpacked = self._searched(stream, self._unpacked)
                    if found:
                        return True
                if self._unpacked <= 0:
                    break
        return False

    def _finds_by_tool(self, path: str) -> bool:
        """Search the beginning of what `zstd` unpacks: Python 3.11 cannot."""
        done = self._system.processes.run(
            [find_tool(self._system, "zstd"), "-dcq", path],
            seconds=max(1.0, self._deadline - self._system.clock.monotonic()),
            output_limit=max(1, min(self._unpacked, SMALL_BUDGET_BYTES)),
        )
        self._unpacked -= len(done.stdout)
        return self._marker in done.stdout

    def _searched(self, source: _Source, limit: int) -> tuple[bool, int]:
        """Say whether a stream has the marker, and how much of the limit is left."""
        tail = b""
        while limit > 0 and (block := source.read(min(BLOCK_BYTES, limit))):
            if self._marker in tail + block:
                return True, limit
            limit -= len(block)
            tail = (tail + block)[-len(self._marker) :]
        return False, limit

    def _expired(self) -> bool:
        return self._system.clock.monotonic() > self._deadline


_FAULTS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, LookupError)
"""What `zipfile` makes of an archive that is none."""
