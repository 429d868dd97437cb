"""LUKS 1 and 2: a passphrase unwraps a key slot, and the digest of what comes out tells.

Sources: LUKS1 and LUKS2 on-disk formats. No device mapper and no tool is needed: only the header
and its key slots are read.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardian_agent.exposure.doors.ciphers import (
    decrypt_cbc,
    decrypt_xts,
    encrypt_blocks,
    xored,
)
from guardian_agent.exposure.doors.derive import argon2, pbkdf2
from guardian_agent.exposure.doors.json_text import fields_of
from guardian_agent.exposure.doors.lock import CannotTryError, Lock, Look

_MAGIC = b"LUKS\xba\xbe"
_SECTOR = 512
_ACTIVE = 0x00AC71F3
_MOST_STRIPES = 16_000
_MOST_MATERIAL = 4 * 1024 * 1024
_JSON_AT = 4096
_MOST_JSON = 1024 * 1024
_MOST_SLOTS = 8
"""As many as LUKS1 has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """One key slot; `kdf` and `digest` as LUKS2 writes them, salts and digests decoded.

    `key_bytes` is the length of the key that seals the slot, `master_bytes` of the one in it.
    """

    sealed: bytes
    cipher: str
    hash: str
    stripes: int
    key_bytes: int
    master_bytes: int
    kdf: Mapping[str, Any]
    digest: Mapping[str, Any]


def luks(look: Look) -> Lock | None:
    """Return the lock of a volume's header: each of its passphrases opens it."""
    if not look.head.startswith(_MAGIC):
        return None
    version = int.from_bytes(look.head[6:8])
    slots = list({1: _slots1, 2: _slots2}.get(version, _none)(look))[:_MOST_SLOTS]
    if not slots:
        return None
    material = b"".join(slot.sealed for slot in slots) + look.head
    return Lock(material=material, opens=lambda secret: _any_opens(slots, secret))


def _none(_look: Look) -> Iterator[_Slot]:
    return iter(())


def _slots1(look: Look) -> Iterator[_Slot]:
    head = look.head
    cipher, mode, name = (_text(head[place : place + 32]) for place in (8, 40, 72))
    key_bytes = int.from_bytes(head[108:112])
    digest = {
        "hash": name,
        "digest": head[112:132],
        "salt": head[132:164],
        "iterations": int.from_bytes(head[164:168]),
    }
    for place in range(208, 208 + 8 * 48, 48):
        entry = head[place : place + 48]
        if int.from_bytes(entry[:4]) != _ACTIVE:
            continue
        stripes = int.from_bytes(entry[44:48])
        rounds = int.from_bytes(entry[4:8])
        yield _Slot(
            sealed=_read(look, int.from_bytes(entry[40:44]) * _SECTOR, stripes * key_bytes),
            cipher=f"{cipher}-{mode}",
            hash=name,
            stripes=stripes,
            key_bytes=key_bytes,
            master_bytes=key_bytes,
            kdf={"type": "pbkdf2", "hash": name, "iterations": rounds, "salt": entry[8:40]},
            digest=digest,
        )


def _slots2(look: Look) -> Iterator[_Slot]:
    most = min(int.from_bytes(look.head[8:16]), _MOST_JSON)
    meta = fields_of(look.read(_JSON_AT, most - _JSON_AT).partition(b"\0")[0])
    for name, slot in meta["keyslots"].items():
        digest = next(each for each in meta["digests"].values() if name in each["keyslots"])
        master_bytes, stripes = int(slot["key_size"]), int(slot["af"]["stripes"])
        yield _Slot(
            sealed=_read(look, int(slot["area"]["offset"]), stripes * master_bytes),
            cipher=str(slot["area"]["encryption"]),
            hash=str(slot["af"]["hash"]),
            stripes=stripes,
            key_bytes=int(slot["area"]["key_size"]),
            master_bytes=master_bytes,
            kdf={**slot["kdf"], "salt": b64decode(slot["kdf"]["salt"])},
            digest={
                "hash": digest["hash"],
                "iterations": int(digest["iterations"]),
                "salt": b64decode(digest["salt"]),
                "digest": b64decode(digest["digest"]),
            },
        )


def _read(look: Look, place: int, count: int) -> bytes:
    count = -(-count // _SECTOR) * _SECTOR
    found = look.read(place, count) if 0 < count <= _MOST_MATERIAL else b""
    return found if len(found) == count else b""


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("ascii", "replace")


def _any_opens(slots: list[_Slot], secret: bytes) -> bool:
    """Try the slots one by one; those that cannot be tried do not keep the others from it."""
    tried = False
    for slot in slots:
        try:
            if _opens(slot, secret):
                return True
            tried = True
        except CannotTryError:
            continue
    if not tried:
        raise CannotTryError
    return False


def _opens(slot: _Slot, secret: bytes) -> bool:
    if not slot.sealed or not 1 <= slot.stripes <= _MOST_STRIPES:
        raise CannotTryError
    key = _derived(slot, secret)
    length = len(slot.digest["digest"])
    split = _decrypted(slot.cipher, key, slot.sealed)
    master = _merged(split, slot.stripes, slot.master_bytes, slot.hash)
    made = pbkdf2(
        slot.digest["hash"], master, slot.digest["salt"], slot.digest["iterations"], length
    )
    return hmac.compare_digest(made, slot.digest["digest"])


def _derived(slot: _Slot, secret: bytes) -> bytes:
    kdf = slot.kdf
    if kdf["type"] == "pbkdf2":
        return pbkdf2(kdf["hash"], secret, kdf["salt"], int(kdf["iterations"]), slot.key_bytes)
    return argon2(
        kdf["type"],
        secret,
        kdf["salt"],
        passes=int(kdf["time"]),
        lanes=int(kdf["cpus"]),
        kib=int(kdf["memory"]),
        length=slot.key_bytes,
    )


def _decrypted(cipher: str, key: bytes, data: bytes) -> bytes:
    """Decrypt sector by sector, as the kernel's `aes-xts-plain64` and its like."""
    sectors = [data[place : place + _SECTOR] for place in range(0, len(data), _SECTOR)]
    if cipher in {"aes-xts-plain64", "aes-xts-plain"}:
        return b"".join(decrypt_xts(key, number, each) for number, each in enumerate(sectors))
    if cipher in {"aes-cbc-essiv:sha256", "aes-cbc-plain", "aes-cbc-plain64"}:
        hidden = hashlib.sha256(key).digest() if "essiv" in cipher else b""
        return b"".join(
            decrypt_cbc(key, _start(number, hidden), each) for number, each in enumerate(sectors)
        )
    raise CannotTryError


def _start(sector: int, hidden: bytes) -> bytes:
    plain = sector.to_bytes(16, "little")
    return encrypt_blocks(hidden, plain) if hidden else plain


def _merged(split: bytes, stripes: int, length: int, name: str) -> bytes:
    """Undo the anti-forensic splitter: every bit of all stripes is needed."""
    mixed = bytes(length)
    for number in range(stripes - 1):
        mixed = xored(mixed, split[number * length : (number + 1) * length])
        mixed = _diffused(mixed, name)
    return xored(mixed, split[(stripes - 1) * length : stripes * length])


def _diffused(data: bytes, name: str) -> bytes:
    size = hashlib.new(name, usedforsecurity=False).digest_size
    return b"".join(
        hashlib.new(
            name, number.to_bytes(4) + data[place : place + size], usedforsecurity=False
        ).digest()[: len(data) - place]
        for number, place in enumerate(range(0, len(data), size))
    )
