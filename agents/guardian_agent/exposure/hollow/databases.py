"""SQLite: every page says by its first byte what it is."""

from __future__ import annotations

from typing import Final

from guardian_agent.exposure.hollow.samples import WINDOW
from guardian_agent.magic import Read
from guardian_agent.magic.randomness import looks_random

_PAGE_TYPES: Final = frozenset(b"\x00\x01\x02\x03\x04\x05\x0a\x0d")
"""b-tree pages, pointer maps, and the first byte of an overflow or free page's link."""
_PAGES: Final = 16


def is_hollow_sqlite(size: int, read: Read) -> bool:
    """Pages without a type, and random: two, and one in seven of those looked at."""
    stated = int.from_bytes(read(16, 2), "big")
    page = 65536 if stated == 1 else max(stated, 512)
    count = size // page
    numbers = sorted({1 + (count - 2) * index // (_PAGES - 1) for index in range(_PAGES)})
    pages = [read(number * page, min(page, WINDOW)) for number in numbers if 0 < number < count]
    broken = sum(each[0] not in _PAGE_TYPES and looks_random(each) for each in pages if each)
    return broken > 1 and broken * 7 > len(pages)
