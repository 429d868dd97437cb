"""Streams and backups that say by a flag or a label what they are."""

from __future__ import annotations

import struct

import pytest

from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise


def zfs(features: int, order: str = "<") -> bytes:
    head = struct.pack(order + "IIQQ", 0, 0, 0x2F5BACBAC, features << 2 | 1)
    return head.ljust(312, b"\0") + noise(5000)


def outlook(method: int, version: int = 23) -> bytes:
    head = (b"!BDN" + noise(4) + b"SM" + struct.pack("<H", version)).ljust(600, b"\0")
    place = 513 if version >= 23 else 461
    return head[:place] + bytes([method]) + head[place + 1 :] + noise(9000)


def tape(body: bytes) -> bytes:
    head = b"TAPE" + bytes(80) + struct.pack("<H", 4096) + bytes(7) + b"\x01"
    return head.ljust(4096, b"\0") + body


def bacula(body: bytes) -> bytes:
    return noise(4) + struct.pack(">II", 200, 0) + b"BB02" + bytes(184) + body


def ssh(cipher: bytes) -> bytes:
    return b"openssh-key-v1\x00" + struct.pack(">I", len(cipher)) + cipher + noise(200)


CASES = {
    "zfs": (zfs(1 << 22), "plaintext"),
    "zfs-raw": (zfs(1 << 24 | 1 << 22), "encrypted"),
    "zfs-raw-other-order": (zfs(1 << 24, ">"), "encrypted"),
    "zfs-other-order": (zfs(0, ">"), "plaintext"),
    "zfs-cut": (zfs(1 << 24)[:64], "unknown"),
    "outlook-permuted": (outlook(1), "plaintext"),
    "outlook-cyclic": (outlook(2), "plaintext"),
    "outlook-protected": (outlook(0x10), "encrypted"),
    "outlook-old": (outlook(1, 14), "plaintext"),
    "outlook-unheard-of": (outlook(7), "unknown"),
    "tape": (tape(TEXT), "plaintext"),
    "tape-packed-or-sealed": (tape(noise(90_000)), "unknown"),
    "tape-in-text": (
        b"TAPE is what the letter was closed with, and we wrote so. " * 3,
        "plaintext",
    ),
    "bacula": (bacula(TEXT), "plaintext"),
    "bacula-packed-or-sealed": (bacula(noise(90_000)), "unknown"),
    "mysql-log": (
        b"\xfebin" + bytes(4) + b"\x0f" + bytes(4) + b"\x77\0\0\0" + noise(900),
        "plaintext",
    ),
    "mysql-log-sealed": (b"\xfdbin\x01".ljust(512, b"\0") + noise(9000), "encrypted"),
    "mysql-log-sealed-mark-before-text": (b"\xfdbin\x01".ljust(512, b"\0") + TEXT, "unknown"),
    "ssh-key": (ssh(b"none"), "plaintext"),
    "ssh-key-sealed": (ssh(b"aes256-ctr"), "encrypted"),
    "ssh-key-odd": (ssh(b"rot13"), "unknown"),
    "aes-crypt-0": (b"AES\x00\x05" + noise(16 + 160 + 32), "encrypted"),
    "aes-crypt-3": (b"AES\x03\x00\x00\x00\x00\x04\x93\xe0" + noise(129 + 160), "encrypted"),
    "aes-crypt-3-before-text": (b"AES\x03\x00\x00\x00\x00\x04\x93\xe0" + TEXT[:289], "unknown"),
    "aes-crypt-7": (b"AES\x07\x00" + noise(400), "unknown"),
    "kdb": (bytes.fromhex("03d9a29a65fb4bb5") + noise(900), "encrypted"),
    "kdb-before-text": (bytes.fromhex("03d9a29a65fb4bb5") + TEXT, "unknown"),
    "proxmox-index": (bytes.fromhex("2f7f41ed91fd0fcd") + noise(9000), "unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_stream(case: str) -> None:
    data, state = CASES[case]
    assert look(data).state == state
