"""Formats whose tools are not free or not here: written after their specifications."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.world.corpus.workshop import Truth, Workshop, content, noise

_ECRYPTFS_MARK = 0x3C81B7F5
Make = Callable[[int, int], bytes]
"""Makes a file of about a size, different for each seed."""


def make(workshop: Workshop) -> None:
    sizes = [len(each) for each in workshop.contents(each=min(workshop.each, 16))]
    for truth, kinds in ((Truth.ENCRYPTED, SEALED), (Truth.PLAINTEXT, OPEN)):
        for kind, write in kinds.items():
            for seed, size in enumerate(sizes):
                workshop.put(kind, write(size, seed), truth, "specification")


def _blocks(size: int) -> int:
    return -(-(size + 1) // 16) * 16


def _aes_crypt(version: int) -> Make:
    def write(size: int, seed: int) -> bytes:
        if version == 0:
            return b"AES\x00" + bytes([size % 16]) + noise(16 + _blocks(size) + 32, seed)
        tags = b"" if version == 1 else b"\x00\x13CREATED_BY\x00aescrypt\x00\x00"
        rounds = b"\x00\x04\x93\xe0" if version == 3 else b""
        body = noise(16 + 48 + 32 + _blocks(size) + (1 if version < 3 else 0) + 32, seed)
        return b"AES" + bytes([version, 0]) + tags + rounds + body

    return write


def _kdbx(size: int, seed: int) -> bytes:
    fields = b"\x02\x10\x00\x00\x00" + noise(16, seed) + b"\x00\x04\x00\x00\x00\r\n\r\n"
    return bytes.fromhex("03d9a29a67fb4bb500000400") + fields + noise(64 + size + 2048, seed)


def _ecryptfs(size: int, seed: int) -> bytes:
    mark = noise(4, seed)
    other = (int.from_bytes(mark, "big") ^ _ECRYPTFS_MARK).to_bytes(4, "big")
    head = size.to_bytes(8, "big") + mark + other + b"\x03\x00\x00\x02\x00\x00\x10\x00\x00\x02"
    return head.ljust(8192, b"\x00") + noise(4096 * (1 + size // 4096), seed)


def _xbcrypt(size: int, seed: int) -> bytes:
    head = b"XBCRYP03" + struct.pack("<QQQIQ", 0, size, size, 7, 16)
    return head + noise(16 + size + 48, seed)


def _chunk(payload: bytes) -> bytes:
    path = b"./ibdata1"
    head = b"XBSTCK01\x00P" + struct.pack("<I", len(path)) + path
    data = head + struct.pack("<QQI", len(payload), 0, 7) + payload
    return data + b"XBSTCK01\x00E" + struct.pack("<I", len(path)) + path


def _zfs(*, raw: bool) -> Make:
    def write(size: int, seed: int) -> bytes:
        features = (1 << 24 if raw else 0) | 1 << 22
        head = struct.pack("<IIQQ", 0, 0, 0x2F5BACBAC, features << 2 | 1)
        body = noise(size, seed) if raw else content(size, seed)
        return head.ljust(312, b"\x00") + body

    return write


def _outlook(method: int) -> Make:
    def write(size: int, seed: int) -> bytes:
        head = b"!BDN" + noise(4, seed) + b"SM" + struct.pack("<H", 23)
        return head.ljust(513, b"\x00") + bytes([method]) + b"\x00" * 50 + noise(size + 600, seed)

    return write


def _tape(size: int, seed: int) -> bytes:
    """A backup of SQL Server that is neither compressed nor encrypted."""
    head = b"TAPE\x00\x00\x03\x00" + b"\x00" * 76 + struct.pack("<H", 4096) + b"\x00" * 7 + b"\x01"
    return head.ljust(4096, b"\x00") + content(40_000 + size, seed)


def _bacula(size: int, seed: int) -> bytes:
    label = b"Bacula 1.0 immortal\n\x00".ljust(200, b"\x00")
    head = noise(4, seed) + struct.pack(">II", 24 + len(label), 0) + b"BB02" + b"\x00" * 8
    return head + label + content(4000 + size, seed)


SEALED: dict[str, Make] = {
    "aescrypt-0": _aes_crypt(0),
    "aescrypt-1": _aes_crypt(1),
    "aescrypt-2": _aes_crypt(2),
    "aescrypt-3": _aes_crypt(3),
    "kdbx": _kdbx,
    "kdb": lambda size, seed: bytes.fromhex("03d9a29a65fb4bb5") + noise(124 + _blocks(size), seed),
    "rclone": lambda size, seed: b"RCLONE\x00\x00" + noise(24 + 16 + max(size, 1), seed),
    "ecryptfs": _ecryptfs,
    "xbcrypt": _xbcrypt,
    "xbstream-of-xbcrypt": lambda size, seed: _chunk(_xbcrypt(size, seed)),
    "proxmox-blob": lambda size, seed: bytes.fromhex("7b6785be222d4cf0") + noise(36 + size, seed),
    "proxmox-blob-zstd": lambda size, seed: (
        bytes.fromhex("e6591bbf0bbfd80b") + noise(36 + size, seed)
    ),
    "pgbackrest": lambda size, seed: b"Salted__" + noise(8 + _blocks(size), seed),
    "zfs-raw": _zfs(raw=True),
    "mysql-log-encrypted": lambda size, seed: (
        b"\xfdbin\x01".ljust(512, b"\x00") + noise(size + 64, seed)
    ),
}
OPEN: dict[str, Make] = {
    "zfs-not-raw": _zfs(raw=False),
    "pst-permute": _outlook(1),
    "pst-cyclic": _outlook(2),
    "xbstream": lambda size, seed: _chunk(content(size + 600, seed)),
    "proxmox-blob-open": lambda size, seed: (
        bytes.fromhex("42ab3807be8370a1") + noise(4 + size, seed)
    ),
    "sql-server-backup": _tape,
    "bacula": _bacula,
}
