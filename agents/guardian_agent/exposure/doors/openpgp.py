"""OpenPGP for a password (`gpg --symmetric`): RFC 4880 and 9580, packets of version 4 and 1.

A key is believed where the two bytes that repeat do, and an OpenPGP packet comes out. Messages for
recipients, and those of other versions, are not tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.exposure.doors.ciphers import BLOCK, decrypt_cfb
from guardian_agent.exposure.doors.lock import CannotTryError, Lock, Look
from guardian_agent.magic import classify

_PEEK = 16 * 1024
_MOST_PACKETS = 20
_MOST_KEYS = 4
_SKESK, _PROTECTED = 3, 18
_KEY_BYTES = {7: 16, 8: 24, 9: 32}
"""AES; the older ciphers are not tried."""
_HASHES = {1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224"}
_SIMPLE, _SALTED, _ITERATED = 0, 1, 3


def openpgp(look: Look) -> Lock | None:
    """Return the lock of a message for passwords; each of them opens it."""
    if not look.head or not look.head[0] & 0x80:
        return None
    packets = list(_packets(look.head))
    keys = [body for tag, body in packets if tag == _SKESK and body[:1] == b"\x04"][:_MOST_KEYS]
    bodies = [body for tag, body in packets if tag == _PROTECTED and body[:1] == b"\x01"]
    if not keys or not bodies:
        return None
    sealed = bodies[0][1 : 1 + _PEEK]
    return Lock(
        material=b"".join((*keys, sealed)),
        opens=lambda secret: any(_opens(key, sealed, secret) for key in keys),
    )


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and body; a body in pieces, or one that goes on, is cut to what is here."""
    place = 0
    for _ in range(_MOST_PACKETS):
        header = _header(data, place)
        if header is None:
            return
        yield header.tag, data[header.start : header.start + header.length]
        place = header.start + header.length


@dataclass(frozen=True, slots=True)
class _Header:
    tag: int
    start: int
    length: int


def _header(data: bytes, place: int) -> _Header | None:
    if place + 6 > len(data) or not data[place] & 0x80:
        return None
    first, second = data[place], data[place + 1]
    if not first & 0x40:
        width = 1 << (first & 3)
        length = int.from_bytes(data[place + 1 : place + 1 + width]) if width < 8 else len(data)
        return _Header(first >> 2 & 15, place + 1 + width % 8, length)
    tag = first & 63
    if second < 192:  # RFC 9580, 4.2.1.1
        return _Header(tag, place + 2, second)
    if second < 224:
        return _Header(tag, place + 3, ((second - 192) << 8) + data[place + 2] + 192)
    if second < 255:  # the first of several pieces
        return _Header(tag, place + 2, 1 << (second & 31))
    return _Header(tag, place + 6, int.from_bytes(data[place + 2 : place + 6]))


def _opens(key: bytes, sealed: bytes, secret: bytes) -> bool:
    cipher, session = _session_key(key, secret)
    if len(session) != _KEY_BYTES.get(cipher):
        return False
    plain = decrypt_cfb(session, sealed)
    again, rest = plain[BLOCK : BLOCK + 2], plain[BLOCK + 2 :]
    if again != plain[BLOCK - 2 : BLOCK] or len(rest) < BLOCK:
        return False
    found = classify(rest, b"", 1 << 62, lambda place, count: rest[place : place + count])
    return found.kind == "openpgp"


def _session_key(key: bytes, secret: bytes) -> tuple[int, bytes]:
    """Return the cipher and its key, which the password makes or unwraps."""
    cipher, method, name = key[1], key[2], _HASHES.get(key[3])
    length = _KEY_BYTES.get(cipher)
    if length is None or name is None or method not in {_SIMPLE, _SALTED, _ITERATED}:
        raise CannotTryError
    end = {_SIMPLE: 4, _SALTED: 12, _ITERATED: 13}[method]
    count = (16 + (key[12] & 15)) << ((key[12] >> 4) + 6) if method == _ITERATED else 0
    made = _stretched(name, key[4:12] if method else b"", secret, count, length)
    if len(key) == end:
        return cipher, made
    wrapped = decrypt_cfb(made, key[end:])
    return wrapped[0], wrapped[1:]


def _stretched(name: str, salt: bytes, secret: bytes, count: int, length: int) -> bytes:
    """Return the string-to-key function's output (RFC 9580, 3.7.1): at most 62 MiB are hashed."""
    unit = salt + secret
    count = max(count, len(unit))
    made = b""
    zeros = 0
    while len(made) < length:
        digest = hashlib.new(name, bytes(zeros), usedforsecurity=False)
        many = unit * max(1, 65536 // max(1, len(unit)))
        left = count
        while left > 0 and many:
            digest.update(many[:left])
            left -= len(many)
        made += digest.digest()
        zeros += 1
    return made[:length]
