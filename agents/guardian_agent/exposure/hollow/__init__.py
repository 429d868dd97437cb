"""A header that was left standing before encrypted contents: a cheap walk through the structure.

Whoever encrypts and spares the beginning deceives a look at the beginning. What is broken further
on counts only where the bytes look random there, or where it is broken in several places: damage
and a file cut short are no encryption.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from guardian_agent.exposure.hollow.databases import is_hollow_sqlite
from guardian_agent.exposure.hollow.documents import is_hollow_pdf, is_hollow_zip
from guardian_agent.exposure.hollow.pictures import is_hollow_jpeg, is_hollow_png
from guardian_agent.exposure.hollow.samples import random_among, spread
from guardian_agent.magic import HEAD_BYTES, Read

_SAMPLES: Final = 24
_WALKS: Final[tuple[tuple[bytes, Callable[[int, Read], bool]], ...]] = (
    (b"PK\x03\x04", is_hollow_zip),
    (b"\x89PNG\r\n\x1a\n", is_hollow_png),
    (b"SQLite format 3\x00", is_hollow_sqlite),
    (b"\xff\xd8\xff", is_hollow_jpeg),
    (b"%PDF-", is_hollow_pdf),
)


def is_hollow(kind: str, size: int, read: Read) -> bool:
    """Say whether a file of a recognised format is ciphertext behind its header.

    Asks `read` for at most 256 KiB; False for formats without a walk.
    """
    if kind == "text":
        return size > HEAD_BYTES and _has_random_windows(size, read)
    head = read(0, 32)
    return any(walk(size, read) for magic, walk in _WALKS if head.startswith(magic))


def _has_random_windows(size: int, read: Read) -> bool:
    """Text: two windows of random bytes behind what the classifier has read."""
    windows = spread(HEAD_BYTES, size, _SAMPLES, read)
    return random_among(each for each in windows if not each.isascii()) > 1
