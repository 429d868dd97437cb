"""Single files out of backup repositories and encrypted folders.

Sources: borg 1.x `repository.py` and `crypto/key.py`; restic's design document; gocryptfs and
CryFS configuration files. Configuration text proves nothing about borg: the segments do.
"""

from __future__ import annotations

import json

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.binary import reads_inside
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.randomness import body_is_random
from guardian_agent.magic.rule import Starting

_SEGMENT = b"BORG_SEG"
_ENTRY_HEADER = 9
_PUT = 0
_KEY_BYTES = 32
_ENCRYPTING = {0x00, 0x01, 0x03, 0x04, 0x05}
"""keyfile, passphrase, repokey and their BLAKE2 kin."""
_READABLE = {0x02, 0x06, 0x07}
"""none and both kinds of authenticated."""
_MAX_ENTRIES = 200
_CRYFS_HEADER = 128
_CRYFS_LEAST = 512
_KOPIA_CIPHERS = ("AES256_GCM", "AES256-GCM", "CHACHA20-POLY1305")
_MAX_JSON = 64 * 1024
_TELLING = (
    (b"K", b"EncryptedKey"),
    (b"N", b'"N"'),
    (b"D", b"uniqueID"),
    (b"\\", b"\\u00"),
)
"""A field of each configuration, or a letter of one written as its number: JSON without any of them
is none of ours. Each with a letter to look for first, which is much faster than a word."""


def borg_segment(data: Data) -> Classified | None:
    """Segments of borg 1.x: every object's first byte is its key type."""
    if not data.head.startswith(_SEGMENT):
        return None
    types = _key_types(data)
    if types & _READABLE:
        return plaintext("borg", "borg-key-type-readable")
    if types <= _ENCRYPTING and reads_inside(data, _ENTRY_HEADER + _KEY_BYTES):
        return unknown("borg", "borg-objects-readable")
    if types and types <= _ENCRYPTING:
        return encrypted("borg", "borg-key-type-encrypting")
    return unknown("borg", "borg-key-type-unknown")


def _key_types(data: Data) -> set[int]:
    types: set[int] = set()
    place = len(_SEGMENT)
    for _ in range(_MAX_ENTRIES):
        entry = data.at(place, _ENTRY_HEADER + _KEY_BYTES + 1)
        size = number(entry[4:8])
        if size < _ENTRY_HEADER:
            break
        is_whole = len(entry) == _ENTRY_HEADER + _KEY_BYTES + 1 <= size
        if is_whole and entry[8] == _PUT:
            types.add(entry[-1])
        place += size
    return types


def borg_config(data: Data) -> Classified | None:
    """Its `config`: `authenticated` has a key and stores plaintext, `keyfile` has none."""
    if not data.head.startswith(b"[repository]") or b"\nsegments_per_dir" not in data.head[:200]:
        return None
    return unknown("borg-config", "borg-config-proves-nothing")


def json_config(data: Data) -> Classified | None:
    """gocryptfs.conf, kopia.repository and restic's key files: JSON around a wrapped key."""
    if data.head[:1] != b"{" or not data.whole or data.size > _MAX_JSON:
        return None
    if not _may_tell(data.head):
        return None
    try:
        content = json.loads(data.head)
    except (ValueError, RecursionError):
        return None
    fields = set(content)
    if {"EncryptedKey", "ScryptObject", "FeatureFlags"} <= fields:
        return encrypted("gocryptfs", "gocryptfs-config")
    if {"kdf", "N", "r", "p", "salt", "data"} <= fields:
        return unknown("restic-key", "restic-key-password-decides")
    if {"uniqueID", "keyAlgo", "encryption"} <= fields:
        return _kopia(str(content["encryption"]))
    return None


def _may_tell(head: bytes) -> bool:
    if b"\0" in head[:4]:  # UTF-16 or UTF-32: a zero after each letter
        return True
    return any(letter in head and mark in head for letter, mark in _TELLING)


def _kopia(cipher: str) -> Classified:
    """kopia.repository: the cipher of the format's own block; early versions knew "NONE"."""
    if cipher.upper() == "NONE":
        return plaintext("kopia", "kopia-encryption-none")
    if cipher.startswith(_KOPIA_CIPHERS):
        return encrypted("kopia", "kopia-format")
    return unknown("kopia", "kopia-cipher-unknown")


def cryfs(data: Data) -> Classified | None:
    """cryfs.config: named header, scrypt parameters, then ciphertext."""
    if not data.head.startswith(b"cryfs.config;1;scrypt\x00"):
        return None
    if data.size < _CRYFS_LEAST or not body_is_random(data, _CRYFS_HEADER):
        return unknown("cryfs", "cryfs-body-not-random")
    return encrypted("cryfs", "cryfs-config")


RULES: tuple[Starting, ...] = (
    (borg_segment, (_SEGMENT,)),
    (borg_config, (b"[repository]",)),
    (json_config, (b"{",)),
    (cryfs, (b"cryfs.config",)),
)
