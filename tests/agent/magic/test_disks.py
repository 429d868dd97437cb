"""Volumes, disks and the images of them, with the twins that only look encrypted."""

from __future__ import annotations

import struct
import zlib

import pytest

from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, luks2, noise
from tests.world.corpus.volumes import bitlocker

EXT4 = (b"\0" * 1024 + b"\x10" + b"\0" * 23 + b"\x02" + b"\0" * 31 + b"\x53\xef").ljust(9000, b"\0")
FSCRYPT = EXT4[:1120] + b"\0\0\x01\0" + EXT4[1124:]
NTFS = (b"\xeb\x52\x90NTFS    ".ljust(510, b"\0") + b"\x55\xaa").ljust(9000, b"\0")
LUKS = luks2(body=noise((1 << 20) - 32768))
TO_GO = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
SIGNED = b"\x55\xaa"


def disk(*volumes: bytes) -> bytes:
    """A disk with an MBR, each volume at a whole MiB."""
    entries, bodies = b"", b""
    for number, volume in enumerate(volumes, 1):
        entries += b"\x00\x00\x02\x00\x83\x00\x00\x00" + struct.pack("<II", 2048 * number, 2048)
        bodies += volume.ljust(1 << 20, b"\0")
    boot = b"\0" * 446 + entries.ljust(64, b"\0") + SIGNED
    return boot.ljust(1 << 20, b"\0") + bodies


def gpt(volume: bytes) -> bytes:
    protective = b"\0" * 450 + b"\xee" + b"\0" * 59 + SIGNED
    header = b"EFI PART".ljust(72, b"\0") + struct.pack("<QII", 2, 128, 128)
    entry = noise(32) + struct.pack("<QQ", 2048, 4095)
    start = (protective + header.ljust(512, b"\0") + entry).ljust(1 << 20, b"\0")
    return start + volume.ljust(1 << 20, b"\0")


def vhd(volume: bytes) -> bytes:
    head = b"cxsparse" + b"\xff" * 8 + struct.pack(">QIII", 2048, 0x10000, 1, 1 << 21)
    table = struct.pack(">I", 5) if volume else b"\xff" * 4
    start = b"conectix".ljust(512, b"\0") + head.ljust(1536, b"\0") + table
    return start.ljust(6 * 512, b"\0") + volume


def vhdx(volume: bytes) -> bytes:
    region = bytes.fromhex("6677c22d23f600429d64115e9bfd4a08") + struct.pack(
        "<QII", 1 << 19, 4096, 1
    )
    table = b"regi" + b"\0" * 12 + region
    start = b"vhdxfile".ljust(192 * 1024, b"\0") + table
    entry = struct.pack("<Q", (1 << 20) | 6 if volume else 0)
    return (start.ljust(1 << 19, b"\0") + entry).ljust(1 << 20, b"\0") + volume.ljust(
        1 << 20, b"\0"
    )


def vmdk(volume: bytes, *, streamed: bool = False) -> bytes:
    flags = 0x30001 if streamed else 3
    head = b"KDMV" + struct.pack("<IIQQQQIQQQ", 1, flags, 4096, 128, 0, 0, 512, 0, 8, 16)
    if streamed:
        packed = zlib.compress(volume)
        return head.ljust(16 * 512, b"\0") + struct.pack("<QI", 0, len(packed)) + packed
    start = head.ljust(8 * 512, b"\0") + struct.pack("<I", 9)
    start = start.ljust(9 * 512, b"\0") + struct.pack("<I", 10 if volume else 0)
    return start.ljust(10 * 512, b"\0") + volume


CASES = {
    "bitlocker": (bitlocker((0x0800, 0x0100)), "encrypted"),
    "bitlocker-suspended": (bitlocker((0x0800, 0x0000)), "plaintext"),
    "bitlocker-without-protectors": (bitlocker(()), "unknown"),
    "bitlocker-header-alone": (bitlocker((0x0800,))[:4096], "unknown"),
    "bitlocker-to-go": (
        b"\xeb\x58\x90MSWIN4.1".ljust(424, b"\0") + TO_GO
        + struct.pack("<Q", 0x10000) + bitlocker((0x2000,))[448:], "encrypted",
    ),
    "fat-of-windows": (b"\xeb\x58\x90MSWIN4.1".ljust(424, b"\0") + bytes(9000), "plaintext"),
    "ext4": (EXT4, "plaintext"),
    "ext4-with-fscrypt": (FSCRYPT, "unknown"),
    "btrfs": (bytes(65600) + b"_BHRfS_M" + bytes(4000), "plaintext"),
    "ntfs": (NTFS, "plaintext"),
    "swap": (bytes(1024) + b"\x01" + bytes(3061) + b"SWAPSPACE2" + bytes(4096), "plaintext"),
    "lvm": (bytes(512) + b"LABELONE" + bytes(16) + b"LVM2 001" + bytes(4096), "unknown"),
    "disk": (disk(EXT4), "plaintext"),
    "disk-of-luks": (disk(LUKS), "encrypted"),
    "disk-half-luks": (disk(EXT4, LUKS), "plaintext"),
    "disk-of-noise": (disk(noise(1 << 20)), "unknown"),
    "disk-without-partitions": (disk(), "unknown"),
    "gpt": (gpt(NTFS), "plaintext"),
    "gpt-of-luks": (gpt(LUKS), "encrypted"),
    "vhd": (vhd(EXT4), "plaintext"),
    "vhd-of-luks": (vhd(LUKS), "encrypted"),
    "vhd-empty": (vhd(b""), "unknown"),
    "vhd-of-noise": (vhd(noise(9000)), "unknown"),
    "vhdx": (vhdx(EXT4), "plaintext"),
    "vhdx-of-luks": (vhdx(LUKS), "encrypted"),
    "vhdx-empty": (vhdx(b""), "unknown"),
    "vhdx-broken": (b"vhdxfile" + bytes(400_000), "unknown"),
    "vmdk": (vmdk(EXT4), "plaintext"),
    "vmdk-of-luks": (vmdk(LUKS), "encrypted"),
    "vmdk-empty": (vmdk(b""), "unknown"),
    "vmdk-streamed": (vmdk(EXT4, streamed=True), "plaintext"),
    "vmdk-streamed-of-luks": (vmdk(LUKS, streamed=True), "encrypted"),
    "vmdk-streamed-broken": (vmdk(b"", streamed=True)[:-4] + noise(400), "unknown"),
    "vmdk-of-text": (vmdk(TEXT), "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_disk(case: str) -> None:
    data, state = CASES[case]
    assert look(data).state == state


@pytest.mark.parametrize("case", CASES)
def test_half_a_disk_is_never_encrypted_by_less(case: str) -> None:
    data, state = CASES[case]
    if state != "encrypted":
        assert look(data[: len(data) // 2]).state != "encrypted"
