"""The standard security handler of PDF: does a user password, the empty one above all, open it?

Source: ISO 32000-1, 7.6.3 (revisions 2 to 4) and ISO 32000-2, 7.6.4 (revision 6; 5 is Adobe's
extension level 3). Only the check of a password is done here; nothing is decrypted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_ESCAPES = {110: 10, 114: 13, 116: 9, 98: 8, 102: 12}
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_WEAK_REVISIONS = (2, 3)
"""RC4, of 40 to 128 bits; revision 4 names its cipher, later ones have AES alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """What an encryption dictionary amounts to."""

    opens: bool
    is_weak: bool


def handler(dictionary: bytes, identity: bytes, secret: bytes = b"") -> Handler | None:
    """Judge an encryption dictionary; None for one that cannot be judged.

    Args:
        dictionary: its bytes, what follows included.
        identity: the first string of the trailer's `/ID`.
        secret: the user password that is tried.
    """
    revision, user = integer(dictionary, b"R"), string(dictionary, b"U")
    if b"/Standard" not in dictionary or revision is None or user is None:
        return None
    if revision >= 4 and not _filters_streams(dictionary):
        return Handler(opens=True, is_weak=False)
    is_aes = b"/AESV" in dictionary
    if revision in {5, 6} and len(user) >= 48:
        return Handler(opens=_opens_new(revision, user, secret[:127]), is_weak=False)
    if revision not in {2, 3, 4} or len(user) < 32:
        return None
    opens = _opens_old(revision, dictionary, user, (identity, secret))
    if opens is None:
        return None
    return Handler(opens=opens, is_weak=revision in _WEAK_REVISIONS or not is_aes)


def _filters_streams(dictionary: bytes) -> bool:
    """Say whether pages are encrypted at all: the default filter is `Identity` (7.6.5).

    So are documents of which only the attachments ask for a password.
    """
    named = re.search(rb"/StmF\s*/(\w+)", dictionary)
    return named is not None and named[1] != b"Identity"


def _opens_old(
    revision: int, dictionary: bytes, user: bytes, known: tuple[bytes, bytes]
) -> bool | None:
    """Algorithms 2, 4 and 5."""
    identity, password = known
    owner, permissions = string(dictionary, b"O"), integer(dictionary, b"P")
    if owner is None or permissions is None:
        return None
    bits = {2: 40, 4: 128}.get(revision) or integer(dictionary, b"Length") or 40
    length = bits // 8
    if not 5 <= length <= 16:
        return None
    padded = (password + _PADDING)[:32]
    secret = padded + owner[:32] + (permissions & 0xFFFF_FFFF).to_bytes(4, "little") + identity
    if revision == 4 and re.search(rb"/EncryptMetadata\s+false", dictionary):
        secret += b"\xff\xff\xff\xff"
    key = _md5(secret)
    for _ in range(50 if revision > 2 else 0):
        key = _md5(key[:length])
    key = key[:length]
    if revision == 2:
        return rc4(key, _PADDING) == user[:32]
    value = _md5(_PADDING + identity)
    for step in range(20):
        value = rc4(bytes(byte ^ step for byte in key), value)
    return value == user[:16]


def _opens_new(revision: int, user: bytes, secret: bytes) -> bool:
    """Algorithm 11: the hash of the password and its validation salt."""
    salt = user[32:40]
    hashed = hashlib.sha256(secret + salt).digest()
    if revision == 6:
        hashed = _hardened(hashed, secret)
    return hashed == user[:32]


def _hardened(block: bytes, secret: bytes) -> bytes:
    """Algorithm 2.B for a user password: at least 64 rounds of AES and SHA-2."""
    from cryptography.hazmat.primitives.ciphers import (  # noqa: PLC0415 - few files need it
        Cipher,
        algorithms,
        modes,
    )

    count = 0
    while True:
        cipher = Cipher(algorithms.AES(block[:16]), modes.CBC(block[16:32])).encryptor()
        mixed = cipher.update((secret + block) * 64)
        digest = ("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3]
        block = hashlib.new(digest, mixed).digest()
        count += 1
        if count >= 64 and mixed[-1] <= count - 32:
            return block[:32]


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def rc4(key: bytes, data: bytes) -> bytes:
    """RC4, for a few bytes at a time."""
    state = list(range(256))
    other = 0
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) & 255
        state[place], state[other] = state[other], state[place]
    out = bytearray()
    first = second = 0
    for byte in data:
        first = (first + 1) & 255
        second = (second + state[first]) & 255
        state[first], state[second] = state[second], state[first]
        out.append(byte ^ state[(state[first] + state[second]) & 255])
    return bytes(out)


def integer(dictionary: bytes, name: bytes) -> int | None:
    """Return a number of a dictionary; the first of that name."""
    found = re.search(rb"/%b\s+(-?\d{1,12})\b" % name, dictionary)
    return None if found is None else int(found[1])


def string(dictionary: bytes, name: bytes) -> bytes | None:
    """Return a string of a dictionary; None when there is none of that name."""
    found = re.search(rb"/%b\s*(?=[<(])" % name, dictionary)
    return string_at(dictionary, found.end()) if found else None


def string_at(text: bytes, place: int) -> bytes | None:
    """Read the string at a place, written literally or in hexadecimal; None when there is none."""
    if text[place : place + 1] == b"(":
        return literal(text, place + 1)[0]
    found = _HEXADECIMAL.match(text, place)
    if found is None:
        return None
    digits = b"".join(found[1].split()).decode("ascii")
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def literal(text: bytes, place: int) -> tuple[bytes, int]:
    """Read a literal string from behind its parenthesis, escapes and nesting undone.

    Returns:
        The string, and the place behind it.
    """
    out = bytearray()
    depth = 1
    while place < len(text):
        byte = text[place]
        place += 1
        if byte == 0x5C:  # a backslash
            place = _escape(text, place, out)
            continue
        depth += (byte == 0x28) - (byte == 0x29)
        if not depth:
            break
        out.append(byte)
    return bytes(out), place


def _escape(text: bytes, place: int, out: bytearray) -> int:
    """Append what stands behind a backslash; return where it ends."""
    digits = re.compile(rb"[0-7]{1,3}").match(text, place)
    if digits is not None:
        out.append(int(digits[0], 8) & 255)
        return digits.end()
    following = text[place : place + 1]
    if following == b"\r" and text[place + 1 : place + 2] == b"\n":
        return place + 2
    if following not in {b"\n", b"\r", b""}:
        out.append(_ESCAPES.get(following[0], following[0]))
    return place + 1
