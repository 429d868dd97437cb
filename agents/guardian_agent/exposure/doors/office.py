"""Encrypted Office documents: agile (2010 and later) and standard (2007) encryption.

Source: MS-OFFCRYPTO 2.3.4. Both keep a random value and its hash under the password's key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode

from guardian_agent.exposure.doors.ciphers import decrypt_blocks, decrypt_cbc, xored
from guardian_agent.exposure.doors.compound import MAGIC, Compound
from guardian_agent.exposure.doors.derive import check_rounds
from guardian_agent.exposure.doors.lock import CannotTryError, Lock, Look
from guardian_agent.exposure.doors.published import EXCEL

_MOST_ROUNDS = 1_000_000
"""The format allows ten times as many, each a step in Python."""
_STANDARD_ROUNDS = 50_000
_KEY = re.compile(rb"<(?:\w+:)?encryptedKey\s([^>]{1,4096})>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]{0,1024})"')
_FOR_INPUT = bytes.fromhex("fea7d2763b4b9e79")
_FOR_VALUE = bytes.fromhex("d7aa0f6d3061344e")
_HASHES = {b"SHA1": "sha1", b"SHA256": "sha256", b"SHA384": "sha384", b"SHA512": "sha512"}


def office(look: Look) -> Lock | None:
    """Return the document's lock."""
    if not look.head.startswith(MAGIC):
        return None
    info = Compound(look).stream("EncryptionInfo")
    if info[:4] == b"\x04\x00\x04\x00":
        return Lock(material=info, opens=lambda secret: _agile(info, secret), published=EXCEL)
    if info[:1] in {b"\x02", b"\x03", b"\x04"} and info[2:4] == b"\x02\x00":
        return Lock(material=info, opens=lambda secret: _standard(info, secret), published=EXCEL)
    return None


def _agile(info: bytes, secret: bytes) -> bool:
    found = _KEY.search(info)
    if found is None:
        raise CannotTryError
    known = dict(_ATTRIBUTE.findall(found[1]))
    name = _HASHES.get(known[b"hashAlgorithm"])
    if name is None or known[b"cipherAlgorithm"] != b"AES":
        raise CannotTryError
    if known[b"cipherChaining"] != b"ChainingModeCBC" or int(known[b"spinCount"]) > _MOST_ROUNDS:
        raise CannotTryError
    salt, length = b64decode(known[b"saltValue"]), int(known[b"keyBits"]) // 8
    spun = _spun(name, salt, secret, int(known[b"spinCount"]))
    start = salt[:16].ljust(16, b"\x36")

    def decrypted(field: bytes, purpose: bytes) -> bytes:
        key = hashlib.new(name, spun + purpose).digest()[:length].ljust(length, b"\x36")
        return decrypt_cbc(key, start, b64decode(known[field]))

    value = decrypted(b"encryptedVerifierHashInput", _FOR_INPUT)[: int(known[b"saltSize"])]
    expected = decrypted(b"encryptedVerifierHashValue", _FOR_VALUE)
    digest = hashlib.new(name, value).digest()
    return hmac.compare_digest(digest, expected[: len(digest)])


def _standard(info: bytes, secret: bytes) -> bool:
    header_bytes = int.from_bytes(info[8:12], "little")
    header, verifier = info[12 : 12 + header_bytes], info[12 + header_bytes :]
    length = int.from_bytes(header[16:20], "little") // 8
    salt, value, expected = verifier[4:20], verifier[20:36], verifier[40:72]
    if length not in {16, 24, 32} or len(expected) != 32:
        raise CannotTryError
    spun = _spun("sha1", salt, secret, _STANDARD_ROUNDS)
    last = _sha1(spun + bytes(4)).ljust(64, b"\0")
    key = b"".join(_sha1(xored(last, bytes([byte]) * 64)) for byte in (0x36, 0x5C))[:length]
    digest = _sha1(decrypt_blocks(key, value))
    return hmac.compare_digest(digest, decrypt_blocks(key, expected)[:20])


def _spun(name: str, salt: bytes, secret: bytes, rounds: int) -> bytes:
    check_rounds(max(1, rounds))
    password = secret.decode("utf-8", "surrogateescape").encode("utf-16-le", "surrogatepass")
    spun = hashlib.new(name, salt + password).digest()
    for number in range(rounds):
        spun = hashlib.new(name, number.to_bytes(4, "little") + spun).digest()
    return spun


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
