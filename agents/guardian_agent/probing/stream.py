"""Archives as streams: unpacked on the way, within a time, their faults told as damage."""

from __future__ import annotations

import bz2
import gzip
import io
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
XZ_MEMORY = 256 * 1024 * 1024
"""Four times what `xz -9` takes."""
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
    return cast("BinaryIO", io.BufferedReader(_Xz(file), CHUNK)) if head == _XZ else file


class _GreedyError(Exception):
    """Unpacking would take more memory than we give."""


class _Xz(io.RawIOBase):
    """The xz streams of a file, one after the other, as `lzma.LZMAFile`, which knows no limit.

    A stream says how much memory its window takes, up to 4 GiB, and a bomb fills it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packer = self._next()
        self._left = b""

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill in some bytes, and none only at the end."""
        data = self._some(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _some(self, size: int) -> bytes:
        while True:
            if self._packer.eof and not self._goes_on():
                return b""
            packed = self._left
            if not packed and self._packer.needs_input:
                packed = self._file.read(CHUNK)
                if not packed:
                    raise EOFError("the xz stream was cut short")
            self._left = b""
            data = self._unpack(packed, size)
            if data:
                return data

    def _goes_on(self) -> bool:
        """Begin the next stream; what follows the last one and is none is left alone."""
        rest = self._packer.unused_data.lstrip(b"\0") or self._file.read(CHUNK).lstrip(b"\0")
        if not rest.startswith(_XZ):
            return False
        self._packer, self._left = self._next(), rest
        return True

    def _unpack(self, packed: bytes, size: int) -> bytes:
        try:
            return self._packer.decompress(packed, size)
        except lzma.LZMAError as error:
            if "memory" in str(error).lower():
                raise _GreedyError("the xz stream wants too much memory") from error
            raise

    @staticmethod
    def _next() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)


class Bounded:
    """A stream that ends in a `ProbeError` when time is up or its bytes make no sense.

    Raises, from every read:
        ProbeError: TIMEOUT; DAMAGED when it cannot be unpacked or read; OUTPUT_LIMIT when more is
            asked for at once than an honest archive needs; QUOTA_EXCEEDED when unpacking it would
            take too much memory.
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
        except _GreedyError as error:
            raise ProbeError(Reason.QUOTA_EXCEEDED, str(error)) from error
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
