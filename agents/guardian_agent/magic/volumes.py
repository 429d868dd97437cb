"""Volumes and disk images: LUKS, BitLocker, qcow2, and file systems that lie open.

Sources: LUKS1 and LUKS2 on-disk formats; libbde's BitLocker notes; QEMU's qcow2 specification;
the superblocks of ext4, XFS, NTFS, FAT32 and ISO 9660.
"""

from __future__ import annotations

import json
from typing import Any

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown, weak
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.randomness import looks_random, samples

_LUKS = b"LUKS\xba\xbe"
_LUKS2_JSON = 4096
_LUKS2_HEADER_MOST = 4 * 1024 * 1024
_SECTOR = 512


def luks(data: Data) -> Classified | None:
    """LUKS 1 or 2: the cipher must be one, and the payload must look like its output."""
    if not data.head.startswith(_LUKS):
        return None
    match number(data.head[6:8], "big"):
        case 1:
            return _luks1(data)
        case 2:
            return _luks2(data)
        case _:
            return unknown("luks", "luks-version-unknown")


def _luks1(data: Data) -> Classified:
    cipher = data.head[8:40].rstrip(b"\x00")
    if not cipher or not cipher.isalnum():
        return _null_cipher("luks1") if b"null" in cipher else unknown("luks1", "luks1-no-cipher")
    return _payload(data, number(data.head[104:108], "big") * _SECTOR, "luks1")


def _luks2(data: Data) -> Classified:
    end = number(data.head[8:16], "big")
    text = data.at(_LUKS2_JSON, min(end, _LUKS2_HEADER_MOST) - _LUKS2_JSON).split(b"\x00", 1)[0]
    try:
        meta: dict[str, Any] = json.loads(text)
        segments = list(meta["segments"].values())
        ciphers = [str(segment.get("encryption", "none")) for segment in segments]
        start = min(int(segment["offset"]) for segment in segments)
        pending = meta.get("config", {}).get("requirements", {}).get("mandatory", [])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return unknown("luks2", "luks2-header-unreadable")
    if any("null" in cipher or cipher == "none" for cipher in ciphers):
        return _null_cipher("luks2")
    if pending:
        return unknown("luks2", "luks2-reencryption-unfinished")
    return _payload(data, start, "luks2")


def _null_cipher(kind: str) -> Classified:
    return plaintext(kind, f"{kind}-null-cipher")


def _payload(data: Data, start: int, kind: str) -> Classified:
    """Hold sampled payload blocks against the header; never-written zeros say nothing."""
    blocks = [block for block in samples(data, start, 8) if block.strip(b"\x00")]
    if not all(looks_random(block) for block in blocks):
        return unknown(kind, f"{kind}-body-not-random")
    if not blocks:
        return encrypted(kind, f"{kind}-header")
    return encrypted(kind, f"{kind}-structure", PROVEN)


def bitlocker(data: Data) -> Classified | None:
    """BitLocker: a suspended volume has the same header and a clear key, so nothing is said."""
    if data.head[3:11] != b"-FVE-FS-":
        return None
    return unknown("bitlocker", "bitlocker-clear-key-possible")


def qcow2(data: Data) -> Classified | None:
    """qcow2: the method at 32; a plain image is judged by the volume its guest sees."""
    if not data.head.startswith(b"QFI\xfb") or number(data.head[4:8], "big") not in {2, 3}:
        return None
    match number(data.head[32:36], "big"):
        case 0:
            return _guest(data)
        case 1:
            return weak("qcow2", "qcow2-legacy-aes")
        case 2:
            return encrypted("qcow2", "qcow2-luks")
        case _:
            return unknown("qcow2", "qcow2-method-unknown")


def _guest(data: Data) -> Classified:
    """Follow the first entries of both tables to the guest's first cluster."""
    bits = number(data.head[20:24], "big")
    if not 9 <= bits <= 21:  # the specification's cluster sizes
        return unknown("qcow2", "qcow2-header-broken")
    offset = number(data.head[40:48], "big")
    for _ in range(2):
        offset = number(data.at(offset, 8), "big") & 0x00FF_FFFF_FFFF_FE00
        if not offset:
            return unknown("qcow2", "qcow2-guest-unseen")
    inner = data.part(offset, 1 << bits, peek=40 * 1024)
    if inner.kind in {"luks1", "luks2", "filesystem"}:
        return inner
    return unknown("qcow2", "qcow2-guest-unknown")


def filesystem(data: Data) -> Classified | None:
    """A file system's superblock: names and data lie open."""
    head = data.head
    checks = (
        head[1080:1082] == b"\x53\xef" and number(head[1048:1052]) <= 6 and any(head[1024:1028]),
        head[:4] == b"XFSB" and number(head[4:8], "big") in {512, 1024, 2048, 4096, 65536},
        head[3:11] == b"NTFS    " and head[510:512] == b"\x55\xaa",
        head[82:90] == b"FAT32   " and head[510:512] == b"\x55\xaa",
        head[32769:32774] == b"CD001",
    )
    if not any(checks):
        return None
    return plaintext("filesystem", "filesystem-superblock")


RULES = (luks, bitlocker, qcow2, filesystem)
