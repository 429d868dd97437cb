"""Formats that anybody's reader opens, each checked beyond its first bytes."""

from __future__ import annotations

from collections.abc import Callable

from guardian_agent.magic.answer import Classified, plaintext, unknown
from guardian_agent.magic.data import Data, number

_SQLITE = b"SQLite format 3\x00"
_SQLITE_VERSIONS = range(3_000_000, 4_000_000)
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_JPEG_MARKERS = {0xC0, 0xC2, 0xC4, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE}
_BOX_BYTES = range(8, 257)


def sqlite(data: Data) -> Classified | None:
    """SQLite: header fields and page 1; SQLCipher can leave the first 32 bytes in the clear."""
    head = data.head
    if not head.startswith(_SQLITE):
        return None
    fixed = head[21:24] == bytes([64, 32, 32])
    version = number(head[96:100], "big")
    page = head[100:101] in {b"\x02", b"\x05", b"\x0a", b"\x0d"}
    if fixed and page and (version == 0 or version in _SQLITE_VERSIONS) and not any(head[72:92]):
        return plaintext("sqlite", "sqlite-page")
    return unknown("sqlite", "sqlite-page-unreadable")


def pg_dump(data: Data) -> Classified | None:
    """PostgreSQL's custom dumps: magic, version 1.x, sizes of integers and offsets, format 1."""
    head = data.head
    if not head.startswith(b"PGDMP\x01") or len(head) < 11:
        return None
    if head[8] not in {4, 8} or head[9] != 8 or head[10] not in {1, 3, 5}:
        return unknown("pg-dump", "pg-dump-header-broken")
    return plaintext("pg-dump", "pg-dump-header")


def _png(head: bytes) -> bool:
    return head.startswith(_PNG)


def _jpeg(head: bytes) -> bool:
    """Two segments in a row: marker, length, marker."""
    if head[:3] != b"\xff\xd8\xff" or number(head[3:4]) not in _JPEG_MARKERS:
        return False
    place = 4 + number(head[4:6], "big")
    return (
        head[place : place + 1] == b"\xff" and number(head[place + 1 : place + 2]) in _JPEG_MARKERS
    )


def _gif(head: bytes) -> bool:
    return head[:6] in {b"GIF87a", b"GIF89a"}


def _riff(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE", b"AVI "}


def _tiff(head: bytes) -> bool:
    little = head[:4] == b"II*\x00" and number(head[4:8]) >= 8
    big = head[:4] == b"MM\x00*" and number(head[4:8], "big") >= 8
    return (little or big) and len(head) > 16


def _iso_media(head: bytes) -> bool:
    """MP4, MOV, HEIC: an `ftyp` box with a printable brand."""
    return head[4:8] == b"ftyp" and number(head[:4], "big") in _BOX_BYTES and head[8:12].isascii()


def _elf(head: bytes) -> bool:
    return head[:4] == b"\x7fELF" and head[4:7] in {
        b"\x01\x01\x01",
        b"\x02\x01\x01",
        b"\x01\x02\x01",
    }


def _pe(head: bytes) -> bool:
    place = number(head[60:64])
    return head[:2] == b"MZ" and head[place : place + 4] == b"PE\x00\x00"


def _font(head: bytes) -> bool:
    return head[:4] in {b"wOF2", b"wOFF"} and len(head) > 44


def _truetype(head: bytes) -> bool:
    """A table directory with a plausible count and a printable first tag."""
    is_font = head[:4] in {b"\x00\x01\x00\x00", b"OTTO"} and 4 <= number(head[4:6], "big") < 64
    return is_font and head[12:16].isascii() and head[12:16].replace(b"/", b"").isalnum()


def _deb(head: bytes) -> bool:
    """A Debian package: an `ar` whose first member says so."""
    return head.startswith(b"!<arch>\ndebian-binary") and head[66:68] == b"`\n"


def _redis(head: bytes) -> bool:
    return head[:5] == b"REDIS" and head[5:9].isdigit()


def _mongo(head: bytes) -> bool:
    return head[:4] == b"\x6d\xe2\x99\x81"


def _xbstream(head: bytes) -> bool:
    return head[:8] == b"XBSTCK01"


FORMATS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("png", _png),
    ("jpeg", _jpeg),
    ("gif", _gif),
    ("riff", _riff),
    ("tiff", _tiff),
    ("iso-media", _iso_media),
    ("elf", _elf),
    ("pe", _pe),
    ("font", _font),
    ("truetype", _truetype),
    ("deb", _deb),
    ("redis", _redis),
    ("mongodump", _mongo),
    ("xbstream", _xbstream),
)


def known(data: Data) -> Classified | None:
    """Answer for the formats that are never encrypted."""
    for kind, holds in FORMATS:
        if holds(data.head):
            return plaintext(kind, f"{kind}-structure")
    return None
