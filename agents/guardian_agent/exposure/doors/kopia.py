"""kopia: `kopia.repository` wraps the repository's format by a password and AES-GCM.

Source: kopia's `repo/format` and `internal/crypto`.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardian_agent.exposure.doors.derive import pbkdf2, scrypt
from guardian_agent.exposure.doors.json_text import fields_of
from guardian_agent.exposure.doors.lock import CannotTryError, Lock
from guardian_agent.exposure.doors.published import VELERO
from guardian_agent.system.ports import Files

_MOST_BYTES = 256 * 1024
_NAMES = ("kopia.repository.f", "kopia.repository")
"""In a folder, and in a bucket: kopia's file storage adds `.f` to all names."""
_NONCE = 12


def kopia(folder: str, files: Files) -> Iterator[Lock]:
    """Yield the repository's one lock."""
    for name in _NAMES:
        if files.exists(f"{folder}/{name}"):
            material = files.read(f"{folder}/{name}", _MOST_BYTES)
            yield Lock(
                material=material,
                opens=lambda secret: _opens(material, secret),  # noqa: B023 - returns at once
                published=VELERO,
            )
            return


def _opens(material: bytes, secret: bytes) -> bool:
    known = fields_of(material)
    salt, sealed = b64decode(known["uniqueID"]), b64decode(known["encryptedBlockFormat"])
    if known["encryption"] != "AES256_GCM":
        raise CannotTryError
    master = _derive(str(known["keyAlgo"]), secret, salt)
    key, context = (
        HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(master)
        for purpose in (b"AES", b"CHECKSUM")
    )
    try:
        AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)
    except InvalidTag:
        return False
    return True


def _derive(method: str, secret: bytes, salt: bytes) -> bytes:
    if method == "scrypt-65536-8-1":
        return scrypt(secret, salt, n=65536, r=8, p=1, length=32)
    if method == "pbkdf2-sha256-600000":
        return pbkdf2("sha256", secret, salt, 600_000, 32)
    raise CannotTryError
