"""Containers made by the real tools (restic 0.14, borg 1.2.4, gocryptfs 2.3, cryptsetup 2.6.1,
GnuPG 2.2.40, OpenSSL 3.0, age 1.1.1, pyAesCrypt, pikepdf, msoffcrypto-tool, pyzipper, 7-Zip).

`PASSWORD` opens those called `locked`; `empty` ones open with the empty password.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.base import Cipher
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.poly1305 import Poly1305

FIXTURES = Path(__file__).parents[3] / "fixtures"
DOORS = FIXTURES / "doors"
SAMPLES = FIXTURES / "encryption"
PASSWORD = b"test-only-pass"

LOCKED = {
    "aescrypt-locked.aes": DOORS,
    "gocryptfs.conf": DOORS,
    "gpg-locked.gpg": DOORS,
    "gpg-symmetric-armor.asc": SAMPLES,
    "luks1.bin": DOORS,
    "luks2-argon2id.bin": DOORS,
    "openssl-aes256cbc-salted.enc": SAMPLES,
    "openssl-md5.enc": DOORS,
    "pdf-aes128.pdf": SAMPLES,
    "pdf-aes256.pdf": SAMPLES,
    "pdf-r2-locked.pdf": DOORS,
    "pdf-r3-locked.pdf": DOORS,
    "pdf-r4-locked.pdf": DOORS,
    "pdf-r5-locked.pdf": DOORS,
    "pdf-r6-locked.pdf": DOORS,
    "xlsx-encrypted.xlsx": SAMPLES,
    "xlsx-locked.xlsx": DOORS,
    "zip-aes128-pyzipper.zip": SAMPLES,
    "zip-aes256.zip": SAMPLES,
    "zip-zipcrypto-weak.zip": SAMPLES,
}
EMPTY = (
    "aescrypt-empty.aes",
    "openssl-empty.enc",
    "pdf-r2-empty.pdf",
    "pdf-r3-empty.pdf",
    "pdf-r4-empty.pdf",
    "pdf-r5-empty.pdf",
    "pdf-r6-empty.pdf",
    "pdf-r6-empty-streams.pdf",
)


def restic_key(password: bytes, *, n: int = 16, r: int = 1, p: int = 1) -> bytes:
    """Return a key file as restic writes it, at a cost that tests can bear."""
    salt, start, body = b"s" * 64, b"i" * 16, b"a wrapped key"
    derived = Scrypt(salt=salt, length=64, n=16, r=1, p=1).derive(password)
    once = derived[48:] + Cipher(AES(derived[32:48]), ECB()).encryptor().update(start)
    sealed = start + body + Poly1305.generate_tag(once, body)
    texts = {"salt": base64.b64encode(salt).decode(), "data": base64.b64encode(sealed).decode()}
    return json.dumps({"kdf": "scrypt", "N": n, "r": r, "p": p, **texts}).encode()


def kopia_repository(password: bytes) -> bytes:
    """Return `kopia.repository` as kopia's source says that it is made."""
    salt = bytes(range(32))
    master = Scrypt(salt=salt, length=32, n=65536, r=8, p=1).derive(password)
    key, context = (
        HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(master)
        for purpose in (b"AES", b"CHECKSUM")
    )
    sealed = b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, b'{"format":{}}', context)
    known = {
        "tool": "https://github.com/kopia/kopia",
        "uniqueID": base64.b64encode(salt).decode(),
        "keyAlgo": "scrypt-65536-8-1",
        "encryption": "AES256_GCM",
        "encryptedBlockFormat": base64.b64encode(sealed).decode(),
    }
    return json.dumps(known).encode()
