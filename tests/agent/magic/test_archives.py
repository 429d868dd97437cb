"""RAR, ar, LZ4, xbstream: member by member, with the twins that only look encrypted."""

from __future__ import annotations

import struct

import pytest
from guardian_agent.magic.lz4 import unpack
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, age, noise, salted
from tests.world.corpus.archives import rar4, rar5, rar5_names_sealed

CIPHER = noise(8000)


def ar(**members: bytes) -> bytes:
    out = b"!<arch>\n"
    for name, data in members.items():
        head = name.encode().ljust(48) + str(len(data)).encode().ljust(10) + b"`\n"
        out += head + data + b"\n" * (len(data) % 2)
    return out


def lz4(block: bytes, *, stored: bool = False) -> bytes:
    size = len(block) | (1 << 31 if stored else 0)
    return b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", size) + block + bytes(4)


def literals(data: bytes) -> bytes:
    """One LZ4 sequence that repeats nothing."""
    rest = len(data) - 15
    return b"\xf0" + b"\xff" * (rest // 255) + bytes([rest % 255]) + data


def xbstream(*payloads: bytes) -> bytes:
    out = b""
    for payload in payloads:
        path = b"./ibdata1"
        head = b"XBSTCK01\x00P" + struct.pack("<I", len(path)) + path
        out += head + struct.pack("<QQI", len(payload), 0, 7) + payload
        out += b"XBSTCK01\x00E" + struct.pack("<I", len(path)) + path
    return out


XBCRYPT = b"XBCRYP03" + bytes(56) + noise(9000)
CASES = {
    "rar5": (rar5(TEXT, sealed=False), "plaintext"),
    "rar5-sealed": (rar5(CIPHER, sealed=True), "encrypted"),
    "rar5-sealed-mark-before-text": (rar5(TEXT, sealed=True), "unknown"),
    "rar5-of-noise": (rar5(CIPHER, sealed=False), "unknown"),
    "rar5-names-sealed": (rar5_names_sealed(CIPHER), "encrypted"),
    "rar5-names-sealed-mark-before-text": (rar5_names_sealed(TEXT), "unknown"),
    "rar5-mixed": (rar5(CIPHER, sealed=True)[:-8] + rar5(TEXT, sealed=False)[8:], "plaintext"),
    "rar5-cut": (rar5(CIPHER, sealed=True)[:12], "unknown"),
    "rar4": (rar4(TEXT, flags=0x8000), "plaintext"),
    "rar4-sealed": (rar4(CIPHER, flags=0x8004), "encrypted"),
    "rar4-sealed-mark-before-text": (rar4(TEXT, flags=0x8004), "unknown"),
    "rar4-broken": (b"Rar!\x1a\x07\x00" + bytes(400), "unknown"),
    "rar-of-an-unheard-of-version": (b"Rar!\x1a\x09\x00" + noise(5000), "unknown"),
    "deb": (ar(**{"debian-binary": b"2.0\n", "data.tar.xz": noise(900)}), "plaintext"),
    "library": (ar(**{"/": bytes(64), "a.o/": noise(900)}), "plaintext"),
    "ar-of-text": (ar(**{"a.txt/": TEXT}), "plaintext"),
    "ar-of-noise": (ar(**{"a/": noise(9000), "b/": noise(901, 2)}), "unknown"),
    "ar-broken": (b"!<arch>\n" + noise(5000), "unknown"),
    "lz4": (lz4(literals(TEXT)), "plaintext"),
    "lz4-stored": (lz4(TEXT, stored=True), "plaintext"),
    "lz4-of-age": (lz4(age(), stored=True), "encrypted"),
    "lz4-of-packed-salted": (lz4(literals(salted())), "encrypted"),
    "lz4-of-noise": (lz4(noise(9000), stored=True), "unknown"),
    "lz4-empty": (lz4(b""), "unknown"),
    "lz4-broken": (lz4(b"\x00\xff\xff" + noise(9000)), "unknown"),
    "xbstream": (xbstream(TEXT), "plaintext"),
    "xbstream-sealed": (xbstream(XBCRYPT, XBCRYPT), "encrypted"),
    "xbstream-half-sealed": (xbstream(XBCRYPT, TEXT), "plaintext"),
    "xbstream-cut": (xbstream(XBCRYPT, XBCRYPT)[:12_000], "unknown"),
    "xbstream-of-noise": (xbstream(noise(9000)), "unknown"),
    "xbcrypt": (XBCRYPT, "encrypted"),
    "xbcrypt-mark-before-text": (b"XBCRYP03" + TEXT, "unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_archive(case: str) -> None:
    data, state = CASES[case]
    assert look(data).state == state


def test_lz4_repeats_what_overlaps_itself() -> None:
    assert unpack(b"\x13a\x01\x00" + b"\x50final") == b"a" + b"a" * 7 + b"final"


@given(st.binary(max_size=300), st.sampled_from([rar5, rar4]))
def test_no_header_of_rar_crashes(rest: bytes, make: object) -> None:
    start = b"Rar!\x1a\x07\x01\x00" if make is rar5 else b"Rar!\x1a\x07\x00"
    assert look(start + rest).state in {"unknown", "plaintext", "encrypted"}


@given(st.binary(max_size=300))
def test_no_block_of_lz4_crashes(block: bytes) -> None:
    assert look(lz4(block)).state in {"unknown", "plaintext", "empty"}
