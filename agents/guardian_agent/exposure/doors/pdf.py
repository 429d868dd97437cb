"""PDF: the standard security handler. An empty user password means that everybody may read.

Source: ISO 32000-2, 7.6.4 (revisions 2, 3, 4 and 6), and Adobe's revision 5. That a document says
"printing not allowed" has to do with its owner's password alone.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from guardian_agent.exposure.doors.ciphers import encrypt_cbc
from guardian_agent.exposure.doors.lock import CannotTryError, Lock, Look
from guardian_agent.exposure.doors.pdf_words import Value, read_value

_PEEK = 4 * 1024 * 1024
"""Read of either end: what decides is small and stands near one of them."""
_REFERENCE = re.compile(rb"/Encrypt\s+(\d{1,10})\s+(\d{1,5})\s+R")
_DIRECT = re.compile(rb"/Encrypt\s*(?=<<)")
_ID = re.compile(rb"/ID\s*(?=\[)")
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_LEAST_R, _HASHED_R, _NEWEST_R = 2, 5, 6


def pdf(look: Look) -> Lock | None:
    """Return the document's lock; None where it has none, or it is not found."""
    if not look.head.startswith(b"%PDF-"):
        return None
    data = _ends(look)
    known = _dictionary(data)
    if known is None or known.get("/Filter") != "/Standard":
        return None
    identity = _identity(data)
    material = repr(sorted((name, str(value)) for name, value in known.items())).encode() + identity
    return Lock(material=material, opens=lambda secret: _opens(known, identity, secret))


def _ends(look: Look) -> bytes:
    if look.size <= 2 * _PEEK:
        return look.read(0, look.size)
    return look.read(0, _PEEK) + look.read(look.size - _PEEK, _PEEK)


def _dictionary(data: bytes) -> dict[str, Value] | None:
    """Return the newest encryption dictionary: a file may have been saved several times."""
    places = [found.end() for found in _DIRECT.finditer(data)]
    for number, generation in reversed(_REFERENCE.findall(data)):
        opening = rb"(?<!\d)" + number + rb"\s+" + generation + rb"\s+obj"
        places += [found.end() for found in re.finditer(opening, data)]
        break
    if not places:
        return None
    found = read_value(data, places[-1])
    return found if isinstance(found, dict) else None


def _identity(data: bytes) -> bytes:
    """Return the first part of the file's identifier; a file may have none."""
    places = [found.end() for found in _ID.finditer(data)]
    found = read_value(data, places[-1]) if places else None
    first = found[0] if isinstance(found, list) and found else b""
    return first if isinstance(first, bytes) else b""


def _opens(known: Mapping[str, Value], identity: bytes, secret: bytes) -> bool:
    revision, user = known.get("/R"), known.get("/U")
    if not isinstance(revision, int) or not isinstance(user, bytes):
        raise CannotTryError
    if revision in {_HASHED_R, _NEWEST_R}:
        salt = user[32:40]
        made = _hardened(secret, salt) if revision == _NEWEST_R else _sha256(secret + salt)
        return len(salt) == 8 and hmac.compare_digest(made, user[:32])
    if not _LEAST_R <= revision < _HASHED_R:
        raise CannotTryError
    key = _key(known, revision, identity, secret)
    if revision == _LEAST_R:
        return hmac.compare_digest(_rc4(key, _PADDING), user)
    made = _md5(_PADDING + identity)
    for number in range(20):
        made = _rc4(bytes(byte ^ number for byte in key), made)
    return hmac.compare_digest(made, user[:16])


def _key(known: Mapping[str, Value], revision: int, identity: bytes, secret: bytes) -> bytes:
    """Compute the file's key (algorithm 2)."""
    owner, rights, bits = known.get("/O"), known.get("/P"), known.get("/Length", 40)
    if not isinstance(owner, bytes) or not isinstance(rights, int) or not isinstance(bits, int):
        raise CannotTryError
    length = {2: 5, 4: 16}.get(revision, bits // 8)
    if known.get("/V") == 4:
        length = 16
    if not 5 <= length <= 16:
        raise CannotTryError
    text = (secret + _PADDING)[:32] + owner[:32] + (rights & 0xFFFFFFFF).to_bytes(4, "little")
    is_bare = revision == 4 and known.get("/EncryptMetadata") is False
    key = _md5(text + identity + (b"\xff" * 4 if is_bare else b""))
    for _ in range(50 if revision > _LEAST_R else 0):
        key = _md5(key[:length])
    return key[:length]


def _hardened(secret: bytes, salt: bytes) -> bytes:
    """Compute revision 6's hash of a user password (algorithm 2.B)."""
    key = _sha256(secret[:127] + salt)
    number, last = 0, 0
    while number < 64 or last > number - 32:
        mixed = encrypt_cbc(key[:16], key[16:32], (secret[:127] + key) * 64)
        name = ("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3]
        key = hashlib.new(name, mixed).digest()
        number, last = number + 1, mixed[-1]
    return key[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for one in range(256):
        other = (other + state[one] + key[one % len(key)]) & 0xFF
        state[one], state[other] = state[other], state[one]
    out, one, other = bytearray(), 0, 0
    for byte in data:
        one = (one + 1) & 0xFF
        other = (other + state[one]) & 0xFF
        state[one], state[other] = state[other], state[one]
        out.append(byte ^ state[(state[one] + state[other]) & 0xFF])
    return bytes(out)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
