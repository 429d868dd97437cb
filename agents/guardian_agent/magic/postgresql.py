"""Pages of PostgreSQL's tables and indexes (`bufpage.h`): pointers in order, size and version."""

from __future__ import annotations

import struct

from guardian_agent.magic.answer import Classified, plaintext
from guardian_agent.magic.data import Data

_PAGE = 8192
_SIZE_AND_VERSION = _PAGE | 4
_PAGES = 3


def heap(data: Data) -> Classified | None:
    """Answer for a relation's file: the first pages must all be pages."""
    if len(data.head) < _PAGE or data.size % _PAGE:
        return None
    places = range(0, min(len(data.head), _PAGES * _PAGE), _PAGE)
    if all(_is_page(data.head[place : place + 24]) for place in places):
        return plaintext("postgresql-page", "postgresql-page-structure")
    return None


def _is_page(header: bytes) -> bool:
    flags, lower, upper, special, size = struct.unpack("<10xHHHHH4x", header)
    in_order = 24 <= lower <= upper <= special <= _PAGE
    return bool(in_order and size == _SIZE_AND_VERSION and flags < 8)
