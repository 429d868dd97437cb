"""AES Crypt 1 and 2 (Duplicati's `.aes`): a password, hashed 8,192 times, and an HMAC.

Source: the AES Crypt file format.
"""

from __future__ import annotations

import hashlib
import hmac

from guardian_agent.exposure.doors.lock import Lock, Look

_ROUNDS = 8192
_WRAPPED = 48
_MAC = 32


def aes_crypt(look: Look) -> Lock | None:
    """Return the file's lock."""
    if look.head[:3] != b"AES" or look.head[3:5] not in {b"\x01\x00", b"\x02\x00"}:
        return None
    start = 5 if look.head[3] == 1 else _after_extensions(look.head)
    material = look.head[start : start + 16 + _WRAPPED + _MAC]
    if len(material) < 16 + _WRAPPED + _MAC:
        return None
    return Lock(material=material, opens=lambda secret: _opens(material, secret))


def _after_extensions(head: bytes) -> int:
    """Return where the extension blocks end; past the head where they do not."""
    place = 5
    while place + 2 <= len(head):
        length = int.from_bytes(head[place : place + 2])
        place += 2 + length
        if not length:
            return place
    return len(head)


def _opens(material: bytes, secret: bytes) -> bool:
    password = secret.decode("utf-8", "surrogateescape").encode("utf-16-le", "surrogatepass")
    key = material[:16].ljust(32, b"\0")
    for _ in range(_ROUNDS):
        key = hashlib.sha256(key + password).digest()
    wrapped = material[16 : 16 + _WRAPPED]
    return hmac.compare_digest(hmac.digest(key, wrapped, hashlib.sha256), material[-_MAC:])
