"""The members of a ZIP (PKWARE APPNOTE), for documents that are one and for archives of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple

from guardian_agent.exposure.personal.budget import Budget

_END: Final = Struct("<4s4H2LH")
_ENTRY: Final = Struct("<4s6H3L5H2L")
_LOCAL: Final = Struct("<4s5H3L2H")
_COMMENT_MOST: Final = 0xFFFF
_DIRECTORY_MOST: Final = 8 << 20
_TOO_LONG: Final = 0xFFFF_FFFF
_STORED, _DEFLATED = 0, 8
_PACKED: Final = (b".zip", b".gz", b".tgz", b".bz2", b".xz", b".zst", b".7z", b".rar", b".pdf")
_MARKUP: Final = (b".xml", b".rels", b".html", b".htm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where one member's data lies, and what must be done to read it."""

    place: int
    packed: int
    is_deflated: bool
    is_markup: bool


class _Entry(NamedTuple):
    flags: int
    method: int
    packed: int
    place: int
    name: bytes

    @property
    def is_readable(self) -> bool:
        """Whether it has no password, and its method and size are ones we know."""
        known = self.method in {_STORED, _DEFLATED} and not self.flags & 1
        return known and _TOO_LONG not in {self.packed, self.place}


def members(budget: Budget) -> Iterator[Member]:
    """Yield what can be read; what cannot (a password, a method, an archive inside) is noted."""
    for entry in _entries(_directory(budget)):
        if not entry.packed:
            continue
        if not entry.is_readable:
            budget.is_closed = True
            continue
        name = entry.name.lower()
        if name.endswith(_PACKED):
            budget.is_closed = True
        start = _body(budget, entry.place)
        if start is not None:
            yield Member(
                place=start,
                packed=entry.packed,
                is_deflated=entry.method == _DEFLATED,
                is_markup=name.endswith(_MARKUP),
            )


def _directory(budget: Budget) -> bytes:
    least = max(budget.size - _COMMENT_MOST - _END.size, 0)
    tail = budget.at(least, budget.size - least)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        budget.is_cut = True
        return b""
    _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, place)
    if count == 0xFFFF or offset == _TOO_LONG or size > _DIRECTORY_MOST:
        budget.is_cut = True
        return b""
    return budget.at(offset, size)


def _entries(directory: bytes) -> Iterator[_Entry]:
    at = 0
    while len(directory) - at >= _ENTRY.size:
        magic, _, _, flags, method, *_, packed, _, name, extra, comment, _, _, _, place = (
            _ENTRY.unpack_from(directory, at)
        )
        if magic != b"PK\x01\x02":
            return
        at += _ENTRY.size
        yield _Entry(flags, method, packed, place, directory[at : at + name])
        at += name + extra + comment


def _body(budget: Budget, place: int) -> int | None:
    head = budget.at(place, _LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        budget.is_cut = True
        return None
    *_, name, extra = _LOCAL.unpack(head)
    return place + _LOCAL.size + int(name) + int(extra)
