"""One archive on disk: what it holds, files out of it, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing import tar_archive, zip_archive
from guardian_agent.probing.look import reading
from guardian_agent.probing.stream import CHUNK, Bounded, unpacked
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

_BLOCK = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A tar (plain, gzip, bzip2, xz) or zip archive.

    `root` is the folder that its names are relative to, `deadline` a time of the monotonic clock.
    """

    system: System
    path: str
    root: str
    deadline: float

    def entries(self) -> Iterator[PointFile]:
        """Yield what the archive holds; a tar is proven to be whole on the way.

        Raises:
            ProbeError: UNSUPPORTED for another format, DAMAGED, UNSAFE_CONTENTS, TIMEOUT.
        """
        with self._opened() as (stream, is_zip):
            reader = zip_archive.entries if is_zip else tar_archive.entries
            yield from reader(stream, self.root)

    def read_through(self) -> int:
        """Read it all, checksums compared, and return how many files it holds.

        Raises:
            ProbeError: as `entries`.
        """
        files = sum(entry.is_file for entry in self.entries())
        with self._opened() as (stream, is_zip):
            if is_zip:
                zip_archive.read_through(stream)
        return files

    def extract(self, places: Mapping[str, str], limit: int) -> dict[str, str]:
        """Write wanted files to `places` (by live path); return those that were there.

        Raises:
            ProbeError: as `entries`; QUOTA_EXCEEDED for more than `limit` bytes.
        """
        sink = _Sink(self.system, limit)
        with self._opened() as (stream, is_zip):
            if is_zip:
                found = zip_archive.extract(stream, self.root, places, sink.write)
                return {path: places[path] for path in found}
            found, links = tar_archive.extract(stream, self.root, places, sink.write)
        written = {path: places[path] for path in found}
        return written | self._linked(links, places, written, sink)

    def _linked(
        self,
        links: Mapping[str, str],
        places: Mapping[str, str],
        written: Mapping[str, str],
        sink: _Sink,
    ) -> dict[str, str]:
        """Write what hard links of a tar name: they have no contents of their own."""
        sources = {source: places[path] for path, source in links.items() if source not in written}
        known = dict(written)
        if sources:
            with self._opened() as (stream, _):
                found, _ = tar_archive.extract(stream, self.root, sources, sink.write)
            known |= {source: sources[source] for source in found}
        return {path: known[source] for path, source in links.items() if source in known}

    @contextmanager
    def _opened(self) -> Iterator[tuple[Bounded, bool]]:
        """Open the archive as an unpacked stream, and say whether it is a zip."""
        with reading(self.path), self.system.files.open(self.path) as file:
            is_zip = file.read(len(zip_archive.MAGIC[0])) in zip_archive.MAGIC
            file.seek(0)
            if is_zip:
                yield Bounded(file, self._expired), True
                return
            head = Bounded(unpacked(file), self._expired).read(_BLOCK)
            file.seek(0)
            if not tar_archive.is_tar(head):
                raise ProbeError(Reason.UNSUPPORTED, f"{self.path}: no tar or zip archive")
            yield Bounded(unpacked(file), self._expired), False

    def _expired(self) -> bool:
        return self.system.clock.monotonic() > self.deadline


class _Sink:
    """Writes files until `limit` bytes are written in all."""

    def __init__(self, system: System, limit: int) -> None:
        self._files = system.files
        self._left = limit

    def write(self, source: IO[bytes], place: str) -> None:
        try:
            with self._files.create(place) as target:
                while data := source.read(CHUNK):
                    self._left -= len(data)
                    if self._left < 0:
                        raise ProbeError(Reason.QUOTA_EXCEEDED, "more comes back than may")
                    target.write(data)
        except OSError as error:
            # What is read is bounded and tells its own faults: this one is of the sandbox.
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{place}: {error}") from error
