"""7z (7zFormat.txt of the LZMA SDK): the coders of every folder decide.

The names of coders stand in the end header, which may itself be packed or encrypted. A search for
the AES coder's id in the bytes would also find it in a file name, so the header is parsed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data, number

_SIGNATURE = b"7z\xbc\xaf\x27\x1c"
_START_BYTES = 32
_HEADER_MOST = 512 * 1024
_AES = bytes.fromhex("06f10701")
_LZMA = bytes.fromhex("030101")
_END, _HEADER, _MAIN_STREAMS, _PACK, _UNPACK = 0x00, 0x01, 0x04, 0x06, 0x07
_SIZES, _FOLDER, _UNPACK_SIZES, _ENCODED_HEADER = 0x09, 0x0B, 0x0C, 0x17
_MOST_ITEMS = 100_000
_COMPRESSIBLE = 2.2
"""Ciphertext grows no smaller, and written in hexadecimal at most by half."""


class _BrokenError(Exception):
    """The header does not have 7z's form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """One coder of a folder: its id and properties."""

    id: bytes
    properties: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Where the packed streams lie, and what each folder's coders are."""

    pack_offset: int
    pack_sizes: list[int]
    folders: list[list[Coder]]
    unpack_sizes: list[int]


class _Cursor:
    """Reads 7z's numbers one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._place : self._place + count]
        if len(taken) < count:
            raise _BrokenError
        self._place += count
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """The first byte's leading ones say how many bytes follow."""
        first = self.byte()
        value, mask = 0, 0x80
        for index in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * index)
            value |= self.byte() << (8 * index)
            mask >>= 1
        return value

    def count(self) -> int:
        value = self.number()
        if value > _MOST_ITEMS:
            raise _BrokenError
        return value

    def expect(self, tag: int) -> None:
        if self.byte() != tag:
            raise _BrokenError


def seven_zip(data: Data) -> Classified | None:
    """Answer for a 7z archive."""
    if not data.head.startswith(_SIGNATURE):
        return None
    try:
        return _verdict(data, _end_header(data))
    except _BrokenError:
        return unknown("7z", "7z-header-unreadable")


def _end_header(data: Data) -> bytes:
    start = data.head[12:_START_BYTES]
    offset, size = number(start[:8]), number(start[8:16])
    if len(start) < 20 or zlib.crc32(start) != number(data.head[8:12]) or size > _HEADER_MOST:
        raise _BrokenError
    if data.size > _START_BYTES + offset + size:  # something stands behind it
        raise _BrokenError
    header = data.at(_START_BYTES + offset, size)
    if len(header) != size or zlib.crc32(header) != number(start[16:20]):
        raise _BrokenError
    return header


def _verdict(data: Data, header: bytes) -> Classified:
    cursor = _Cursor(header)
    tag = cursor.byte()
    if tag == _ENCODED_HEADER:
        streams = _streams(cursor)
        if any(coder.id == _AES for folder in streams.folders for coder in folder):
            return encrypted("7z", "7z-aes-header", PROVEN)
        cursor = _Cursor(_unpacked(data, streams))
        tag = cursor.byte()
    if tag != _HEADER or cursor.byte() != _MAIN_STREAMS:
        return unknown("7z", "7z-without-contents")
    return _judge(_streams(cursor))


def _judge(streams: Streams) -> Classified:
    sealed = [any(coder.id == _AES for coder in folder) for folder in streams.folders]
    if sealed and all(sealed):
        return encrypted("7z", "7z-aes-every-folder", PROVEN)
    if any(sealed):
        return plaintext("7z", "7z-mixed")
    if sum(streams.unpack_sizes) > _COMPRESSIBLE * sum(streams.pack_sizes):
        return plaintext("7z", "7z-no-aes")
    return unknown("7z", "7z-members-unknown")


def _unpacked(data: Data, streams: Streams) -> bytes:
    """Decode a packed header: one folder, one LZMA coder."""
    import lzma  # noqa: PLC0415 - only archives with a packed header need it

    if [[coder.id for coder in folder] for folder in streams.folders] != [[_LZMA]]:
        raise _BrokenError
    properties = streams.folders[0][0].properties
    packed = data.at(_START_BYTES + streams.pack_offset, streams.pack_sizes[0])
    size = streams.unpack_sizes[0]
    if len(properties) != 5 or not packed or size > _HEADER_MOST:
        raise _BrokenError
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    spec = {"id": lzma.FILTER_LZMA1, "dict_size": number(properties[1:]), "lc": lc, "lp": lp}
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{**spec, "pb": pb}])
        return decoder.decompress(packed, size)
    except (lzma.LZMAError, ValueError, MemoryError) as error:
        raise _BrokenError from error


def _streams(cursor: _Cursor) -> Streams:
    """Read PackInfo and the folders of UnpackInfo; what follows is not needed."""
    cursor.expect(_PACK)
    offset, count = cursor.number(), cursor.count()
    cursor.expect(_SIZES)
    sizes = [cursor.number() for _ in range(count)]
    tag = cursor.byte()
    if tag != _END:
        raise _BrokenError
    cursor.expect(_UNPACK)
    cursor.expect(_FOLDER)
    folders_count = cursor.count()
    if cursor.byte() != 0:
        raise _BrokenError
    shapes = [_folder(cursor) for _ in range(folders_count)]
    cursor.expect(_UNPACK_SIZES)
    outputs = [[cursor.number() for _ in coders] for coders in shapes]
    return Streams(
        pack_offset=offset,
        pack_sizes=sizes,
        folders=shapes,
        unpack_sizes=[max(output) for output in outputs if output],
    )


def _folder(cursor: _Cursor) -> list[Coder]:
    """Read one folder's coders; each has one output, and bind pairs join them."""
    coders, inputs = [], 0
    for _ in range(_few(cursor)):
        flags = cursor.byte()
        identity = cursor.take(flags & 15)
        if flags & 0x10:
            inputs += _few(cursor)
            cursor.expect(1)
        else:
            inputs += 1
        properties = cursor.take(cursor.number()) if flags & 0x20 else b""
        coders.append(Coder(id=identity, properties=properties))
    pairs = len(coders) - 1
    for _ in range(2 * pairs):
        cursor.number()
    if inputs - pairs > 1:
        for _ in range(inputs - pairs):
            cursor.number()
    return coders


def _few(cursor: _Cursor) -> int:
    count = cursor.number()
    if not 1 <= count <= 32:  # the SDK's own limit
        raise _BrokenError
    return count
