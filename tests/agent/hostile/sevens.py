"""Hostile 7z archives, made with the real tool where it makes them, and by changed bytes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

MAGIC = b"7z\xbc\xaf\x27\x1c"
Make = Callable[[Path, Path], None]


def packed(live: Path, target: Path, *words: str, folder: Path | None = None) -> None:
    """Archive the live files as they are called from the root, and what else is named."""
    archive = target.with_name(f"{target.name}.7z")
    names = [str(live).lstrip("/")]
    _seven("a", "-snl", "-mx=1", str(archive), *names, directory="/")
    if words:
        _seven("a", "-snl", "-mx=1", str(archive), *words, directory=str(folder or live.parent))
    archive.rename(target)


def _seven(*words: str, directory: str) -> None:
    subprocess.run(
        ["7z", *words[:1], "-bso0", "-bsp0", *words[1:]],
        cwd=directory,
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )


def honest(live: Path, target: Path) -> None:
    packed(live, target)


def absolute(live: Path, target: Path) -> None:
    packed(live, target, "-spf", str(live.parents[1] / "around" / "victim"))


def two_dots(live: Path, target: Path) -> None:
    packed(live, target, "-spf", "../../around/victim", folder=live)


def aside(live: Path) -> Path:
    """Make an empty folder for strange things, outside the live files."""
    folder = live.parents[1] / "strange"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir()
    return folder


def links(live: Path, target: Path) -> None:
    folder = aside(live)
    (folder / "l").symlink_to(live.parents[1] / "around")
    (folder / "ring").symlink_to("ring")
    packed(live, target, "l", "ring", folder=folder)


def odd_names(live: Path, target: Path) -> None:
    folder = aside(live)
    for name in ("a\n\x1b[2J", "-bso1", "@list", "*", "n" * 255):
        (folder / name).write_text("evil")
    packed(live, target, "-r", "--", "./", folder=folder)


def zeros(live: Path, target: Path) -> None:
    """A gibibyte of nothing."""
    folder = aside(live)
    with (folder / "zeros").open("wb") as file:
        file.truncate(1 << 30)
    packed(live, target, "zeros", folder=folder)


def many(live: Path, target: Path) -> None:
    folder = aside(live)
    for number in range(20_000):
        os.close(os.open(str(folder / str(number)), os.O_CREAT | os.O_WRONLY))
    packed(live, target, "-r", ".", folder=folder)


def locked(live: Path, target: Path) -> None:
    packed(live, target, "-psecret", "-mhe=on", "victim", folder=live.parents[1] / "around")


def changed(change: Callable[[bytearray], object]) -> Make:
    def make(live: Path, target: Path) -> None:
        packed(live, target)
        data = bytearray(target.read_bytes())
        change(data)
        target.write_bytes(bytes(data))

    return make


def cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


def flipped(data: bytearray) -> None:
    data[len(data) // 3] ^= 0xFF


def header_far_away(data: bytearray) -> None:
    data[12:20] = b"\xff" * 7 + b"\x7f"


def header_huge(data: bytearray) -> None:
    data[20:28] = b"\xff" * 7 + b"\x7f"


def only_magic(_live: Path, target: Path) -> None:
    target.write_bytes(MAGIC)


UNSAFE, DAMAGED, HARMLESS = {"unsafe_contents"}, {"damaged"}, {"none"}

CASES: list[tuple[str, Make, set[str]]] = [
    ("honest", honest, HARMLESS),
    ("absolute name", absolute, HARMLESS | UNSAFE),
    ("two dots", two_dots, UNSAFE),
    ("links", links, HARMLESS | UNSAFE),
    ("odd names", odd_names, HARMLESS | UNSAFE),
    ("a gibibyte of zeros", zeros, HARMLESS | {"quota_exceeded"}),
    ("twenty thousand names", many, HARMLESS | {"quota_exceeded"}),
    ("locked", locked, {"wrong_password", "unsupported"}),
    ("cut short", changed(cut), DAMAGED),
    ("a byte flipped", changed(flipped), DAMAGED),
    ("its header lies far away", changed(header_far_away), DAMAGED),
    ("its header is huge", changed(header_huge), DAMAGED),
    ("only its first bytes", only_magic, DAMAGED),
]
