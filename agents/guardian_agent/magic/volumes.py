"""LUKS volumes (LUKS1 and LUKS2 on-disk formats)."""

from __future__ import annotations

import json
from typing import Any

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.randomness import looks_random, samples
from guardian_agent.magic.rule import Starting

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


RULES: tuple[Starting, ...] = ((luks, (_LUKS,)),)
