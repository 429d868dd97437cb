"""Each rule with its healthy twin: a header alone proves nothing, and neither does a codec."""

from __future__ import annotations

import zipfile

import pytest
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.wire.observations import Encryption

from tests.agent.magic import made

TEXT, noise = made.TEXT, made.noise
AES_7Z, LZMA_7Z = bytes.fromhex("06f10701"), bytes.fromhex("030101")


def look(data: bytes) -> Classified:
    return classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])


CASES = {
    "nothing": (b"", "empty"),
    "zeros": (b"\0" * 5000, "empty"),
    "many-zeros": (b"\0" * 500_000, "unknown"),
    "text": (TEXT, "plaintext"),
    "utf-16": (TEXT.decode().encode("utf-16"), "plaintext"),
    "cp1251": ("Иванов Иван Иванович, Москва\n".encode("cp1251") * 40, "plaintext"),
    "short": (b"hi\n", "unknown"),
    "noise": (noise(100_000), "unknown"),
    "noise-short": (noise(300), "unknown"),
    "age": (made.age(), "encrypted"),
    "age-before-text": (made.age(TEXT), "unknown"),
    "age-first-line-only": (b"age-encryption.org/v1\n" + TEXT, "unknown"),
    "age-armour": (made.armour("AGE ENCRYPTED FILE", made.age()), "encrypted"),
    "salted": (made.salted(), "encrypted"),
    "salted-small": (made.salted(noise(32)), "encrypted"),
    "salted-before-text": (made.salted(TEXT), "unknown"),
    "salted-before-few-words": (b"Salted__ caramel is what we made today", "unknown"),
    "salted-base64": (made.base64.encodebytes(made.salted()), "encrypted"),
    "rclone": (b"RCLONE\0\0" + noise(5000), "encrypted"),
    "rclone-before-text": (b"RCLONE\0\0" + TEXT, "unknown"),
    "kdbx": (bytes.fromhex("03d9a29a67fb4bb501000400") + noise(9000), "encrypted"),
    "kdbx-unknown-version": (bytes.fromhex("03d9a29a67fb4bb501000900") + noise(99), "unknown"),
    "scrypt": (b"scrypt\0\x0f" + noise(5000), "encrypted"),
    "aes-crypt-1": (b"AES\x01\x00" + noise(129 + 4800), "encrypted"),
    "aes-crypt-2": (b"AES\x02\x00\x00\x03abc\x00\x00" + noise(129 + 4800), "encrypted"),
    "aes-three-letters": (b"AES is a cipher, and this is text about it.\n", "plaintext"),
    "ecryptfs": (
        noise(8)
        + b"\x11\x22\x33\x44"
        + (0x11223344 ^ 0x3C81B7F5).to_bytes(4, "big")
        + b"\0" * 8176
        + noise(8192),
        "encrypted",
    ),
    "proxmox-encrypted": (bytes.fromhex("7b6785be222d4cf0") + noise(9000), "encrypted"),
    "proxmox-plain": (bytes.fromhex("42ab3807be8370a1") + noise(9000), "plaintext"),
    "openpgp": (made.openpgp(), "encrypted"),
    "openpgp-before-text": (made.openpgp(TEXT), "unknown"),
    "openpgp-cut": (made.openpgp()[:-20], "unknown"),
    "openpgp-no-key": (made.openpgp()[len(made.symmetric_key()) :], "unknown"),
    "openpgp-literal": (b"\xcb\xff\0\0\x23\x28b\x00\0\0\0\0" + TEXT[:8994], "plaintext"),
    "openpgp-one-byte": (b"\x85" + noise(9000), "unknown"),
    "pgp-armour-of-noise": (made.armour("PGP MESSAGE", noise(4000)), "unknown"),
    "pgp-armour-of-literal": (
        made.armour("PGP MESSAGE", b"\xcb\xff\0\0\x23\x28b\x00\0\0\0\0" + TEXT[:8994]),
        "plaintext",
    ),
    "mail-with-armour": (TEXT[:900] + made.armour("PGP MESSAGE", made.openpgp()), "unknown"),
    "luks2": (made.luks2(body=noise(200_000)), "encrypted"),
    "luks2-header-alone": (made.luks2(), "encrypted"),
    "luks2-null": (made.luks2("cipher_null-ecb"), "plaintext"),
    "luks2-half-reencrypted": (made.luks2(requirements=("online-reencrypt",)), "unknown"),
    "luks2-clear-body": (made.luks2(body=TEXT), "unknown"),
    "luks2-broken": (b"LUKS\xba\xbe\x00\x02" + noise(9000), "unknown"),
    "luks1": (made.luks1(body=noise(200_000)), "encrypted"),
    "luks1-null": (made.luks1(b"cipher_null"), "plaintext"),
    "luks9": (b"LUKS\xba\xbe\x00\x09" + noise(9000), "unknown"),
    "bitlocker": (b"\xeb\x58\x90-FVE-FS-" + noise(9000), "unknown"),
    "qcow2-luks": (made.qcow2(2), "encrypted"),
    "qcow2-legacy": (made.qcow2(1), "weak"),
    "qcow2-odd": (made.qcow2(7), "unknown"),
    "qcow2-empty": (made.qcow2(), "unknown"),
    "qcow2-guest-luks": (made.qcow2(guest=made.luks2()), "encrypted"),
    "qcow2-guest-iso": (made.qcow2(guest=b"\0" * 32769 + b"CD001"), "plaintext"),
    "ext4": (b"\0" * 1024 + b"\x10" + b"\0" * 23 + b"\x02" + b"\0" * 31 + b"\x53\xef", "plaintext"),
    "borg-repokey": (made.borg_segment(3, 3), "encrypted"),
    "borg-none": (made.borg_segment(2), "plaintext"),
    "borg-authenticated": (made.borg_segment(7, 7), "plaintext"),
    "borg-both": (made.borg_segment(3, 2), "plaintext"),
    "borg-unheard-of": (made.borg_segment(0x99), "unknown"),
    "borg-empty-segment": (made.borg_segment(), "unknown"),
    "cryfs": (b"cryfs.config;1;scrypt\0" + noise(900), "encrypted"),
    "zip": (made.zipped(a=TEXT, b=noise(500)), "plaintext"),
    "zip-stored": (made.zipped(zipfile.ZIP_STORED, a=TEXT), "plaintext"),
    "zip-of-age": (made.zipped(a=made.age(), b=made.salted()), "encrypted"),
    "zip-of-age-and-text": (made.zipped(a=made.age(), b=TEXT), "plaintext"),
    "zip-of-noise": (made.zipped(a=noise(9000)), "unknown"),
    "zip-without-directory": (made.zipped(a=TEXT)[:-40], "plaintext"),
    "zip-empty-members": (made.zipped(a=b""), "unknown"),
    "zip-flags-that-lie": (
        made.flip_zip_flags(made.zipped(zipfile.ZIP_STORED, a=TEXT), 1),
        "unknown",
    ),
    "zip-mixed": (made.flip_zip_flags(made.zipped(a=noise(5000), b=TEXT), 1), "plaintext"),
    "zip-zipcrypto": (
        made.flip_zip_flags(made.zipped(zipfile.ZIP_STORED, a=noise(5000)), 1),
        "weak",
    ),
    "7z-aes": (made.seven_zip(AES_7Z, AES_7Z), "encrypted"),
    "7z-mixed": (made.seven_zip(AES_7Z, LZMA_7Z), "plaintext"),
    "7z-plain": (made.seven_zip(LZMA_7Z), "plaintext"),
    "7z-aes-in-a-name": (made.seven_zip(LZMA_7Z, names=AES_7Z), "plaintext"),
    "7z-packed-header": (made.seven_zip(LZMA_7Z, names=b"\0" * 40, is_packed=True), "plaintext"),
    "7z-packed-header-aes": (made.seven_zip(AES_7Z, names=b"\0" * 40, is_packed=True), "encrypted"),
    "7z-without-files": (made.seven_zip(), "unknown"),
    "7z-damaged": (made.seven_zip(AES_7Z)[:-1] + b"\x55", "unknown"),
    "7z-cut": (made.seven_zip(AES_7Z)[:40], "unknown"),
    "tar": (made.tar(a=TEXT), "plaintext"),
    "tar-of-age": (made.tar(a=made.age(), b=made.openpgp()), "encrypted"),
    "tar-of-age-cut": (made.tar(a=made.age(), b=made.openpgp())[:12000], "unknown"),
    "tar-of-age-and-text": (made.tar(a=made.age(), b=TEXT), "plaintext"),
    "tar-of-noise": (made.tar(a=noise(9000)), "unknown"),
    "cms-enveloped": (made.cms(3), "encrypted"),
    "cms-des3": (made.cms(3, "2a864886f70d0307"), "weak"),
    "cms-odd-cipher": (made.cms(3, "2a031122"), "unknown"),
    "cms-signed": (made.cms(2), "unknown"),
    "cms-unheard-of": (made.cms(9), "unknown"),
    "cms-pem": (made.armour("CMS", made.cms(3)), "encrypted"),
    "pdf-nameless": (b"%PDF-1.7\n" + noise(4000), "unknown"),
    "pdf-escaped-name": (
        b"%PDF-1.7\ntrailer <</Root 1 0 R /Encr#79pt 2 0 R>>\nstartxref\n9\n%%EOF\n",
        "unknown",
    ),
    "pdf": (b"%PDF-1.7\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n", "plaintext"),
    "sqlite-with-clear-header": (b"SQLite format 3\0" + noise(9000), "unknown"),
    "pg-dump": (b"PGDMP\x01\x0e\x00\x04\x08\x01" + noise(900), "plaintext"),
    "pg-dump-magic-alone": (b"PGDMP\x01" + noise(900), "unknown"),
    "compound-file": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000, "unknown"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + noise(5000), "plaintext"),
    "elf": (b"\x7fELF\x02\x01\x01" + noise(5000), "plaintext"),
    "two-letters-mz": (b"MZ" + noise(5000), "unknown"),
    "key": (made.armour("PRIVATE KEY", noise(900)), "plaintext"),
    "key-with-password": (made.armour("ENCRYPTED PRIVATE KEY", noise(900)), "unknown"),
    "vault": (made.vault(), "encrypted"),
    "vault-line-before-text": (b"$ANSIBLE_VAULT;1.1;AES256\n" + TEXT, "unknown"),
    "sops": (b"name: ENC[AES256_GCM,data:x]\nsops:\n  lastmodified: today\n", "unknown"),
    "base64-of-noise": (made.base64.encodebytes(noise(6000)), "unknown"),
    "base64-of-text": (made.base64.encodebytes(TEXT), "plaintext"),
    "hex-of-noise": (noise(6000).hex().encode(), "unknown"),
    "token-in-json": (b'{"data": "' + made.base64.b64encode(noise(6000)) + b'"}', "unknown"),
    "binary-with-words": (b"\x01\x02 some words in a binary file \xff\xfe" * 200, "plaintext"),
    "binary": (bytes(range(256)) * 20, "unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_made_container(case: str) -> None:
    data, state = CASES[case]
    assert look(data).state == state


@pytest.mark.parametrize("codec", made.PACKERS)
@pytest.mark.parametrize(
    ("inner", "state"),
    [(TEXT, "plaintext"), (made.age(), "encrypted"), (noise(9000), "unknown")],
    ids=["text", "age", "noise"],
)
def test_a_codec_says_what_it_holds(codec: str, inner: bytes, state: str) -> None:
    assert look(made.PACKERS[codec](inner)).state == state


@pytest.mark.parametrize("codec", made.PACKERS)
def test_a_codec_that_breaks_at_once_proves_nothing(codec: str) -> None:
    packed = made.PACKERS[codec](TEXT)
    assert look(packed[:14] + noise(90_000)).state is Encryption.UNKNOWN


def test_a_bomb_gives_its_first_bytes_only() -> None:
    assert look(made.gzip.compress(b"\0" * 50_000_000)).state is Encryption.UNKNOWN


def test_containers_in_containers_end_somewhere() -> None:
    data = TEXT
    for _ in range(8):
        data = made.gzip.compress(data)
    assert look(data).state is Encryption.UNKNOWN


def test_at_most_a_mebibyte_is_read() -> None:
    asked: list[int] = []

    def read(_: int, count: int) -> bytes:
        asked.append(count)
        return noise(count)

    head = made.zipped(a=noise(2 * HEAD_BYTES))[:HEAD_BYTES]
    for start in (head, noise(HEAD_BYTES), made.luks2(body=noise(HEAD_BYTES)), b"BZh91AY&SY"):
        asked.clear()
        classify(start.ljust(HEAD_BYTES, b"x"), noise(TAIL_BYTES), 1 << 40, read)
        assert sum(asked) + HEAD_BYTES + TAIL_BYTES <= 1 << 20
