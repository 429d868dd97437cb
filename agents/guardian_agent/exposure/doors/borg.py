"""borg 1.x: the repository's key, wrapped by a passphrase, in its `config` or in a file of its own.

Source: borg's `crypto/key.py`. `borg info` says `Encrypted: Yes` whatever the passphrase is.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterator

from guardian_agent.exposure.doors.beside import texts_beside
from guardian_agent.exposure.doors.ciphers import apply_ctr
from guardian_agent.exposure.doors.derive import pbkdf2
from guardian_agent.exposure.doors.lock import BESIDE, CannotTryError, Lock
from guardian_agent.exposure.doors.msgpack import read_map
from guardian_agent.system.ports import Files

_MOST_BYTES = 64 * 1024
_KEY_FILE = "BORG_KEY "


def borg(folder: str, files: Files) -> Iterator[Lock]:
    """Yield the lock in the configuration, and those of the repository's key files beside it."""
    if not files.exists(f"{folder}/config") or not files.exists(f"{folder}/data"):
        return
    text = files.read(f"{folder}/config", _MOST_BYTES).decode("utf-8", "replace")
    if not text.startswith("[repository]"):
        return
    known = _settings(text)
    if known.get("key"):
        yield _lock(known["key"])
    for exported in texts_beside(folder, files):
        first, _, rest = exported.partition("\n")
        if first.strip() == _KEY_FILE + known.get("id", "-"):
            yield _lock(rest, beside=True)


def _settings(text: str) -> dict[str, str]:
    """Return `name = value` lines; what is indented goes on with the value above."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line[:1].isspace():
            found[name] = found.get(name, "") + line.strip()
            continue
        name, _, value = (part.strip() for part in line.partition("="))
        found[name] = value
    return found


def _lock(text: str, *, beside: bool = False) -> Lock:
    wrapped = "".join(text.split()).encode("utf-8")
    lock = Lock(material=wrapped, opens=lambda secret: _opens(wrapped, secret))
    if beside:
        return Lock(material=lock.material, opens=lock.opens, empty_opens=BESIDE)
    return lock


def _opens(wrapped: bytes, secret: bytes) -> bool:
    known = read_map(b64decode(wrapped))
    salt, rounds, sealed = known[b"salt"], known[b"iterations"], known[b"data"]
    if known.get(b"algorithm") != b"sha256" or not isinstance(rounds, int):
        raise CannotTryError
    if not isinstance(salt, bytes) or not isinstance(sealed, bytes):
        raise CannotTryError
    key = pbkdf2("sha256", secret, salt, rounds, 32)
    plain = apply_ctr(key, bytes(16), sealed)
    digest = hmac.digest(key, plain, hashlib.sha256)
    expected = known[b"hash"]
    return isinstance(expected, bytes) and hmac.compare_digest(digest, expected)
