"""Hostile zip archives: names, lies of the index, bombs."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

EVIL = b"evil"
Make = Callable[[Path, Path], None]


def info(name: str, mode: int = 0, extra: bytes = b"") -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("x", (2026, 1, 1, 0, 0, 0))
    made.filename = name  # the constructor would cut a name at its zero byte
    made.external_attr, made.extra, made.create_system = mode << 16, extra, 3
    return made


def zipped(live: Path, target: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> None:
    """Write an archive with all live files, and then the members."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(live.rglob("*")):
            archive.write(path, str(path).lstrip("/"))
        with warnings.catch_warnings(action="ignore"):  # of names that are there twice
            for member, data in members:
                archive.writestr(member, data)


def named(*names: str, mode: int = 0) -> Make:
    """Return a maker of files with these names; `{around}` is what must stay as it is."""

    def make(live: Path, target: Path) -> None:
        around = str(live.parents[1] / "around").lstrip("/")
        here = [name.format(around=around, live=str(live).lstrip("/")) for name in names]
        zipped(live, target, *[(info(name, mode), EVIL) for name in here])

    return make


def link(live: Path, target: Path) -> None:
    """A symbolic link, and a file through it."""
    name, around = f"{live}/l".lstrip("/"), str(live.parents[1] / "around")
    way = (info(name, stat.S_IFLNK | 0o777), around.encode())
    zipped(live, target, way, (info(f"{name}/victim"), EVIL))


def changed(change: Callable[[bytearray], object]) -> Make:
    """Return a maker of an honest archive whose bytes were changed."""

    def make(live: Path, target: Path) -> None:
        zipped(live, target)
        data = bytearray(target.read_bytes())
        change(data)
        target.write_bytes(bytes(data))

    return make


def _index(data: bytearray) -> int:
    return data.index(b"PK\x01\x02")


def _end(data: bytearray) -> int:
    return data.rindex(b"PK\x05\x06")


def lie_of_size(data: bytearray) -> None:
    place = _index(data)
    struct.pack_into("<I", data, place + 24, 0xFFFFFFFE)


def lie_of_count(data: bytearray) -> None:
    struct.pack_into("<HH", data, _end(data) + 8, 0xFFFE, 0xFFFE)


def lie_of_place(data: bytearray) -> None:
    struct.pack_into("<I", data, _index(data) + 42, 0xFFFFFFF0)


def lie_of_index(data: bytearray) -> None:
    struct.pack_into("<I", data, _end(data) + 16, 0xFFFFFFF0)


def lie_of_method(data: bytearray) -> None:
    struct.pack_into("<H", data, _index(data) + 10, 98)


def lie_of_checksum(data: bytearray) -> None:
    struct.pack_into("<I", data, _index(data) + 16, 0)


def said_encrypted(data: bytearray) -> None:
    struct.pack_into("<H", data, _index(data) + 8, 1)
    struct.pack_into("<H", data, 6, 1)


def another_name_within(data: bytearray) -> None:
    """The index and the member itself tell different names."""
    size = struct.unpack_from("<H", data, 26)[0]
    data[30 : 30 + size] = b"../" * (size // 3) + b"x" * (size % 3)


def huge(live: Path, target: Path) -> None:
    """Zip64: a size of 16 EiB."""
    zipped(live, target)
    data = bytearray(target.read_bytes())
    place = _index(data)
    name, extra = struct.unpack_from("<HH", data, place + 28)
    field = struct.pack("<HHQQ", 1, 16, (1 << 64) - 2, (1 << 64) - 2)
    struct.pack_into("<II", data, place + 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", data, place + 30, extra + len(field))
    at = place + 46 + name
    data[at:at] = field
    end = _end(data)
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(field))
    target.write_bytes(bytes(data))


def bomb(size: int) -> Make:
    def make(live: Path, target: Path) -> None:
        zeros = info(str(live / "zeros").lstrip("/"))
        with (
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(zeros, "w", force_zip64=True) as file,
        ):
            for _ in range(size >> 20):
                file.write(bytes(1 << 20))

    return make


def overlapping(_live: Path, target: Path) -> None:
    """One piece of packed zeros that 500 members of the index all name as their own."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(8 << 20)
    data = packer.compress(zeros) + packer.flush()
    check = zlib.crc32(zeros)
    name = b"srv/zeros"
    local = (
        b"PK\x03\x04"
        + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, check, len(data), len(zeros), len(name), 0)
        + name
    )
    entry = (
        b"PK\x01\x02"
        + struct.pack(
            "<HHHHHHIIIHHHHHII",
            20,
            20,
            0,
            8,
            0,
            0,
            check,
            len(data),
            len(zeros),
            len(name),
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + name
    )
    index = entry * 500
    body = local + data
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 500, 500, len(index), len(body), 0)
    target.write_bytes(body + index + end)


def nested(live: Path, target: Path) -> None:
    """Sixteen zips in a zip, each of sixteen zips, each with zeros: only the first is opened."""
    data = bytes(16 << 20)
    for _ in range(3):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(16 if len(data) < 1 << 20 else 1):
                archive.writestr(f"srv/{number}.zip", data)
        data = packed.getvalue()
    zipped(live, target, (info("srv/inner.zip"), data))


def many_names(_live: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(70_000):
            archive.writestr(info(f"srv/{number}"), b"")


def cut(live: Path, target: Path) -> None:
    zipped(live, target)
    target.write_bytes(target.read_bytes()[:-40])


def followed(live: Path, target: Path) -> None:
    zipped(live, target)
    target.write_bytes(target.read_bytes() + b"\xff" * 70_000)


def preceded(live: Path, target: Path) -> None:
    """A program before the archive, as files that unpack themselves have."""
    zipped(live, target)
    target.write_bytes(b"MZ" + bytes(5000) + target.read_bytes())


UNSAFE, DAMAGED, HARMLESS = {"unsafe_contents"}, {"damaged"}, {"none"}
LOCKED = {"unsupported", "wrong_password"}
LETTER = "{live}/department-0/letter-00.txt"

CASES: list[tuple[str, Make, set[str]]] = [
    ("absolute name", named("/{around}/victim"), HARMLESS),
    ("two dots", named("../../../../../{around}/victim"), UNSAFE),
    ("two dots and backslashes", named("..\\..\\{around}\\victim"), UNSAFE | HARMLESS),
    ("a name of another machine", named("\\\\host\\share\\x", "//host/share/x"), HARMLESS),
    ("names of a drive", named("C:\\x", "C:x", "C:/x"), HARMLESS),
    ("a zero byte", named("{live}/a\0../../x"), UNSAFE | HARMLESS | DAMAGED),
    ("a line and an escape", named("{live}/a\n\x1b[2J"), HARMLESS),
    ("a name of 60,000 bytes", named("{live}/" + "n" * 60_000), HARMLESS | DAMAGED),
    ("a link, and a file through it", link, UNSAFE | HARMLESS),
    ("a device", named(LETTER, mode=stat.S_IFBLK | 0o666), HARMLESS),
    ("set user id", named("{live}/program", mode=stat.S_IFREG | 0o6755), HARMLESS),
    ("one name twice", named(LETTER, LETTER), HARMLESS),
    ("a folder in a file's place", named(LETTER + "/"), HARMLESS),
    ("a size of 4 GiB that is not", changed(lie_of_size), DAMAGED | {"quota_exceeded"}),
    ("a size of 16 EiB that is not", huge, DAMAGED | {"quota_exceeded"}),
    ("more members than there are", changed(lie_of_count), DAMAGED | HARMLESS),
    ("a member past the end", changed(lie_of_place), DAMAGED),
    ("an index past the end", changed(lie_of_index), DAMAGED),
    ("an unknown method", changed(lie_of_method), DAMAGED | {"unsupported"}),
    ("a wrong checksum", changed(lie_of_checksum), DAMAGED),
    ("said to be encrypted", changed(said_encrypted), LOCKED | DAMAGED),
    ("two names for one member", changed(another_name_within), DAMAGED | UNSAFE),
    ("a bomb", bomb(1 << 30), HARMLESS | {"quota_exceeded"}),
    ("members that overlap", overlapping, DAMAGED | HARMLESS | {"quota_exceeded"}),
    ("a bomb in a bomb", nested, HARMLESS),
    ("seventy thousand names", many_names, HARMLESS | {"nothing_restored", "incomplete"}),
    ("cut short", cut, DAMAGED),
    ("garbage after the end", followed, DAMAGED | HARMLESS),
    ("a program before the beginning", preceded, {"unsupported"}),
]
