"""OpenSSL's `enc`: `Salted__`, a salt, AES-256-CBC; nothing in it says whether a key fits.

So a key is believed only where what comes out is data that a reader makes sense of. Both ways in
which OpenSSL derives keys by default are tried: `-pbkdf2`, and the older single round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from guardian_agent.exposure.doors.ciphers import BLOCK, decrypt_cbc
from guardian_agent.exposure.doors.derive import pbkdf2
from guardian_agent.exposure.doors.lock import Lock, Look
from guardian_agent.magic import classify
from guardian_agent.wire.facts.words import Encryption

_MAGIC = b"Salted__"
_PEEK = 32 * 1024
_ROUNDS = 10_000
_LEAST = 64
"""Fewer bytes could make sense by chance."""


def openssl(look: Look) -> Lock | None:
    """Return the file's lock."""
    if not look.head.startswith(_MAGIC) or look.size < 2 * len(_MAGIC) + _LEAST:
        return None
    head = look.head[: 2 * len(_MAGIC) + _PEEK]
    whole = look.size <= len(head)
    return Lock(material=head, opens=lambda secret: _opens(head, secret, whole=whole))


def _opens(head: bytes, secret: bytes, *, whole: bool) -> bool:
    salt, body = head[8:16], head[16:]
    for key in _keys(secret, salt):
        plain = decrypt_cbc(key[:32], key[32:], body)
        if whole:
            plain = plain[: -plain[-1]] if 1 <= plain[-1] <= BLOCK else b""
        if _makes_sense(plain, whole=whole):
            return True
    return False


def _keys(secret: bytes, salt: bytes) -> Iterator[bytes]:
    """Yield key and initial vector, 48 bytes, one way after the other."""
    yield pbkdf2("sha256", secret, salt, _ROUNDS, 48)
    for name in ("sha256", "md5"):
        made = last = b""
        while len(made) < 48:
            last = hashlib.new(name, last + secret + salt, usedforsecurity=False).digest()
            made += last
        yield made[:48]


def _makes_sense(plain: bytes, *, whole: bool) -> bool:
    if len(plain) < _LEAST - BLOCK:
        return False
    size = len(plain) if whole else 1 << 62
    tail = plain if whole else b""
    found = classify(plain, tail, size, lambda place, count: plain[place : place + count])
    return found.state is Encryption.PLAINTEXT
