"""A handful of big files, sparse where the format allows."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, content, found, noise, tool

_GIB = 1 << 30


def make(workshop: Workshop) -> None:
    zeros = workshop.reserve("huge-zeros", Truth.UNTELLABLE, "python")
    _sparse(zeros, _GIB, {})
    mail = workshop.reserve("huge-text", Truth.PLAINTEXT, "python", "log")
    mail.write_bytes(content(1 << 20, 3) * 100)
    sealed = workshop.reserve("huge-openssl", Truth.ENCRYPTED, "specification")
    sealed.write_bytes(b"Salted__" + noise(8) + noise(1 << 20) * 128)
    packed = workshop.reserve("huge-gzip", Truth.PLAINTEXT, "python", "gz")
    packed.write_bytes(gzip.compress(content(1 << 20, 4), 1) * 60)
    if found("mkfs.ext4"):
        disk = workshop.reserve("huge-disk", Truth.PLAINTEXT, "mkfs", "img")
        _sparse(disk, _GIB, {})
        tool("mkfs.ext4", "-q", "-F", disk)
    if found("cryptsetup"):
        volume = workshop.reserve("huge-luks2", Truth.ENCRYPTED, "cryptsetup", "img")
        _sparse(volume, _GIB, {_GIB // 2: noise(1 << 20)})
        tool("cryptsetup", "luksFormat", "-q", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations",
             "1000", volume, "-", data=PASSWORD.encode())  # fmt: skip


def _sparse(path: Path, size: int, parts: dict[int, bytes]) -> None:
    with path.open("wb") as file:
        file.truncate(size)
        for place, data in parts.items():
            file.seek(place)
            file.write(data)
