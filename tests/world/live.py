"""Live data as a small office keeps it: letters, tables, a photo, an old folder."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

COUNT = 24
AN_HOUR = 3600


def office(folder: Path, *, count: int = COUNT, seed: str = "office", age: int = AN_HOUR) -> Path:
    """Fill `folder` with `count` files that were last changed `age` seconds ago."""
    for number in range(count):
        path = folder / f"department-{number % 3}" / f"letter-{number:02}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_letter(seed, number))
    settle(folder, age)
    return folder


def settle(folder: Path, age: int = AN_HOUR) -> None:
    """Date every file back by `age` seconds, so that it counts as at rest."""
    moment = time.time() - age  # noqa: TID251 - a test makes real files with real times
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (moment, moment))


def _letter(seed: str, number: int) -> bytes:
    noise = hashlib.sha256(f"{seed}-{number}".encode()).hexdigest()
    lines = [f"Dear customer {number}, invoice {noise[i : i + 8]} is due." for i in range(0, 48, 2)]
    return ("\n".join(lines) + "\n").encode() * (1 + number % 5)
