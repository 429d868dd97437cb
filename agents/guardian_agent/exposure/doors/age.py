"""age: a password by scrypt, or an identity that lies beside.

Source: age-encryption.org/v1. Both wrap the file's key by ChaCha20-Poly1305, whose tag tells.
"""

from __future__ import annotations

import re
from base64 import b64decode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardian_agent.exposure.doors.bech32 import decode_bech32
from guardian_agent.exposure.doors.derive import scrypt
from guardian_agent.exposure.doors.lock import CannotTryError, Lock, Look

_MAGIC = b"age-encryption.org/v1\n"
_HEADER_BYTES = 16 * 1024
_SCRYPT = re.compile(rb"\n-> scrypt ([A-Za-z0-9+/]{22}) (\d{1,2})\n([A-Za-z0-9+/]{43})\n")
_X25519 = re.compile(rb"\n-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n")
_IDENTITY = "age-secret-key-"


def age(look: Look) -> Lock | None:
    """Return the lock of a file for a password or for recipients."""
    if not look.head.startswith(_MAGIC):
        return None
    header = look.head[:_HEADER_BYTES].partition(b"\n---")[0] + b"\n"
    password = _SCRYPT.search(header)
    if password is not None:
        salt, log_n, body = _decoded(password[1]), int(password[2]), _decoded(password[3])
        return Lock(material=header, opens=lambda secret: _by_password(secret, salt, log_n, body))
    shares = [(_decoded(share), _decoded(body)) for share, body in _X25519.findall(header)]
    if not shares:
        return None
    return Lock(
        material=header,
        opens=lambda secret: any(_by_identity(secret, *each) for each in shares),
        takes_passwords=False,
    )


def _by_password(secret: bytes, salt: bytes, log_n: int, body: bytes) -> bool:
    label = b"age-encryption.org/v1/scrypt"
    key = scrypt(secret, label + salt, n=1 << log_n, r=8, p=1, length=32)
    return _unwraps(key, body)


def _by_identity(secret: bytes, share: bytes, body: bytes) -> bool:
    prefix, scalar = decode_bech32(secret.decode("ascii", "replace"))
    if prefix != _IDENTITY or len(scalar) != 32:
        raise CannotTryError
    own = X25519PrivateKey.from_private_bytes(scalar)
    shared = own.exchange(X25519PublicKey.from_public_bytes(share))
    salt = share + own.public_key().public_bytes_raw()
    label = b"age-encryption.org/v1/X25519"
    return _unwraps(HKDF(algorithm=SHA256(), length=32, salt=salt, info=label).derive(shared), body)


def _unwraps(key: bytes, body: bytes) -> bool:
    try:
        ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
    except InvalidTag:
        return False
    return True


def _decoded(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4))
