"""Readable bytes behind, beside or inside of what by its header is encrypted."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import lzma
import struct
import tarfile

import pytest

from tests.agent.magic import made
from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise

SEALED = made.age(noise(300))
WRITTEN = base64.encodebytes(made.age(noise(3000)))
UUENCODED = b"".join(binascii.b2a_uu(noise(45)) for _ in range(60))
MAIL = b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\n"


def batched(data: bytes, count: int) -> list[bytes]:
    return [data[place : place + count] for place in range(0, len(data), count)]


def tar(kind: bytes, data: bytes, *, ends: bool = True) -> bytes:
    member = tarfile.TarInfo("a")
    member.size, member.type = len(data), kind
    padded = data + bytes(-len(data) % 512)
    return member.tobuf(tarfile.USTAR_FORMAT) + padded + bytes(1024 if ends else 0)


def pdf(filters: bytes) -> bytes:
    return made.pdf(b"<</Type/Catalog>>", trailer=b"/Root 1 0 R/Encrypt" + made.pdf_lock(filters))


def gpt(slots: dict[int, bytes]) -> bytes:
    table = bytearray(128 * 128)
    places = {slot: 64 + 512 * index for index, slot in enumerate(slots)}
    for slot, place in places.items():
        entry = noise(32) + struct.pack("<QQ", place, place + 500)
        table[slot * 128 : slot * 128 + len(entry)] = entry
    disk = bytearray(512 * (64 + 512 * len(slots)))
    disk[450], disk[510:512] = 0xEE, b"\x55\xaa"
    disk[512:520], disk[584:600] = b"EFI PART", struct.pack("<QII", 2, 128, 128)
    disk[1024 : 1024 + len(table)] = table
    for slot, place in places.items():
        disk[place * 512 : place * 512 + len(slots[slot])] = slots[slot]
    return bytes(disk)


def segment(sealed: bytes) -> bytes:
    entry = struct.pack("<IIB", 0, 42 + len(sealed), 0) + noise(32) + b"\x03" + sealed
    return b"BORG_SEG" + entry


def pst(body: bytes) -> bytes:
    head = bytearray(564)
    head[:4], head[8:10], head[10:12], head[513] = b"!BDN", b"SM", struct.pack("<H", 23), 0x10
    return bytes(head) + body


def zfs(body: bytes) -> bytes:
    return (bytes(8) + struct.pack("<QQ", 0x2F5BACBAC, 1 | 1 << 26)).ljust(312, b"\0") + body


def qcow2(body: bytes) -> bytes:
    return (b"QFI\xfb" + struct.pack(">I24xI", 3, 2)).ljust(512, b"\0") + body


def ssh_key(derivation: bytes) -> bytes:
    fields = (b"aes256-ctr", derivation, b"")
    return b"openssh-key-v1\0" + b"".join(struct.pack(">I", len(each)) + each for each in fields)


CASES = {
    "gzip-behind-gzip": gzip.compress(SEALED) + gzip.compress(TEXT),
    "bzip2-behind-bzip2": bz2.compress(SEALED) + bz2.compress(TEXT),
    "xz-behind-xz": lzma.compress(SEALED) + lzma.compress(TEXT),
    "text-behind-armour": made.armour("AGE ENCRYPTED FILE", made.age()) + TEXT,
    "words-behind-armour": made.armour("AGE ENCRYPTED FILE", made.age()) + b"Ada Lovelace lives\n",
    "words-behind-padding": b"-----BEGIN PGP MESSAGE-----\n\n"
    + base64.encodebytes(made.openpgp(noise(9001))) + b"=\n" + b"Ada Lovelace\n" * 99,
    "text-behind-much-armour": made.armour("AGE ENCRYPTED FILE", made.age(noise(90_000))) + TEXT,
    "text-behind-base64": base64.encodebytes(b"Salted__" + noise(399)) + b"=\n" + TEXT[:5000],
    "text-behind-long-word": WRITTEN.replace(b"\n", b"") + b"\n" + TEXT[:2000],
    "text-behind-uuencoded": b"begin 644 a\n" + UUENCODED + b"`\nend\n" + TEXT,
    "text-behind-mail": MAIL + base64.encodebytes(made.cms(3)) + TEXT,
    "text-in-vault": made.vault(TEXT),
    "text-behind-vault": made.vault(noise(40_000)) + TEXT,
    "letters-for-a-vault": b"$ANSIBLE_VAULT;1.1;AES256\n" + b"3132" * 20 + b"\n",
    "tar-behind-tar": tar(b"0", SEALED) + tar(b"0", TEXT),
    "sparse-member": tar(b"0", SEALED, ends=False) + tar(b"S", TEXT),
    "strange-member": tar(b"0", SEALED, ends=False) + tar(b"Z", TEXT),
    "long-name-of-a-member": tar(b"0", SEALED, ends=False) + tar(b"L", TEXT),
    "text-behind-zip": made.flip_zip_flags(made.zipped(a=noise(5000)), 1) + TEXT[:9000],
    "tenth-partition": gpt({0: made.luks1(body=noise(99_000)), 9: TEXT}),
    "only-attachments-of-pdf": pdf(b"/StmF/Identity/StrF/Identity/EFF/StdCF"),
    "no-filter-in-pdf": pdf(b""),
    "text-in-borg": segment(TEXT),
    "text-in-pst": pst(TEXT),
    "text-in-zfs": zfs(TEXT),
    "text-in-qcow2": qcow2(TEXT),
    "text-in-cms": bytes.fromhex("308006092a864886f70d01070306096086480165030401") + TEXT,
    "key-from-nothing": ssh_key(b"none"),
}  # fmt: skip

TWINS = {
    "gzip": gzip.compress(SEALED),
    "gzip-and-padding": gzip.compress(SEALED) + bytes(512),
    "much-armour": made.armour("AGE ENCRYPTED FILE", made.age(noise(90_000))),
    "much-uuencoded": b"begin 644 a\n"
    + b"".join(binascii.b2a_uu(part) for part in batched(made.salted(noise(90_000)), 45))
    + b"`\nend\n",
    "long-word": WRITTEN.replace(b"\n", b""),
    "vault": made.vault(noise(40_000)),
    "tar": tar(b"0", SEALED) + bytes(9216),
    "tar-and-attributes": tar(b"x", TEXT[:999], ends=False) + tar(b"0", SEALED),
    "partitions": gpt({0: made.luks1(body=noise(99_000)), 9: made.luks1(body=noise(99_000))}),
    "pdf": pdf(b"/StmF/StdCF/StrF/StdCF"),
    "borg": segment(noise(9000)),
    "pst": pst(noise(9000)),
    "zfs": zfs(noise(9000)),
    "qcow2": qcow2(noise(9000)),
    "key-of-a-password": ssh_key(b"bcrypt"),
}


def replicated(first: bytes) -> bytes:
    """A stream of `zfs send -R`: its own header does not say how those in it were sent."""
    head = (struct.pack("<IIQQ", 0, 40, 0x2F5BACBAC, 2 | 4 << 2)).ljust(312 + 40, b"\0")
    return head + struct.pack("<I", 5).ljust(312, b"\0") + first


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        (zfs(noise(9000)), "unknown"),
        (
            zfs(noise(9000)).replace(struct.pack("<Q", 1 | 1 << 26), struct.pack("<Q", 1)),
            "plaintext",
        ),
        (b"", "unknown"),
    ],
)
def test_one_raw_stream_of_several_proves_nothing_of_the_others(stream: bytes, state: str) -> None:
    assert look(replicated(stream)).state == state


@pytest.mark.parametrize("case", CASES)
def test_readable_bytes_beside_ciphertext(case: str) -> None:
    assert look(CASES[case]).state not in {"encrypted", "weak"}


@pytest.mark.parametrize("count", [8998, 8999, 9000])
@pytest.mark.parametrize("check_sum", [b"", b"=aB3/\n"])
def test_armour_ends_with_or_without_padding_and_check_sum(count: int, check_sum: bytes) -> None:
    armour = made.armour("PGP MESSAGE", made.openpgp(noise(count)))
    assert look(armour.replace(b"-----END", check_sum + b"-----END")).state == "encrypted"


@pytest.mark.parametrize(
    "text",
    [
        b"$ANSIBLE_VAULT;1.1;AES256\n" + b"0" * 9000 + b"x",
        (b"content-type:\n " * 400 + b"application/pkcs7-mime\n") * 9,
        b"a:b\n c\n" * 900 + b"content-type: application/pkcs7-mime\n" * 9,
    ],
)
def test_odd_text_takes_no_time(text: bytes) -> None:
    assert look(text).state != "encrypted"


@pytest.mark.parametrize("case", TWINS)
def test_the_same_without_them(case: str) -> None:
    assert look(TWINS[case]).state == "encrypted"
