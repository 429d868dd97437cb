"""One archive on disk: what it holds, files out of it, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing import tar_archive, zip_archive
from guardian_agent.probing.look import reading
from guardian_agent.probing.sink import Sink
from guardian_agent.probing.stream import Bounded, unpacked
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
        self.prove()
        return files

    def prove(self) -> None:
        """Read what `entries` did not: the contents of a zip.

        Raises:
            ProbeError: as `entries`.
        """
        with self._opened() as (stream, is_zip):
            if is_zip:
                zip_archive.read_through(stream)

    def unpack(self) -> None:
        """Unpack it to nowhere, whatever it holds.

        Raises:
            ProbeError: DAMAGED when it cannot be unpacked to its end, TIMEOUT.
        """
        with reading(self.path), self.system.files.open(self.path) as file:
            Bounded(unpacked(file), self._expired).drain()

    def wants_password(self) -> bool:
        """Say whether a password is needed to read it; of other formats than zip, no.

        Raises:
            ProbeError: DAMAGED; it cannot be read.
        """
        with reading(self.path), self.system.files.open(self.path) as file:
            if file.read(len(zip_archive.MAGIC[0])) not in zip_archive.MAGIC:
                return False
            file.seek(0)
            return zip_archive.wants_password(Bounded(file, self._expired))

    def extract(self, sink: Sink) -> None:
        """Write the files that the sink wants.

        Raises:
            ProbeError: as `entries` and `Sink.write`.
        """
        with self._opened() as (stream, is_zip):
            if is_zip:
                zip_archive.extract(stream, self.root, sink)
                return
            links = tar_archive.extract(stream, self.root, sink)
        self._write_linked(links, sink)

    def _write_linked(self, links: dict[str, str], sink: Sink) -> None:
        """Write what hard links of a tar name: they have no contents of their own."""
        first = {
            source: path
            for path, source in reversed(links.items())
            if source not in links and not sink.has(source)
        }
        if first:  # their contents were not wanted under their own name

            def place(source: str) -> str | None:
                return sink.place(first[source]) if source in first else None

            again = Sink(self.system.files, place, sink.left)
            with self._opened() as (stream, _):
                tar_archive.extract(stream, self.root, again)
            sink.left = again.left
        for path, source in links.items():
            written = first.get(source, source)
            if written != path and sink.has(written):
                sink.copy(written, path)

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
