"""Readable data as texts: decoded where its format is open, and never beyond the budget."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from guardian_agent.exposure.personal.budget import Budget
from guardian_agent.exposure.personal.decoders import decoder_of
from guardian_agent.exposure.personal.members import Member, members
from guardian_agent.magic import Classified

PIECE: Final = 256 * 1024
_MEMORY_MOST: Final = 48 << 20
"""Bytes that a decoder of xz may use; `xz -9` wants more, and is not searched."""

_CODECS: Final = frozenset({"gzip", "bzip2", "xz", "lzma", "zlib"})
_CLOSED: Final = frozenset(
    {"zstd", "lz4", "7z", "rar", "pdf", "pg-dump", "doc", "xls", "ppt", "pst", "deb", "redis"}
    | {"borg", "kopia", "proxmox-blob"}
)
"""Formats that anybody can read, and that keep their text in ways that are not decoded here."""
_MARKS: Final = {
    codecs.BOM_UTF8: "",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def texts(budget: Budget, found: Classified) -> Iterator[Iterator[bytes]]:
    """Yield each text in some data as pieces; what cannot be read is noted in the budget."""
    if found.kind == "zip":
        for member in members(budget):
            yield _as_utf_8(_member(budget, member))
        return
    if found.kind in _CLOSED:
        budget.is_closed = True
    raw = _raw(budget, 0, budget.size)
    yield _as_utf_8(_decoded(budget, raw, found.kind) if found.kind in _CODECS else raw)


def _raw(budget: Budget, place: int, size: int) -> Iterator[bytes]:
    end = place + size
    while place < end:
        data = budget.at(place, min(PIECE, end - place))
        if not data:
            return
        yield data
        place += len(data)


def _member(budget: Budget, member: Member) -> Iterator[bytes]:
    raw = _raw(budget, member.place, member.packed)
    pieces = _decoded(budget, raw, "raw") if member.is_deflated else raw
    return _without_tags(pieces) if member.is_markup else pieces


def _decoded(budget: Budget, pieces: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Decode one stream after the other, as gzip, bzip2 and xz allow; damage ends it."""
    import lzma  # noqa: PLC0415 - a pass without such files does not pay for it
    import zlib  # noqa: PLC0415

    try:
        yield from _streams(budget, pieces, codec)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError):
        budget.is_cut = True


def _streams(budget: Budget, pieces: Iterable[bytes], codec: str) -> Iterator[bytes]:
    decoder = decoder_of(codec, _MEMORY_MOST)
    for piece in pieces:
        if decoder.eof:
            if not piece.strip(b"\0"):  # padding, as tapes have it
                continue
            decoder = decoder_of(codec, _MEMORY_MOST)
        data: bytes | None = piece
        while data is not None:
            room = min(PIECE, budget.room())
            if not room:
                budget.is_cut = True
                return
            out = decoder.decompress(data, room)
            budget.decoded(len(out))
            yield out
            data = b"" if not decoder.needs_input else None
            if decoder.eof:
                data = decoder.unused_data if decoder.unused_data.strip(b"\0") else None
                decoder = decoder if data is None else decoder_of(codec, _MEMORY_MOST)
    budget.is_cut |= not decoder.eof


def _as_utf_8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Turn what begins with UTF-16's mark into UTF-8; leave everything else as it is."""
    first = next(pieces, b"")
    mark = next((mark for mark in _MARKS if first.startswith(mark)), b"")
    rest = chain((first[len(mark) :],), pieces)
    if not _MARKS.get(mark):
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(_MARKS[mark])("replace")
    for piece in rest:
        yield decoder.decode(piece).encode("utf-8", "replace")


_TAG: Final = re.compile(rb"<[^<>]*>")
_CELL_ENDS: Final = re.compile(
    rb"(?:</w:p>|</text:p>)?</(?:c|w:tc|table:table-cell|(?:x:)?t[dh])>", re.IGNORECASE
)
_LINE_ENDS: Final = re.compile(
    rb"</(?:w:p|a:p|text:p|si|row|table:table-row|w:tr)>|<w:br/>", re.IGNORECASE
)
_TAG_MOST: Final = 64 * 1024


def _without_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The text of an office document: editors cut a number into several pieces of markup."""
    held = b""
    for piece in pieces:
        data = held + piece
        opened = data.rfind(b"<")
        held = b""
        if opened > data.rfind(b">") and len(data) - opened < _TAG_MOST:
            data, held = data[:opened], data[opened:]
        yield _TAG.sub(b"", _LINE_ENDS.sub(b"\n", _CELL_ENDS.sub(b"\t", data)))
    yield held
