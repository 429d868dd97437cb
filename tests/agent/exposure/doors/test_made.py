"""Locks written here after their formats, where no tool at hand makes them so or so cheaply."""

from __future__ import annotations

import base64
import hashlib
import json
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.base import Cipher
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from guardian_agent.exposure.doors import Tried, try_doors
from guardian_agent.exposure.doors.derive import argon2, pbkdf2, scrypt
from guardian_agent.exposure.doors.lock import CannotTryError
from guardian_agent.exposure.doors.msgpack import read_map

from tests.agent.exposure.doors.kept import DOORS, PASSWORD, kopia_repository
from tests.agent.fakes import FakeSystem


def tried(content, beside=None):
    system = FakeSystem()
    system.files.put("/drop/nightly", content)
    if beside is not None:
        system.files.put("/drop/nightly.key", beside)
    return try_doors("/drop/nightly", system)


def sha1(data):
    return hashlib.sha1(data, usedforsecurity=False).digest()


def standard_workbook(password):
    """Return a workbook of Office 2007 (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9, AES-128)."""
    salt, value = bytes(range(16)), b"a random value.."
    spun = sha1(salt + password.encode("utf-16-le"))
    for number in range(50_000):
        spun = sha1(struct.pack("<I", number) + spun)
    last = sha1(spun + bytes(4))
    key = sha1(bytes(a ^ 0x36 for a in last.ljust(64, b"\0")))[:16]
    encryptor = Cipher(AES(key), ECB()).encryptor()
    sealed = encryptor.update(value), encryptor.update(sha1(value).ljust(32, b"\0"))
    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0)
    verifier = struct.pack("<I", 16) + salt + sealed[0] + struct.pack("<I", 20) + sealed[1]
    info = struct.pack("<2H2I", 3, 2, 0x24, len(header)) + header + verifier
    content = bytearray((DOORS / "xlsx-locked.xlsx").read_bytes())
    place = content.index(b"\x04\x00\x04\x00\x40\x00\x00\x00")
    content[place : place + len(info)] = info
    return bytes(content)


def test_office_2007():
    assert tried(standard_workbook("VelvetSweatshop")) == Tried(
        doors=2, opened="well-known-password"
    )
    locked = standard_workbook(PASSWORD.decode())
    assert tried(locked) == Tried(doors=2, opened=None)
    assert tried(locked, beside=PASSWORD) == Tried(doors=3, opened="key-beside-data")


def unpadded(data):
    return base64.b64encode(data).rstrip(b"=")


def age_for(password, log_n=4):
    salt, label = b"s" * 16, b"age-encryption.org/v1/scrypt"
    key = Scrypt(salt=label + salt, length=32, n=16, r=8, p=1).derive(password)
    body = ChaCha20Poly1305(key).encrypt(bytes(12), b"the file's key..", None)
    lines = b"-> scrypt %b %d\n%b\n" % (unpadded(salt), log_n, unpadded(body))
    return b"age-encryption.org/v1\n" + lines + b"--- " + b"A" * 43 + b"\n" + b"\x8f" * 100


def test_age_for_a_password():
    assert tried(age_for(b"")) == Tried(doors=1, opened="empty-password")
    assert tried(age_for(PASSWORD)) == Tried(doors=1, opened=None)
    assert tried(age_for(PASSWORD), beside=PASSWORD).opened == "key-beside-data"
    assert tried(age_for(b"", log_n=40)) == Tried(doors=0, opened=None)


@pytest.mark.parametrize(
    "costs", [{"memory": 16 * 1024 * 1024}, {"time": 1 << 30}, {"cpus": 0}, {"type": "argon2i"}]
)
def test_a_volume_that_names_a_greedy_cost_is_not_tried(costs):
    content = (DOORS / "luks2-argon2id.bin").read_bytes()
    text, zeros, rest = content[4096:].partition(b"\0")
    meta = json.loads(text)
    meta["keyslots"]["0"]["kdf"] |= costs
    changed = json.dumps(meta, separators=(",", ":")).encode()
    padding = b"\0" * (len(text) - len(changed))
    rest = rest[max(0, len(changed) - len(text)) :]
    assert tried(content[:4096] + changed + padding + zeros + rest, beside=PASSWORD) == Tried(
        doors=0, opened=None
    )


def test_kopia_by_its_other_derivation():
    known = json.loads(kopia_repository(b"")) | {"keyAlgo": "pbkdf2-sha256-600000"}
    system = FakeSystem()
    system.files.put("/r/kopia.repository", json.dumps(known).encode())
    assert try_doors("/r", system) == Tried(doors=2, opened=None)


def test_the_first_version_of_aes_crypt():
    content = (DOORS / "aescrypt-empty.aes").read_bytes()
    start = 5
    while length := int.from_bytes(content[start : start + 2]):
        start += 2 + length
    assert tried(b"AES\x01\x00" + content[start + 2 :]).opened == "empty-password"


@pytest.mark.parametrize(
    "call",
    [
        lambda: scrypt(b"", b"", n=1 << 31, r=8, p=1, length=32),
        lambda: scrypt(b"", b"", n=16, r=1, p=1, length=1 << 30),
        lambda: scrypt(b"", b"", n=16, r=0, p=1, length=32),
        lambda: pbkdf2("sha256", b"", b"", 1 << 40, 32),
        lambda: pbkdf2("sha256", b"", b"", 0, 32),
        lambda: pbkdf2("sha256", b"", b"", 1, 1 << 30),
        lambda: pbkdf2("md5", b"", b"", 1, 32),
        lambda: argon2("argon2d", b"", b"s" * 8, passes=1, lanes=1, kib=8, length=32),
        lambda: argon2("argon2id", b"", b"s" * 8, passes=1, lanes=1, kib=1 << 30, length=32),
        lambda: argon2("argon2id", b"", b"s" * 8, passes=1, lanes=1, kib=8, length=1 << 30),
    ],
)
def test_no_file_sets_the_price(call):
    with pytest.raises(CannotTryError):
        call()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xc0", b"\x81", b"\x81\xa1", b"\x81\x01\x02", b"\x81\xa1k\xc4\xff", b"\x81\xa1k\xd6"],
)
def test_no_other_map_is_read(data):
    with pytest.raises(ValueError, match=r"map|short|text|type"):
        read_map(data)


def test_a_map_as_borg_writes_it():
    wrapped = b"\x83\xa1a\xa2bc\xd9\x01b\xcd\x01\x00\xa1c\xc5\x00\x02xy"
    assert read_map(wrapped) == {b"a": b"bc", b"b": 256, b"c": b"xy"}
