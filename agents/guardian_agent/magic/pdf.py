"""PDF (ISO 32000): `/Encrypt` stands in a trailer, always in the clear.

An encrypted PDF may open with the empty user password (only the owner's rights are restricted): so
that password is tried, by what the standard handler says of it.
"""

from __future__ import annotations

import re

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown, weak
from guardian_agent.magic.data import Data
from guardian_agent.magic.pdf_password import Handler, handler, string_at

_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_CROSS_REFERENCE_PEEK = 4096
_REFERENCE = re.compile(rb"/Encrypt\s+(\d{1,9})\s+(\d{1,5})\s+R")
_INLINE = re.compile(rb"/Encrypt\s*<<")
_IDENTITY = re.compile(rb"/ID\s*\[\s*")
_DICTIONARY_MOST = 4096
_SEARCHED = 256 * 1024


def pdf(data: Data) -> Classified | None:
    """Answer for a PDF; one without its trailer is not judged."""
    if not data.head.startswith(b"%PDF-"):
        return None
    starts = _START.findall(data.tail)
    if not starts:
        return unknown("pdf", "pdf-without-trailer")
    parts = [data.head, data.tail]
    parts += [data.at(int(start), _CROSS_REFERENCE_PEEK) for start in starts[-4:]]
    for part in parts:
        if b"/Encrypt" in _names(part):
            return _encrypted(data, parts, _names(part))
    if not any(b"/Root" in _names(part) for part in parts):
        return unknown("pdf", "pdf-without-trailer")
    return plaintext("pdf", "pdf-no-encrypt")


def _encrypted(data: Data, parts: list[bytes], trailer: bytes) -> Classified:
    """Try the empty user password; what cannot be tried is not known."""
    dictionary = _dictionary(data, parts, trailer)
    security = handler(dictionary, _identity(trailer)) if dictionary else None
    if security is None:
        return unknown("pdf", "pdf-owner-password-only-possible")
    return _judged(security)


def _judged(security: Handler) -> Classified:
    if security.opens:
        return plaintext("pdf", "pdf-opens-without-password")
    if security.is_weak:
        return weak("pdf", "pdf-rc4")
    return encrypted("pdf", "pdf-password-needed", PROVEN)


def _dictionary(data: Data, parts: list[bytes], trailer: bytes) -> bytes | None:
    """Find the encryption dictionary: in the trailer, or the object that it names."""
    if (inline := _INLINE.search(trailer)) is not None:
        return trailer[inline.start() : inline.start() + _DICTIONARY_MOST]
    reference = _REFERENCE.search(trailer)
    if reference is None:
        return None
    mark = re.compile(rb"(?:^|[\r\n\s])%b\s+%b\s+obj\b" % (reference[1], reference[2]))
    middle = data.at(len(data.head), min(_SEARCHED, max(data.size - len(data.head), 0)))
    for part in (*reversed(parts), middle):
        found = mark.search(part)
        if found is not None:
            return part[found.start() : found.start() + _DICTIONARY_MOST]
    return None


def _identity(trailer: bytes) -> bytes:
    """Return the file's first identifier; it salts the older handlers' keys."""
    found = _IDENTITY.search(trailer)
    return (string_at(trailer, found.end()) or b"") if found else b""


def _names(part: bytes) -> bytes:
    """Undo the hexadecimal escapes that names may be written with."""
    return _HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), part)
