"""Formats that anybody's reader opens, each checked beyond its first bytes."""

from __future__ import annotations

from guardian_agent.magic import databases, pictures, programs, sound, system_files
from guardian_agent.magic.answer import Classified, plaintext, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.formats import rules
from guardian_agent.magic.programs import python_code
from guardian_agent.magic.rule import Starting

_SQLITE = b"SQLite format 3\x00"
_SQLITE_VERSIONS = range(3_000_000, 4_000_000)
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


def iso_media(data: Data) -> Classified | None:
    """MP4, MOV, HEIC: an `ftyp` box with a printable brand."""
    head = data.head
    is_box = head[4:8] == b"ftyp" and number(head[:4], "big") in _BOX_BYTES
    if not is_box or not head[8:12].isascii():
        return None
    return plaintext("iso-media", "iso-media-structure")


def compiled_python(data: Data) -> Classified | None:
    """Python's compiled modules, whose magic number changes with every release."""
    return plaintext("pyc", "pyc-code") if python_code(data.head) else None


RULES: tuple[Starting, ...] = (
    (sqlite, (_SQLITE,)),
    (pg_dump, (b"PGDMP\x01",)),
    *rules(pictures.FORMATS),
    *rules(sound.FORMATS),
    *rules(programs.FORMATS),
    *rules(databases.FORMATS),
    *rules(system_files.FORMATS),
)
