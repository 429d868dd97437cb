"""RAR, ar, LZ4, xbstream: member by member, with the twins that only look encrypted."""

from __future__ import annotations

import struct
import zipfile

import pytest
from guardian_agent.magic.lz4 import unpack
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, age, flip_zip_flags, noise, salted, zipped
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


def wide(narrow: bytes) -> bytes:
    """Write the end of a ZIP as archives beyond 4 GiB have it."""
    place = narrow.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack("<HII", narrow[place + 10 : place + 20])
    end = b"PK\x06\x06" + bytes(28) + struct.pack("<QQQ", count, size, offset)
    locator = b"PK\x06\x07" + bytes(4) + struct.pack("<QI", place, 1)
    far = narrow[place : place + 8] + b"\xff" * 12 + bytes(2)
    entry = narrow.index(b"PK\x01\x02")
    packed = narrow[entry + 20 : entry + 24]
    extra = b"\x99\x99\x02\x00\x01\x00" + b"\x01\x00\x08\x00" + packed + bytes(4)
    name = entry + 46 + narrow[entry + 28]
    directory = narrow[entry : entry + 20] + b"\xff" * 4 + narrow[entry + 24 : entry + 30]
    directory += struct.pack("<H", len(extra)) + narrow[entry + 32 : name] + extra
    end = end[:40] + struct.pack("<Q", len(directory)) + end[48:]
    locator = locator[:8] + struct.pack("<Q", entry + len(directory)) + locator[16:]
    return narrow[:entry] + directory + end + locator + far


def zipped_once(data: bytes, *, sealed: bool = False) -> bytes:
    narrow = zipped(zipfile.ZIP_STORED, a=data)
    return flip_zip_flags(narrow, 1) if sealed else narrow


XBCRYPT = b"XBCRYP03" + bytes(56) + noise(9000)
CASES = {
    "zip-64": (wide(zipped_once(TEXT)), "plaintext"),
    "zip-64-zipcrypto": (wide(zipped_once(noise(5000), sealed=True)), "weak"),
    "zip-64-mark-before-text": (wide(zipped_once(TEXT, sealed=True)), "unknown"),
    "zip-64-without-its-end": (
        wide(zipped_once(noise(5000), sealed=True)).replace(b"PK\x06\x06", b"PK\x06\x05"),
        "unknown",
    ),
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
