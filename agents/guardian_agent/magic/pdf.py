"""PDF (ISO 32000): `/Encrypt` stands in a trailer, always in the clear.

An encrypted PDF may open with the empty user password (only the owner's rights are restricted), so
`/Encrypt` alone does not prove that a stranger cannot read it.
"""

from __future__ import annotations

import re

from guardian_agent.magic.answer import Classified, plaintext, unknown
from guardian_agent.magic.data import Data

_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_CROSS_REFERENCE_PEEK = 4096


def pdf(data: Data) -> Classified | None:
    """Answer for a PDF; one without its trailer is not judged."""
    if not data.head.startswith(b"%PDF-"):
        return None
    starts = _START.findall(data.tail)
    if not starts:
        return unknown("pdf", "pdf-without-trailer")
    parts = [data.head, data.tail]
    parts += [data.at(int(start), _CROSS_REFERENCE_PEEK) for start in starts]
    if any(b"/Encrypt" in _names(part) for part in parts):
        return unknown("pdf", "pdf-owner-password-only-possible")
    if not any(b"/Root" in _names(part) for part in parts):
        return unknown("pdf", "pdf-without-trailer")
    return plaintext("pdf", "pdf-no-encrypt")


def _names(part: bytes) -> bytes:
    """Undo the hexadecimal escapes that names may be written with."""
    return _HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), part)
