"""gocryptfs: `gocryptfs.conf` wraps the master key by scrypt and AES-GCM.

Source: gocryptfs' `configfile` and `cryptocore` packages.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardian_agent.exposure.doors.derive import scrypt
from guardian_agent.exposure.doors.json_text import fields_of
from guardian_agent.exposure.doors.lock import Lock
from guardian_agent.system.ports import Files

_MOST_BYTES = 64 * 1024
_NAME = "gocryptfs.conf"
_INFO = b"AES-GCM file content encryption"
_BLOCK_NUMBER = bytes(8)


def gocryptfs(folder: str, files: Files) -> Iterator[Lock]:
    """Yield the folder's one lock."""
    if files.exists(f"{folder}/{_NAME}"):
        yield config_lock(files.read(f"{folder}/{_NAME}", _MOST_BYTES))


def config_lock(material: bytes) -> Lock:
    """Return the lock that a configuration is."""
    return Lock(material=material, opens=lambda secret: _opens(material, secret))


def _opens(material: bytes, secret: bytes) -> bool:
    known = fields_of(material)
    costs, flags = known["ScryptObject"], known["FeatureFlags"]
    salt, sealed = b64decode(costs["Salt"]), b64decode(known["EncryptedKey"])
    n, r, p = int(costs["N"]), int(costs["R"]), int(costs["P"])
    key = scrypt(secret, salt, n=n, r=r, p=p, length=32)
    if "HKDF" in flags:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(key)
    nonce = 16 if "GCMIV128" in flags else 12
    try:
        AESGCM(key).decrypt(sealed[:nonce], sealed[nonce:], _BLOCK_NUMBER)
    except InvalidTag:
        return False
    return True
