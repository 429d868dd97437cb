"""Where samples are made: contents to work on, tools to work with, and a list of what came out."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PASSWORD = "test-only-pass"
SECONDS = 180
SIZES = (
    3000, 1, 40, 64_000, 300, 9000, 700, 20_000, 130_000, 1500, 5000, 250_000, 16, 2500, 33_000,
    4096, 100, 12_000, 600_000, 65_537, 2048, 200, 8192, 90_000, 1000, 45_000, 6000, 17, 15_000,
    1_000_000,
)  # fmt: skip
"""Bytes of plaintext, the most telling first: a small corpus takes the first ones only."""
FOLDERS = ("/usr/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/bin")


class Truth(StrEnum):
    """What a file is, whoever looks."""

    ENCRYPTED = "encrypted"
    WEAK = "weak"
    PLAINTEXT = "plaintext"
    EMPTY = "empty"
    UNTELLABLE = "nobody-can-tell"
    """Random-looking without a mark: nobody can tell what it is from its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One file, or one folder that is a repository; `origin` is who made it."""

    path: Path
    kind: str
    truth: Truth
    origin: str


class Workshop:
    """Makes samples below a folder."""

    def __init__(self, folder: Path, *, each: int) -> None:
        self.folder = folder
        self.each = each
        self.samples: list[Sample] = []
        self._numbers = itertools.count()
        self.scratch = folder / "scratch"
        self.scratch.mkdir(parents=True)

    def put(self, kind: str, data: bytes, truth: Truth, origin: str, end: str = "bin") -> None:
        """Write one file."""
        self.reserve(kind, truth, origin, end).write_bytes(data)

    def reserve(self, kind: str, truth: Truth, origin: str, end: str = "bin") -> Path:
        """Return the path of a sample that the caller writes."""
        place = self.folder / kind
        place.mkdir(exist_ok=True)
        path = place / f"{next(self._numbers):05}.{end}"
        self.samples.append(Sample(path=path, kind=kind, truth=truth, origin=origin))
        return path

    def contents(self, least: int = 0, each: int | None = None) -> Iterator[bytes]:
        """Yield contents of many sizes and sorts, at least `least` bytes long."""
        sizes = [size for size in SIZES if size >= least][: each or self.each]
        for index, size in enumerate(sizes):
            yield content(size, index)

    def readable(self, least: int = 512, each: int | None = None) -> Iterator[bytes]:
        """Yield contents that are long enough for anybody to recognise."""
        yield from self.contents(least, each)


def content(size: int, seed: int) -> bytes:
    """Return text, tables, SQL or JSON of a size, different for each seed."""
    chance = random.Random(seed)
    line = _LINES[seed % len(_LINES)]
    lines = (line % (chance.randrange(10**6), chance.choice(_NAMES), chance.choice(_NAMES))
             for _ in range(size // 40 + 2))  # fmt: skip
    return "".join(lines).encode()[:size]


def noise(size: int, seed: int = 0) -> bytes:
    """Return random bytes."""
    return random.Random(f"{size}-{seed}").randbytes(size)


def found(name: str) -> str | None:
    """Return a tool's path; None when it is not installed."""
    return shutil.which(name, path=":".join(FOLDERS))


def tool(*words: str | Path, data: bytes = b"", folder: Path | None = None) -> bytes:
    """Run a tool to its end and return what it wrote."""
    program = found(str(words[0]))
    if program is None:
        raise RuntimeError(f"{words[0]} is not installed: run deploy/develop/install.sh")
    done = subprocess.run(
        [program, *map(str, words[1:])],
        input=data,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        cwd=folder,
        env={"PATH": ":".join(FOLDERS), "LC_ALL": "C.UTF-8", "HOME": str(folder or "/nonexistent")},
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} exited {done.returncode}: {done.stderr.decode()[:500]}")
    return done.stdout


_NAMES = ("Lovelace", "Hopper", "Turing", "Иванов", "Müller", "O'Neill", "Nakamura", "García")
_LINES = (
    "%d;%s;%s;London;open\n",
    "INSERT INTO customers VALUES (%d, '%s', '%s', NULL);\n",
    '{"id": %d, "name": "%s", "city": "%s", "active": true}\n',
    "2026-11-20 03:00:%d INFO %s logged in from the office of %s\n",
    "<tr><td>%d</td><td>%s</td><td>%s</td></tr>\n",
    "    value = compute(%d, name='%s', other='%s')  # see above\n",
)
