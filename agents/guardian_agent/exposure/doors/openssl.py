"""OpenSSL's `enc`: `Salted__`, a salt, AES-256-CBC; nothing in it says whether a key fits.

So a key is believed only where what comes out is data that a reader makes sense of. Both ways in
which OpenSSL derives keys by default are tried: `-pbkdf2`, and the older single round.
"""

from __future__ import annotations

import hashlib
from functools import partial

from guardian_agent.exposure.doors.ciphers import BLOCK, decrypt_cbc
from guardian_agent.exposure.doors.derive import pbkdf2
from guardian_agent.exposure.doors.lock import Lock, Look
from guardian_agent.magic import classify
from guardian_agent.wire.facts.words import Encryption

_MAGIC = b"Salted__"
_PEEK = 32 * 1024
_KEY = 32
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
    for derive in _WAYS:
        if whole and not _is_padded(derive(secret, salt, _KEY), body):
            continue
        made = derive(secret, salt, _KEY + BLOCK)
        plain = decrypt_cbc(made[:_KEY], made[_KEY:], body)
        if _makes_sense(plain[: -plain[-1]] if whole else plain, whole=whole):
            return True
    return False


def _is_padded(key: bytes, body: bytes) -> bool:
    """Say whether the last block ends as it must: all wrong keys but one in sixteen end here.

    The key alone tells, and costs half of what it costs with the initial vector.
    """
    blocks = body[: len(body) - len(body) % BLOCK]
    last = decrypt_cbc(key, blocks[-2 * BLOCK : -BLOCK], blocks[-BLOCK:])
    return 1 <= last[-1] <= BLOCK


def _by_rounds(secret: bytes, salt: bytes, length: int) -> bytes:
    return pbkdf2("sha256", secret, salt, _ROUNDS, length)


def _by_digest(name: str, secret: bytes, salt: bytes, length: int) -> bytes:
    made = last = b""
    while len(made) < length:
        last = hashlib.new(name, last + secret + salt, usedforsecurity=False).digest()
        made += last
    return made[:length]


_WAYS = (_by_rounds, partial(_by_digest, "sha256"), partial(_by_digest, "md5"))
"""How a key is made, and behind it the initial vector; a shorter answer begins a longer one."""


def _makes_sense(plain: bytes, *, whole: bool) -> bool:
    if len(plain) < _LEAST - BLOCK:
        return False
    size = len(plain) if whole else 1 << 62
    tail = plain if whole else b""
    found = classify(plain, tail, size, lambda place, count: plain[place : place + count])
    return found.state is Encryption.PLAINTEXT
