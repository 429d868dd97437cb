"""PDF (ISO 32000): the newest trailer names the encryption dictionary, always in the clear.

An encrypted PDF may open with the empty user password (only the owner's rights are restricted): so
that password is tried, by what the standard handler says of it. And a mark is no proof: where
streams decode without a key, it says nothing.
"""

from __future__ import annotations

import re
from itertools import islice

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown, weak
from guardian_agent.magic.binary import reads
from guardian_agent.magic.data import Data
from guardian_agent.magic.inflate import inflated
from guardian_agent.magic.pdf_objects import BrokenError, Name, Reader, Reference, Value, written
from guardian_agent.magic.pdf_password import Handler, handler
from guardian_agent.magic.pdf_trailer import PEEK, object_at, sections
from guardian_agent.wire.facts.words import Encryption

_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"\bstream\r?\n")
_STREAMS_TRIED = 24
_STREAM_MOST = 16 * 1024
_DECODED_LEAST = 256
_WORDS_LEAST = 64
_NO_CIPHER = Name(b"None")
_NEVER_SEALED = (Name(b"XRef"), Name(b"Metadata"))
"""Streams that may lie open in an encrypted document (7.5.8.2, 7.6.3.2)."""


def pdf(data: Data) -> Classified | None:
    """Answer for a PDF; one without its trailer is not judged."""
    if not data.head.startswith(b"%PDF-"):
        return None
    ends = list(_START.finditer(data.tail))
    if not ends:
        return unknown("pdf", "pdf-without-trailer")
    try:
        answer = _by_trailer(data, int(ends[-1][1]))
    except BrokenError:
        return _unparsed(data, [int(end[1]) for end in ends[-4:]])
    if answer.state is Encryption.ENCRYPTED and _goes_on(data.tail[ends[-1].end() :]):
        return unknown("pdf", "pdf-goes-on")
    return answer


def _goes_on(rest: bytes) -> bool:
    """Say whether more than padding stands behind a document's end, of which it says nothing."""
    return len(rest.strip(b"\0\t\n\f\r ")) >= _WORDS_LEAST


def _by_trailer(data: Data, start: int) -> Classified:
    """Answer by the newest trailer; raise `BrokenError`."""
    trailer = next(sections(data, start)).trailer
    if b"Encrypt" in trailer:
        return _encrypted(data, start, trailer)
    if any(b"Encrypt" in section.trailer for section in sections(data, start)):
        return unknown("pdf", "pdf-trailers-disagree")
    if b"Root" not in trailer:
        return unknown("pdf", "pdf-without-trailer")
    return plaintext("pdf", "pdf-no-encrypt")


def _unparsed(data: Data, starts: list[int]) -> Classified:
    """Answer for a PDF that readers must mend: readable if nothing in it speaks of encryption."""
    parts = [data.head, data.tail]
    parts += [data.at(start, min(PEEK, data.size - start)) for start in starts]
    names = [_HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), part) for part in parts]
    if any(b"/Encrypt" in part for part in names):
        return unknown("pdf", "pdf-trailer-unreadable")
    if not any(b"/Root" in part for part in names):
        return unknown("pdf", "pdf-without-trailer")
    return plaintext("pdf", "pdf-no-encrypt")


def _encrypted(data: Data, start: int, trailer: dict[bytes, Value]) -> Classified:
    """Try the empty user password; what cannot be tried is not known."""
    told = _dictionary(data, start, trailer[b"Encrypt"])
    dictionary = _narrowed(told)
    security = None
    if dictionary is not None:
        security = handler(written(dictionary), _identity(trailer))
    if security is None:
        return unknown("pdf", "pdf-owner-password-only-possible")
    if not security.opens and _is_in_part(told):
        return unknown("pdf", "pdf-encrypted-in-part")
    if not security.opens and _is_readable(data):
        return unknown("pdf", "pdf-streams-readable")
    return _judged(security)


def _judged(security: Handler) -> Classified:
    if security.opens:
        return plaintext("pdf", "pdf-opens-without-password")
    if security.is_weak:
        return weak("pdf", "pdf-rc4")
    return encrypted("pdf", "pdf-password-needed", PROVEN)


def _dictionary(data: Data, start: int, told: Value) -> dict[bytes, Value]:
    """Return the encryption dictionary: in the trailer, or the object that it names."""
    if isinstance(told, dict):
        return told
    if isinstance(told, Reference):
        for section in sections(data, start):
            place = section.find(told.number)
            if place is not None:
                return object_at(data, place, told.number)
    raise BrokenError


def _narrowed(dictionary: dict[bytes, Value]) -> dict[bytes, Value] | None:
    """Leave of the named filters the one that is used for streams; None for what is not standard.

    A cipher that is described and not used protects nothing.
    """
    if dictionary.get(b"Filter") != Name(b"Standard"):
        return None
    filters, used = dictionary.get(b"CF"), dictionary.get(b"StmF")
    if not isinstance(filters, dict) or not isinstance(used, Name):
        return dictionary
    filter_ = filters.get(used.text)
    if not isinstance(filter_, dict) or filter_.get(b"CFM", _NO_CIPHER) == _NO_CIPHER:
        return {**dictionary, b"CF": {}, b"StmF": Name(b"Identity")}
    return {**dictionary, b"CF": {used.text: filter_}}


def _is_in_part(dictionary: dict[bytes, Value]) -> bool:
    """Say whether texts or attached files go through another filter than streams (7.6.5).

    Texts of which nothing is said, such as what was filled into a form, lie open.
    """
    streams = dictionary.get(b"StmF")
    if streams is None:
        return False  # older handlers have one cipher for all
    return dictionary.get(b"StrF") != streams or dictionary.get(b"EFF", streams) != streams


def _identity(trailer: dict[bytes, Value]) -> bytes:
    """Return the file's first identifier; it salts the older handlers' keys."""
    told = trailer.get(b"ID")
    first = told[0] if isinstance(told, list) and told else b""
    return first if isinstance(first, bytes) else b""


def _is_readable(data: Data) -> bool:
    """Say whether some stream makes sense without a key that should not."""
    return any(
        _makes_sense(part, found.start(), found.end())
        for part in ((data.head,) if data.whole else (data.head, data.tail))
        for found in islice(_STREAM.finditer(part), _STREAMS_TRIED)
    )


def _makes_sense(part: bytes, stream: int, body: int) -> bool:
    opening = part.rfind(b" obj", max(stream - PEEK, 0), stream)
    try:
        told = Reader(part, opening + 4).dictionary() if opening >= 0 else {}
    except BrokenError:
        told = {}
    if told.get(b"Type") in _NEVER_SEALED:
        return False
    content = part[body : body + _STREAM_MOST].partition(b"endstream")[0]
    if b"Filter" not in told:
        return len(content) >= _WORDS_LEAST and reads(content)
    return len(inflated("zlib", content) or b"") >= _DECODED_LEAST
