"""What a ZIP file says of its members (PKWARE APPNOTE, WinZip AE-x): the central directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from guardian_agent.magic.data import Data, number

LOCAL = b"PK\x03\x04"
LOCAL_BYTES = 30
STORED, DEFLATED, AES = 0, 8, 99

_ENTRY, _END = b"PK\x01\x02", b"PK\x05\x06"
_WIDE_END, _WIDE_LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_BEYOND_16, _BEYOND_32 = 0xFFFF, 0xFFFF_FFFF
_ENTRY_BYTES = 46
_DIRECTORY_MOST = 512 * 1024
_ENCRYPTED_BIT, _STRONG_BIT = 1, 1 << 6
_AES_EXTRA = b"\x01\x99\x07\x00"
_MEMBERS_WALKED = 12
_SLACK = 256
"""Bytes of a local header's own fields, and of a descriptor behind what was streamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the central directory says of one member."""

    flags: int
    method: int
    packed: int
    offset: int
    has_aes_extra: bool
    name: bytes = b""

    @property
    def is_encrypted(self) -> bool:
        """Whether bit 0 says that the member needs a password."""
        return bool(self.flags & _ENCRYPTED_BIT)

    @property
    def is_strong(self) -> bool:
        """Whether it is PKWARE's own encryption, of which there are many kinds."""
        return bool(self.flags & _STRONG_BIT)

    @property
    def is_aes(self) -> bool:
        """Whether it is WinZip AE-x rather than the broken ZipCrypto."""
        return self.method == AES and self.has_aes_extra

    def body(self, local: bytes) -> int:
        """Return where its contents begin, behind its local header."""
        return self.offset + LOCAL_BYTES + number(local[26:28]) + number(local[28:30])


def says_encrypted(local: bytes) -> bool:
    """Say whether a local header has the bit for a password."""
    return bool(number(local[6:8]) & _ENCRYPTED_BIT)


class Directory(NamedTuple):
    """The central directory: its entries, where it begins, and how long its comment is."""

    entries: list[Entry]
    start: int
    comment: int


def directory(data: Data) -> Directory | None:
    """Return the central directory; None when it is not all there, or not at the end."""
    place = data.tail.rfind(_END)
    if place < 0:
        return None
    end = data.tail[place : place + 22]
    if len(data.tail) != place + 22 + number(end[20:22]):  # something stands behind its comment
        return None
    behind = data.size - len(data.tail) + place
    count, size, offset = number(end[10:12]), number(end[12:16]), number(end[16:20])
    if count == _BEYOND_16 or _BEYOND_32 in {size, offset}:
        count, size, offset, behind = _wide_end(data, place)
    if size > _DIRECTORY_MOST or offset + size != behind:
        return None
    entries = list(_entries(data.at(offset, size)))
    return Directory(entries, offset, number(end[20:22])) if len(entries) == count else None


def is_gapless(found: Directory) -> bool:
    """Say whether the members lie one behind the other from the start, up to the directory.

    What stands in between is listed nowhere, and may be read all the same; so is a long comment.
    """
    if found.comment > _SLACK:
        return False
    place = 0
    for entry in sorted(found.entries, key=lambda each: each.offset):
        if not place <= entry.offset <= place + _SLACK:
            return False
        place = entry.offset + LOCAL_BYTES + len(entry.name) + entry.packed
    return place <= found.start <= place + _SLACK


def _wide_end(data: Data, place: int) -> tuple[int, int, int, int]:
    """Read what a directory beyond 65,534 entries or 4 GiB (ZIP64) says of itself.

    Returns:
        Count, size and offset, and where what says so begins.
    """
    locator = data.tail[max(place - 20, 0) : place]
    behind = number(locator[8:16])
    end = data.at(behind, 56) if locator.startswith(_WIDE_LOCATOR) else b""
    if not end.startswith(_WIDE_END):
        return -1, 0, 0, -1
    return number(end[32:40]), number(end[40:48]), number(end[48:56]), behind


def _entries(directory: bytes) -> Iterator[Entry]:
    place = 0
    while directory[place : place + 4] == _ENTRY:
        head = directory[place : place + _ENTRY_BYTES]
        name, extra, comment = number(head[28:30]), number(head[30:32]), number(head[32:34])
        extras = directory[place + _ENTRY_BYTES + name :][:extra]
        packed, offset = _wide(head, extras)
        yield Entry(
            flags=number(head[8:10]),
            method=number(head[10:12]),
            packed=packed,
            offset=offset,
            has_aes_extra=_AES_EXTRA in extras,
            name=directory[place + _ENTRY_BYTES :][:name],
        )
        place += _ENTRY_BYTES + name + extra + comment


def _wide(head: bytes, extras: bytes) -> tuple[int, int]:
    """Return packed size and offset; beyond 32 bits they stand in an extra field, in order."""
    values = [number(head[24:28]), number(head[20:24]), number(head[42:46])]
    field = _extra(extras, 1)
    place = 0
    for index, value in enumerate(values):
        if value == _BEYOND_32:
            values[index] = number(field[place : place + 8])
            place += 8
    return values[1], values[2]


def _extra(extras: bytes, kind: int) -> bytes:
    """Return the extra field of one kind; none when there is none."""
    place = 0
    while place + 4 <= len(extras):
        length = number(extras[place + 2 : place + 4])
        if number(extras[place : place + 2]) == kind:
            return extras[place + 4 : place + 4 + length]
        place += 4 + length
    return b""


def walk(data: Data) -> list[Entry]:
    """Read local headers from the start, for an archive without a (usable) directory."""
    entries: list[Entry] = []
    place = 0
    while len(entries) < _MEMBERS_WALKED:
        head = data.at(place, LOCAL_BYTES)
        if head[:4] != LOCAL or len(head) < LOCAL_BYTES:
            break
        flags, packed = number(head[6:8]), number(head[18:22])
        start = place + LOCAL_BYTES + number(head[26:28]) + number(head[28:30])
        streamed = packed in {0, 0xFFFF_FFFF} and flags & 8
        entries.append(
            Entry(
                flags=flags,
                method=number(head[8:10]),
                packed=max(data.size - start, 0) if streamed else packed,
                offset=place,
                has_aes_extra=False,
            )
        )
        if streamed:
            break
        place = start + packed
    return entries
