"""Archives as streams: unpacked on the way, within a time, their faults told as damage."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, cast

from guardian_agent.errors import ProbeError
from guardian_agent.wire.facts.words import Reason

CHUNK = 256 * 1024
MAX_READ = 64 * 1024 * 1024
"""No honest archive asks for more at once: names and indexes are smaller."""
TAIL = 1024
MAX_AFTER_END = 1000
"""A reader that skips what is not there asks again and again, for exbibytes in vain."""

_GZIP = b"\x1f\x8b"
_BZIP2 = b"BZh"
_XZ = b"\xfd7zXZ\x00"


def unpacked(file: BinaryIO) -> BinaryIO:
    """Return what `file` holds once unpacked (gzip, bzip2, xz), or itself when it is not packed."""
    head = file.read(len(_XZ))
    file.seek(0)
    if head.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if head.startswith(_BZIP2):
        return cast("BinaryIO", bz2.BZ2File(file))
    return cast("BinaryIO", lzma.LZMAFile(file)) if head == _XZ else file


class Bounded:
    """A stream that ends in a `ProbeError` when time is up or its bytes make no sense.

    Raises, from every read:
        ProbeError: TIMEOUT; DAMAGED when it cannot be unpacked or read; OUTPUT_LIMIT when more is
            asked for at once than an honest archive needs.
    """

    def __init__(self, source: IO[bytes], expired: Callable[[], bool]) -> None:
        self._source = source
        self._expired = expired
        self._ended = 0
        self.tail = b""
        """The last `TAIL` bytes read."""

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; all that are left when negative."""
        if self._expired():
            raise ProbeError(Reason.TIMEOUT, "the archive was not read to its end in time")
        try:
            data = self._source.read(MAX_READ + 1 if size < 0 else size)
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            raise ProbeError(Reason.DAMAGED, f"the archive cannot be read: {error}") from error
        if len(data) > MAX_READ:
            raise ProbeError(Reason.OUTPUT_LIMIT, "the archive's index is too large")
        self._ended = 0 if data or not size else self._ended + 1
        if self._ended > MAX_AFTER_END:
            raise ProbeError(Reason.DAMAGED, "the archive ends before what it says it holds")
        self.tail = (self.tail + data)[-TAIL:]
        return data

    def drain(self) -> None:
        """Read to the end, where the checksums of packed streams are."""
        while self.read(CHUNK):
            pass

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, where the source can."""
        try:
            return self._source.seek(offset, whence)
        except (OSError, ValueError) as error:
            raise ProbeError(Reason.DAMAGED, f"the archive names no place: {error}") from error

    def tell(self) -> int:
        """Return the position."""
        return self._source.tell()

    def seekable(self) -> bool:
        """Say that the source can be moved in: only plain files are given to readers that ask."""
        return True
