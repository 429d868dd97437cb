"""The order in which the rules are asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from guardian_agent.magic import (
    disk_images,
    disks,
    known,
    repositories,
    sealed,
    streams,
    volumes,
)
from guardian_agent.magic.answer import Classified, Read, empty, unknown
from guardian_agent.magic.archives import ar
from guardian_agent.magic.bacula import bacula
from guardian_agent.magic.binary import binary
from guardian_agent.magic.bitlocker import bitlocker
from guardian_agent.magic.cms import cms
from guardian_agent.magic.data import Data
from guardian_agent.magic.innodb import innodb
from guardian_agent.magic.lz4 import lz4
from guardian_agent.magic.mtf import mtf
from guardian_agent.magic.office import office
from guardian_agent.magic.openpgp import openpgp
from guardian_agent.magic.packed import packed
from guardian_agent.magic.pdf import pdf
from guardian_agent.magic.postgresql import heap
from guardian_agent.magic.rar import rar
from guardian_agent.magic.rule import Rule, Starting
from guardian_agent.magic.seven_zip import seven_zip
from guardian_agent.magic.tar import tar
from guardian_agent.magic.text import text
from guardian_agent.magic.xbstream import xbstream
from guardian_agent.magic.zip_archive import zip_archive
from guardian_agent.magic.zstd import zstd

HEAD_BYTES: Final = 64 * 1024
TAIL_BYTES: Final = 64 * 1024

STARTS: Final[tuple[Starting, ...]] = (
    *sealed.RULES,
    *repositories.RULES,
    *volumes.RULES,
    *disk_images.RULES,
    *streams.RULES,
    (zip_archive, (b"PK\x03\x04",)),
    (seven_zip, (b"7z\xbc\xaf",)),
    (rar, (b"Rar!",)),
    (office, (b"\xd0\xcf\x11\xe0",)),
    (pdf, (b"%PDF-",)),
    (xbstream, (b"XBSTCK01",)),
    (mtf, (b"TAPE",)),
    (ar, (b"!<arch>\n",)),
    (zstd, (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + low]) for low in range(16)))),
    (lz4, (b"\x04\x22\x4d\x18",)),
    (packed, (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x5d", b"\x78")),
    (cms, (b"\x30",)),
    *known.RULES,
    (openpgp, tuple(bytes([first]) for first in range(0x80, 0x100))),
)
"""Rules for data that starts with one of some bytes; they check the rest themselves."""

ANYWHERE: Final[tuple[Rule, ...]] = (
    sealed.ecryptfs,
    bitlocker,
    bacula,
    disks.filesystem,
    tar,
    known.iso_media,
    known.compiled_python,
    innodb,
    heap,
    disks.partitions,
)
"""Rules that look elsewhere; all of them need bytes that no plain ASCII text has."""


_BY_FIRST_BYTE: Final = tuple(
    tuple(rule for rule, starts in STARTS if any(start[0] == first for start in starts))
    for first in range(256)
)
"""For each first byte the rules that may apply, in their order: small files cost no more."""


def classify(head: bytes, tail: bytes, size: int, read: Read) -> Classified:
    """Say whether data can be read without a key.

    Args:
        head: the first `HEAD_BYTES` bytes, or all there are.
        tail: the last `TAIL_BYTES` bytes, or all there are.
        size: bytes in all.
        read: reads elsewhere in the data; asked for less than 1 MiB in all.
    """
    return _judge(Data(head, tail, size, read, judge=_judge))


def _judge(data: Data) -> Classified:
    if not data.size:
        return empty("nothing", "no-bytes")
    if not data.head:
        return unknown("data", "nothing-read")
    rules = _BY_FIRST_BYTE[data.head[0]]
    answer = _first(rules, data) if rules else None
    if answer is None and not data.is_plain_ascii:
        answer = _first(ANYWHERE, data)
    return answer or text(data) or binary(data)


def _first(rules: Iterable[Rule], data: Data) -> Classified | None:
    """Return the first rule's answer; text comes last, for armour and codecs are text as well."""
    for rule in rules:
        answer = rule(data)
        if answer is not None:
            return answer
    return None
