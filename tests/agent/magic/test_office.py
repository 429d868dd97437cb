"""Compound files: encrypted, encrypted in form, and open."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise, zipped
from tests.world.corpus.compound import compound

PACKAGE = (5000).to_bytes(8, "little") + noise(5008)
AGILE = b"\x04\x00\x04\x00\x40\x00\x00\x00" + b'<encryption><keyData cipherAlgorithm="AES"/>'
BOF = b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12)
FILE_PASS_RC4 = b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + bytes(48)
FILE_PASS_XOR = b"\x2f\x00\x06\x00\x00\x00\x12\x34\x56\x78"
PLAIN, SEALED = b"\x5f\xc0\x91\xe3", b"\xdf\xc4\xd1\xf3"


def package(info: bytes) -> bytes:
    return compound({"EncryptionInfo": info, "EncryptedPackage": PACKAGE})


def word(flags: int) -> bytes:
    return b"\xec\xa5\xc1\x00" + bytes(6) + flags.to_bytes(2, "little") + TEXT


def slides(token: bytes) -> bytes:
    user = bytes(12) + token + bytes(30)
    return compound({"Current User": user, "PowerPoint Document": TEXT})


CASES = {
    "agile": (package(AGILE), "encrypted"),
    "agile-of-another-cipher": (package(AGILE.replace(b"AES", b"DES")), "unknown"),
    "standard": (package(b"\x03\x00\x02\x00\x24\x00\x00\x00" + noise(99)), "encrypted"),
    "standard-rc4": (package(b"\x02\x00\x02\x00\x04\x00\x00\x00" + noise(99)), "weak"),
    "unheard-of": (package(b"\x09\x00\x09\x00\x00\x00\x00\x00"), "unknown"),
    "info-alone": (compound({"EncryptionInfo": AGILE}), "unknown"),
    "workbook": (compound({"Workbook": BOF + b"\x42\x00\x02\x00\xb0\x04" + TEXT}), "plaintext"),
    "workbook-rc4": (compound({"Workbook": BOF + FILE_PASS_RC4}), "weak"),
    "workbook-xor": (compound({"Book": BOF + FILE_PASS_XOR}), "weak"),
    "workbook-of-noise": (compound({"Workbook": noise(5000)}), "unknown"),
    "word": (compound({"WordDocument": word(0x0200)}), "plaintext"),
    "word-sealed": (compound({"WordDocument": word(0x0300)}), "weak"),
    "word-of-noise": (compound({"WordDocument": noise(5000)}), "unknown"),
    "slides": (slides(PLAIN), "plaintext"),
    "slides-sealed": (slides(SEALED), "weak"),
    "slides-of-noise": (slides(b"\x01\x02\x03\x04"), "unknown"),
    "mail": (compound({"__properties_version1.0": bytes(64)}), "plaintext"),
    "something-else": (compound({"Contents": TEXT}), "unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_compound_file(case: str) -> None:
    data, state = CASES[case]
    assert look(data).state == state


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("place", [30, 44, 48, 76, 600, 1140])
def test_a_broken_chain_ends(case: str, place: int) -> None:
    data = bytearray(CASES[case][0])
    data[place : place + 4] = b"\x01\x00\x00\x00"
    assert look(bytes(data)).state in {"unknown", CASES[case][1], "plaintext"}


SHEET = b'<sheetProtection algorithmName="SHA-512" hashValue="QUJD" sheet="1"/>' + TEXT
ODF = b'<manifest:file-entry manifest:full-path="content.xml">%b</manifest:file-entry>'
SEALED_PART = ODF % b'<manifest:encryption-data manifest:checksum="QUJD"/>'


def open_document(manifest: bytes, content: bytes) -> bytes:
    return zipped(
        zipfile.ZIP_STORED,
        **{"mimetype": b"application/vnd.oasis", "content.xml": content,
           "META-INF/manifest.xml": manifest}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (zipped(**{"xl/sheet1.xml": SHEET}), "plaintext"),
        (open_document(SEALED_PART, noise(5000)), "encrypted"),
        (open_document(ODF % b"", TEXT), "plaintext"),
        (open_document(b"<manifest:manifest/>", TEXT), "plaintext"),
        (open_document(ODF % b"" + b"<manifest:encryption-data/>", TEXT), "plaintext"),
    ],
    ids=[
        "sheet-protection-hides-nothing",
        "odt-sealed",
        "odt",
        "odt-nothing-listed",
        "odt-another-part-sealed",
    ],
)
def test_a_zipped_document(data: bytes, state: str) -> None:
    assert look(data).state == state


@given(st.binary(max_size=2000))
def test_any_directory_has_an_answer(rest: bytes) -> None:
    head = compound({"a": b""})[:512]
    assert look(head + rest).state in {"unknown", "plaintext"}
