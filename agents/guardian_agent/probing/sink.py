"""Where files out of an archive are written: as ours, never by a name's own choice."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import IO

from guardian_agent.errors import ProbeError
from guardian_agent.probing.stream import CHUNK
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

PATH_BYTES = 4096
"""Linux's limit for a path with its closing zero."""

_NO_NAME = frozenset(
    {errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.ELOOP}
)
"""What the kernel says to a name that cannot be a file's: too long, below a file, a folder's."""


class Sink:
    """Writes wanted files, with the folders above them, until `limit` bytes are written in all.

    Every file is a plain one with our own owner and mode; nothing is ever linked.
    """

    def __init__(self, files: Files, place: Callable[[str], str | None], limit: int) -> None:
        self._files = files
        self.left = limit
        self._folder = ""
        self.place = place
        """Where the file of a live path belongs; None where it is not wanted."""

    def write(self, path: str, source: IO[bytes]) -> None:
        """Write a wanted file.

        Raises:
            ProbeError: QUOTA_EXCEEDED; UNSAFE_CONTENTS where no file can have that name.
        """
        place = self._wanted(path)
        if len(place.encode("utf-8", "surrogateescape")) >= PATH_BYTES:
            raise ProbeError(Reason.UNSAFE_CONTENTS, "a path is longer than the kernel takes")
        try:
            self._make_folder(place.rpartition("/")[0])
            with self._files.create(place) as target:
                while data := source.read(CHUNK):
                    self.left -= len(data)
                    if self.left < 0:
                        raise ProbeError(Reason.QUOTA_EXCEEDED, "more comes back than may")
                    target.write(data)
        except OSError as error:
            # What is read is bounded and tells its own faults: this one is of the sandbox.
            unsafe = error.errno in _NO_NAME
            reason = Reason.UNSAFE_CONTENTS if unsafe else Reason.QUOTA_EXCEEDED
            raise ProbeError(reason, f"{path!a}: cannot be written: {error.strerror}") from error

    def copy(self, source: str, path: str) -> None:
        """Write again, as `path`, what was written as `source`.

        Raises:
            ProbeError: as `write`.
        """
        with self._files.open(self._wanted(source)) as written:
            self.write(path, written)

    def has(self, path: str) -> bool:
        """Say whether a wanted file was written."""
        place = self.place(path)
        try:
            return place is not None and self._files.stat(place).is_file
        except OSError:
            return False

    def forget(self, path: str) -> None:
        """Remove a file that a later entry of the same name replaces."""
        if self.has(path):
            self._files.remove(self._wanted(path))

    def _wanted(self, path: str) -> str:
        place = self.place(path)
        if place is None:
            raise ProbeError(Reason.INTERNAL, f"{path!a}: was not asked for")
        return place

    def _make_folder(self, folder: str) -> None:
        """Make a folder from the top down: a stranger's may be nested two thousand times."""
        if folder == self._folder:
            return
        missing, above = list[str](), folder
        while above and not self._files.exists(above):
            missing.append(above)
            above = above.rpartition("/")[0]
        for each in reversed(missing):
            self._files.make_directory(each)
        self._folder = folder
