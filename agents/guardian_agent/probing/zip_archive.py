"""Zip archives, read by their index and never extracted by name.

Sources: PKWARE's APPNOTE; Info-ZIP's extra field 0x5455 for times in UTC.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing.paths import live_path
from guardian_agent.probing.sink import Sink
from guardian_agent.probing.stream import CHUNK, XZ_MEMORY, Bounded
from guardian_agent.wire.facts.words import Reason

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")

_TIMES = 0x5455
_NAME_SIZES = 26
"""Where a member's own header says how long its name and extra field are."""
_ENCRYPTED = 0x1
_IS_UTF8 = 0x800
_UNIX = 3
_NANOSECONDS = 1_000_000_000
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    ValueError,
    LookupError,
    ArithmeticError,
)


def entries(stream: Bounded, root: str) -> Iterator[PointFile]:
    """Yield what the archive's index names.

    Raises:
        ProbeError: UNSAFE_CONTENTS for names that leave `root`, DAMAGED.
    """
    with _reading(stream) as archive:
        for member in archive.infolist():
            yield PointFile(
                path=live_path(root, _name(member)),
                size=member.file_size,
                modified_ns=_modified(member.extra),
                is_file=_is_file(member),
            )


def extract(stream: Bounded, root: str, sink: Sink) -> None:
    """Write the files that the sink wants."""
    with _reading(stream) as archive:
        for member in archive.infolist():
            path = live_path(root, _name(member))
            if sink.place(path) is not None and _is_file(member):
                with _opened(stream, archive, member) as source:
                    sink.write(path, source)


def read_through(stream: Bounded) -> None:
    """Unpack every member, whose checksum the reader compares."""
    with _reading(stream) as archive:
        for member in archive.infolist():
            size = 0
            with _opened(stream, archive, member) as source:
                while data := source.read(CHUNK):
                    size += len(data)
            if size != member.file_size:
                raise ProbeError(Reason.DAMAGED, f"a member of the zip archive has {size} bytes")


def wants_password(stream: Bounded) -> bool:
    """Say whether a member is encrypted.

    Raises:
        ProbeError: DAMAGED.
    """
    with _reading(stream) as archive:
        return any(member.flag_bits & _ENCRYPTED for member in archive.infolist())


def _opened(stream: Bounded, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    """Open a member, unless unpacking it would take too much memory."""
    if member.compress_type == zipfile.ZIP_LZMA:
        stream.seek(member.header_offset + _NAME_SIZES)
        name, extra = struct.unpack("<HH", stream.read(4))
        stream.seek(name + extra, io.SEEK_CUR)
        _, _, _, window = struct.unpack("<HHBI", stream.read(9))
        if window > XZ_MEMORY:
            raise ProbeError(Reason.QUOTA_EXCEEDED, "a member of the zip wants too much memory")
    return archive.open(member)


@contextmanager
def _reading(stream: Bounded) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(cast("IO[bytes]", stream)) as archive:
            yield archive
    except (RuntimeError, NotImplementedError) as error:
        # A password is wanted, or a method that this reader does not know.
        raise ProbeError(Reason.UNSUPPORTED, f"the zip archive: {error}") from error
    except _FAULTS as error:
        raise ProbeError(Reason.DAMAGED, f"the zip archive is damaged: {error}") from error


def _name(member: zipfile.ZipInfo) -> str:
    """Return the name: without the mark for UTF-8, Unix tools write the bytes that they found."""
    if member.flag_bits & _IS_UTF8 or member.create_system != _UNIX:
        return member.filename
    return member.filename.encode("cp437").decode("utf-8", "surrogateescape")


def _is_file(member: zipfile.ZipInfo) -> bool:
    """The upper half of the attributes holds a Unix mode, where the maker had one."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return not member.is_dir() and kind in {0, stat.S_IFREG}


def _modified(extra: bytes) -> int | None:
    """Return the modification time; zip's own one has no zone and is none."""
    while len(extra) >= struct.calcsize("<HH"):
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _TIMES and len(field) >= struct.calcsize("<Bi") and field[0] & 1:
            seconds: int = struct.unpack_from("<i", field, 1)[0]
            return seconds * _NANOSECONDS
    return None
