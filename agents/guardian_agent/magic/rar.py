"""RAR 4 and 5 (the technical notes that come with unrar): flags and records of each header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.randomness import body_is_random, looks_random

_RAR4 = b"Rar!\x1a\x07\x00"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_HEADERS_MOST = 64
_HEADER_PEEK = 2048
_PEEK = 4096
_COMPRESSIBLE = 2.2
"""Ciphertext grows no smaller, and written in hexadecimal at most by half."""
_RAR5_FILE, _RAR5_ENCRYPTION, _RAR5_END = 2, 4, 5
_RAR5_DIRECTORY = 1
_FILE_ENCRYPTED = 1
_RAR4_MAIN, _RAR4_FILE, _RAR4_END = 0x73, 0x74, 0x7B


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive; `sealed` as its header says."""

    sealed: bool
    stored: bool
    start: int
    packed: int
    size: int


class _SealedHeadersError(Exception):
    """Even the names are encrypted."""


class _BrokenError(Exception):
    """A header does not have RAR's form."""


def rar(data: Data) -> Classified | None:
    """Answer for a RAR archive."""
    if data.head.startswith(_RAR5):
        members = _rar5(data)
    elif data.head.startswith(_RAR4):
        members = _rar4(data)
    else:
        return None
    try:
        return _verdict(data, [each for each in members if each.packed])
    except _SealedHeadersError:
        return _all_sealed(data)
    except _BrokenError:
        return unknown("rar", "rar-header-broken")


def _all_sealed(data: Data) -> Classified:
    """Nothing but ciphertext can follow the header that says so."""
    if data.size > _PEEK and not body_is_random(data, _PEEK // 2):
        return unknown("rar", "rar-body-not-random")
    return encrypted("rar", "rar-headers-encrypted")


def _verdict(data: Data, members: list[Member]) -> Classified:
    readable = [each for each in members if not each.sealed]
    if readable:
        return _readable(data, readable, mixed=len(readable) < len(members))
    if not members:
        return unknown("rar", "rar-without-contents")
    if not all(looks_random(data.at(each.start, min(each.packed, _PEEK))) for each in members):
        return unknown("rar", "rar-body-not-random")
    return encrypted("rar", "rar-every-file", PROVEN)


def _readable(data: Data, members: list[Member], *, mixed: bool) -> Classified:
    if any(each.size > _COMPRESSIBLE * each.packed for each in members):
        return plaintext("rar", "rar-mixed" if mixed else "rar-file-readable")
    for each in members:
        if each.stored and data.part(each.start, each.packed).state == "plaintext":
            return plaintext("rar", "rar-mixed" if mixed else "rar-file-readable")
    return unknown("rar", "rar-members-unknown")


def _rar5(data: Data) -> Iterator[Member]:
    place = len(_RAR5)
    for _ in range(_HEADERS_MOST):
        numbers = _Numbers(data.at(place + 4, _HEADER_PEEK))  # behind the check sum
        size = numbers.take()
        start = place + 4 + numbers.place
        kind, flags = numbers.take(), numbers.take()
        extra = numbers.take() if flags & 1 else 0
        packed = numbers.take() if flags & 2 else 0
        if kind == _RAR5_ENCRYPTION:
            raise _SealedHeadersError
        if kind == _RAR5_END:
            return
        if kind == _RAR5_FILE:
            records = data.at(start + size - extra, extra)
            yield _rar5_file(numbers, records, start + size, packed)
        place = start + size + packed
    raise _BrokenError


def _rar5_file(numbers: _Numbers, records: bytes, start: int, packed: int) -> Member:
    flags, size, _attributes = numbers.take(), numbers.take(), numbers.take()
    numbers.place += 4 * bool(flags & 2) + 4 * bool(flags & 4)  # time, check sum
    method = numbers.take() >> 7 & 7
    return Member(
        sealed=_FILE_ENCRYPTED in _records(records),
        stored=method == 0,
        start=start,
        packed=0 if flags & _RAR5_DIRECTORY else packed,
        size=size,
    )


def _records(extra: bytes) -> set[int]:
    """Return the kinds of a file header's extra records."""
    kinds = set()
    numbers = _Numbers(extra)
    while numbers.place < len(extra):
        size = numbers.take()
        end = numbers.place + size
        kinds.add(numbers.take())
        numbers.place = max(end, numbers.place)
    return kinds


class _Numbers:
    """Reads RAR 5's numbers: seven bits a byte, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def take(self) -> int:
        value = 0
        for index, byte in enumerate(self._data[self.place : self.place + 10]):
            value |= (byte & 0x7F) << 7 * index
            if not byte & 0x80:
                self.place += index + 1
                return value
        raise _BrokenError


def _rar4(data: Data) -> Iterator[Member]:
    place = len(_RAR4)
    for _ in range(_HEADERS_MOST):
        header = data.at(place, 32)
        kind, flags, size = number(header[2:3]), number(header[3:5]), number(header[5:7])
        if kind == _RAR4_END or (kind == _RAR4_FILE and not header):
            return
        if size < 7:
            raise _BrokenError
        if kind == _RAR4_MAIN and flags & 0x80:
            raise _SealedHeadersError
        packed = number(header[7:11]) if flags & 0x8000 or kind == _RAR4_FILE else 0
        if kind == _RAR4_FILE:
            yield Member(
                sealed=bool(flags & 4),
                stored=header[25:26] == b"\x30",
                start=place + size,
                packed=0 if flags & 0xE0 == 0xE0 else packed,  # a folder
                size=number(header[11:15]),
            )
        place += size + packed
        if place >= data.size:
            return
    raise _BrokenError
