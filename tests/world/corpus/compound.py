"""Compound files (MS-CFB) of a few streams."""

from __future__ import annotations

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFD
_LEAST = 4096
"""Smaller streams belong into the mini stream."""


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a version 3 file; small streams are filled up with zeros to `_LEAST`."""
    bodies = {name: _padded(data) for name, data in streams.items()}
    directory_sectors = -(-(1 + len(bodies)) * 128 // _SECTOR)
    total = directory_sectors + sum(len(body) // _SECTOR for body in bodies.values())
    fats = 1
    while fats * 128 < total + fats:
        fats += 1
    table = [_FAT] * fats + _chain(fats, directory_sectors)
    entries = [_entry("Root Entry", 5, _END, 0)]
    for name, body in bodies.items():
        entries.append(_entry(name, 2, len(table), len(body)))
        table += _chain(len(table), len(body) // _SECTOR)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(fats * _SECTOR, b"\xff")
    directory = b"".join(entries).ljust(directory_sectors * _SECTOR, b"\x00")
    return _header(fats) + fat + directory + b"".join(bodies.values())


def _padded(data: bytes) -> bytes:
    size = max(_LEAST, -(-len(data) // _SECTOR) * _SECTOR)
    return data.ljust(size, b"\x00")


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), _END]


def _entry(name: str, kind: int, first: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    start = written.ljust(64, b"\x00") + struct.pack("<HBB", len(written) + 2, kind, 1)
    return start + struct.pack("<III", _FREE, _FREE, _FREE) + b"\x00" * 36 + struct.pack(
        "<IQ", first, size
    )  # fmt: skip


def _header(fats: int) -> bytes:
    """Mark, versions, sector sizes, where the directory starts, and the list of FAT sectors."""
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    head += struct.pack("<IIIIIIIII", 0, fats, fats, 0, _LEAST, _END, 0, _END, 0)
    listed = [*range(fats), *[_FREE] * (109 - fats)]
    return head + struct.pack("<109I", *listed)
