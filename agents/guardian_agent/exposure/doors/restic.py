"""restic: each file in `keys/` wraps the repository's key by scrypt, AES and Poly1305.

Source: restic's design document. The tag alone tells whether a password fits: nothing is decrypted.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.poly1305 import Poly1305

from guardian_agent.exposure.doors.ciphers import encrypt_blocks
from guardian_agent.exposure.doors.derive import scrypt
from guardian_agent.exposure.doors.json_text import fields_of
from guardian_agent.exposure.doors.lock import Lock
from guardian_agent.exposure.doors.published import VELERO
from guardian_agent.system.ports import Files

_MOST_KEYS = 32
_MOST_BYTES = 64 * 1024


def restic(folder: str, files: Files) -> Iterator[Lock]:
    """Yield a lock for each key of a repository: one that opens, opens all."""
    if not files.exists(f"{folder}/keys") or not files.exists(f"{folder}/data"):
        return
    keys = [entry for entry in files.scan(f"{folder}/keys") if entry.is_file]
    for entry in keys[:_MOST_KEYS]:
        if entry.size <= _MOST_BYTES:
            yield key_lock(files.read(entry.path, _MOST_BYTES))


def key_lock(material: bytes) -> Lock:
    """Return the lock that one key file is."""
    return Lock(material=material, opens=lambda secret: _opens(material, secret), published=VELERO)


def _opens(material: bytes, secret: bytes) -> bool:
    known = fields_of(material)
    salt, sealed = b64decode(known["salt"]), b64decode(known["data"])
    n, r, p = int(known["N"]), int(known["r"]), int(known["p"])
    derived = scrypt(secret, salt, n=n, r=r, p=p, length=64)
    once = derived[48:] + encrypt_blocks(derived[32:48], sealed[:16])
    try:
        Poly1305.verify_tag(once, sealed[16:-16], sealed[-16:])
    except InvalidSignature:
        return False
    return True
