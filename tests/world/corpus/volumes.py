"""Volumes and disk images: LUKS, BitLocker, and images that hold a file system in the clear."""

from __future__ import annotations

import struct
from pathlib import Path

from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, found, noise, tool

_IMAGES = {
    "qcow2": (),
    "vmdk": (),
    "vpc": (),
    "vhdx": (),
    "vmdk-streamed": ("-o", "subformat=streamOptimized"),
}


def make(workshop: Workshop) -> None:
    _luks(workshop)
    _bitlocker(workshop)
    _file_systems(workshop)
    _qcow2(workshop)


def _luks(workshop: Workshop) -> None:
    """Real ones where the tool is there, their bodies filled as a used volume's are."""
    if not found("cryptsetup"):
        return
    base = (
        "cryptsetup",
        "luksFormat",
        "-q",
        "--pbkdf",
        "pbkdf2",
        "--pbkdf-force-iterations",
        "1000",
    )
    for index in range(min(workshop.each, 6)):
        for kind, words, size in (("luks1", ("--type", "luks1"), 4), ("luks2", (), 20)):
            target = workshop.reserve(kind, Truth.ENCRYPTED, "cryptsetup", "img")
            _fill(target, size << 20, index if index % 2 else None)
            tool(*base, *words, target, "-", data=PASSWORD.encode())


def _fill(path: Path, size: int, seed: int | None) -> None:
    """Write a sparse file, or one whose last megabyte is random."""
    with path.open("wb") as file:
        file.truncate(size)
        if seed is not None:
            file.seek(size - (1 << 20))
            file.write(noise(1 << 20, seed))


def _bitlocker(workshop: Workshop) -> None:
    for index in range(min(workshop.each, 6)):
        for kind, protectors, truth in (
            ("bitlocker", (0x0800, 0x0100), Truth.ENCRYPTED),
            ("bitlocker-suspended", (0x0800, 0x0000), Truth.PLAINTEXT),
        ):
            workshop.put(kind, bitlocker(protectors, index), truth, "specification", "img")


def bitlocker(protectors: tuple[int, ...], seed: int = 0) -> bytes:
    """Return a volume's start: boot sector, metadata with its protectors, ciphertext."""
    place = 0x10000
    boot = b"\xeb\x58\x90-FVE-FS-".ljust(176, b"\x00") + struct.pack("<QQQ", place, 0, 0)
    entries = b"".join(_master_key(kind, seed) for kind in protectors)
    header = struct.pack("<IIII", 48 + len(entries), 1, 48, 48 + len(entries)) + noise(16, seed)
    header += struct.pack("<IIQ", 1, 0x8004, 0)
    block = b"-FVE-FS-".ljust(64, b"\x00") + header + entries
    start = (boot.ljust(510, b"\x00") + b"\x55\xaa").ljust(place, b"\x00")
    return start + block.ljust(4096, b"\x00") + noise(60_000, seed)


def _master_key(kind: int, seed: int) -> bytes:
    data = noise(16, seed) + b"\x00" * 10 + struct.pack("<H", kind) + noise(80, seed)
    return struct.pack("<HHHH", 8 + len(data), 2, 8, 1) + data


def _file_systems(workshop: Workshop) -> None:
    if not found("mkfs.ext4"):
        return
    for index in range(min(workshop.each, 3)):
        raw = workshop.reserve("ext4", Truth.PLAINTEXT, "mkfs", "img")
        _fill(raw, (2 + index) << 20, None)
        tool("mkfs.ext4", "-q", "-F", raw)
        disk = workshop.reserve("partitioned", Truth.PLAINTEXT, "mkfs", "img")
        table = b"\x00" * 446 + b"\x80\x00\x02\x00\x83\x00\x00\x00" + struct.pack("<II", 2048, 8192)
        disk.write_bytes(
            table.ljust(510, b"\x00") + b"\x55\xaa" + b"\x00" * (2047 * 512) + raw.read_bytes()
        )
        for kind, words in _IMAGES.items():
            if found("qemu-img"):
                target = workshop.reserve(kind, Truth.PLAINTEXT, "qemu-img", "img")
                form = kind.split("-")[0]
                tool("qemu-img", "convert", "-f", "raw", "-O", form, *words, raw, target)


def _qcow2(workshop: Workshop) -> None:
    """Encrypted images; the older way is weak. Their headers suffice."""
    for index in range(min(workshop.each, 6)):
        for kind, method, truth in (
            ("qcow2-luks", 2, Truth.ENCRYPTED),
            ("qcow2-aes", 1, Truth.WEAK),
        ):
            head = struct.pack(">4sIQIIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 1 << 30, method, 1, 1 << 16)
            made = head.ljust(1 << 16, b"\x00") + noise(100_000, index)
            workshop.put(kind, made, truth, "specification", "qcow2")
