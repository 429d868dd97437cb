"""PDF: the standard security handler. An empty user password means that everybody may read.

That a document says "printing not allowed" has to do with its owner's password alone.
"""

from __future__ import annotations

import re

from guardian_agent.exposure.doors.lock import CannotTryError, Lock, Look
from guardian_agent.magic.pdf_password import handler, string_at

_PEEK = 4 * 1024 * 1024
"""Read of either end: what decides is small and stands near one of them."""
_DICTIONARY_MOST = 4096
_REFERENCE = re.compile(rb"/Encrypt\s+(\d{1,10})\s+(\d{1,5})\s+R")
_DIRECT = re.compile(rb"/Encrypt\s*(?=<<)")
_ID = re.compile(rb"/ID\s*\[\s*")


def pdf(look: Look) -> Lock | None:
    """Return the document's lock; None where it has none, or it is not found."""
    if not look.head.startswith(b"%PDF-"):
        return None
    data = _ends(look)
    place = _dictionary_at(data)
    if place is None:
        return None
    dictionary, identity = data[place : place + _DICTIONARY_MOST], _identity(data)
    return Lock(
        material=dictionary + identity, opens=lambda secret: _opens(dictionary, identity, secret)
    )


def _ends(look: Look) -> bytes:
    if look.size <= 2 * _PEEK:
        return look.read(0, look.size)
    return look.read(0, _PEEK) + look.read(look.size - _PEEK, _PEEK)


def _dictionary_at(data: bytes) -> int | None:
    """Find the newest encryption dictionary: a file may have been saved several times."""
    places = [found.end() for found in _DIRECT.finditer(data)]
    references = _REFERENCE.findall(data)
    if references:
        opening = rb"(?<!\d)%b\s+%b\s+obj" % references[-1]
        places += [found.end() for found in re.finditer(opening, data)]
    return places[-1] if places else None


def _identity(data: bytes) -> bytes:
    """Return the first part of the file's identifier; a file may have none."""
    places = [found.end() for found in _ID.finditer(data)]
    return (string_at(data, places[-1]) or b"") if places else b""


def _opens(dictionary: bytes, identity: bytes, secret: bytes) -> bool:
    found = handler(dictionary, identity, secret)
    if found is None:
        raise CannotTryError
    return found.opens
