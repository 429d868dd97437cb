"""Hostile tar archives: every trick that an unpacker is known to have fallen for."""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.agent.probing.packing import member

EVIL = b"evil"
LINK, HARD = tarfile.SYMTYPE, tarfile.LNKTYPE
Member = tuple[tarfile.TarInfo, bytes]


def packed(
    live: Path, members: list[Member], target: Path, tail: bytes = b"", mode: str = "w"
) -> None:
    """Write an archive with all live files, and then the members."""
    with target.open("wb") as file:
        with tarfile.open(fileobj=file, mode=mode, format=tarfile.PAX_FORMAT) as archive:
            archive.add(live, arcname=str(live).lstrip("/"))
            for info, data in members:
                archive.addfile(info, io.BytesIO(data))
        file.write(tail)


def named(*names: str) -> Callable[[Path], list[Member]]:
    """Return a maker of files with these names; `{around}` is the folder that must stay as it is,
    `{live}` the live folder, both without their first slash."""

    def make(live: Path) -> list[Member]:
        return [member(_filled(name, live), EVIL) for name in names]

    return make


def linked(*links: tuple[str, str, bytes | None]) -> Callable[[Path], list[Member]]:
    """Return a maker of (name, target, kind); kind None: a file with evil contents."""

    def make(live: Path) -> list[Member]:
        return [
            member(_filled(name, live), EVIL)
            if kind is None
            else member(_filled(name, live), kind=kind, link=_filled(target, live))
            for name, target, kind in links
        ]

    return make


def special(
    kind: bytes, mode: int = 0o666, device: tuple[int, int] = (1, 3)
) -> Callable[[Path], list[Member]]:
    """Return a maker of one member of a kind, in a live file's place."""

    def make(live: Path) -> list[Member]:
        info, _ = member(_filled("{live}/department-0/letter-00.txt", live), kind=kind)
        info.mode, (info.devmajor, info.devminor) = mode, device
        return [(info, b"")]

    return make


def with_mode(mode: int) -> Callable[[Path], list[Member]]:
    def make(live: Path) -> list[Member]:
        info, data = member(_filled("{live}/program", live), EVIL)
        info.mode, info.uname = mode, "root"
        return [(info, data)]

    return make


def with_pax(**headers: str) -> Callable[[Path], list[Member]]:
    """Return a maker of a file with these extended headers; `__` stands for a dot."""

    def make(live: Path) -> list[Member]:
        info, data = member(_filled("{live}/department-0/letter-00.txt", live), EVIL)
        info.pax_headers = {k.replace("__", "."): _filled(v, live) for k, v in headers.items()}
        return [(info, data)]

    return make


def _filled(text: str, live: Path) -> str:
    around = live.parents[1] / "around"
    return text.format(around=str(around).lstrip("/"), live=str(live).lstrip("/"))


def deep(levels: int) -> Callable[[Path], list[Member]]:
    return named("{live}/" + "d/" * levels + "f")


def long_links(live: Path) -> list[Member]:
    """CVE-2025-4517 and -4330: links whose expansion is longer than a path may be."""
    component, top = "d" * 247, _filled("{live}/x", live)
    members, path = [], top
    for letter in "abcdefghijklmnop":
        members.append(member(f"{path}/{component}", kind=tarfile.DIRTYPE))
        members.append(member(f"{path}/{letter}", kind=LINK, link=component))
        path = f"{path}/{component}"
    way = "/".join("abcdefghijklmnop")
    long = f"{top}/{way}/{'l' * 254}"
    members.append(member(long, kind=LINK, link="../" * 16))
    members.append(member(f"{top}/escape", kind=LINK, link=f"{way}/{'l' * 254}/../../../../around"))
    members.append(member(f"{top}/escape/victim", EVIL))
    members.append(member(f"{top}/hard", kind=HARD, link=f"{top}/escape/victim"))
    return members


def many_times(live: Path) -> list[Member]:
    """One name a thousand times: file, link, folder, and a file again."""
    name = _filled("{live}/department-0/letter-00.txt", live)
    kinds = (None, LINK, tarfile.DIRTYPE, HARD)
    around = "/" + _filled("{around}/victim", live)
    return [
        member(name, EVIL) if kind is None else member(name, kind=kind, link=around)
        for kind in kinds * 250
    ] + [member(name, EVIL)]


def raw(*blocks: bytes) -> bytes:
    """Return blocks filled up to 512 bytes."""
    return b"".join(block + bytes(-len(block) % 512) for block in blocks)


def header(name: bytes, size: bytes, kind: bytes = b"0", magic: bytes = b"ustar\x0000") -> bytes:
    """Return a header block with these very fields and a right checksum."""
    fields = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + size.ljust(12, b"\0")
    fields += b"00000000000\0" + b" " * 8 + kind + bytes(100) + magic
    block = fields.ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def number(value: int) -> bytes:
    """Return a number in GNU's base-256, which has no end."""
    first = b"\xff" if value < 0 else b"\x80"
    return first + (value % 256**11).to_bytes(11, "big")


END = bytes(1024)


def straight(*blocks: bytes) -> Callable[[Path, Path], None]:
    """Return a maker of an archive that has just these blocks."""
    return lambda _live, target: target.write_bytes(raw(*blocks)) and None


def old_sparse(_live: Path, target: Path) -> None:
    """GNU's old header for sparse files: eight exbibytes, of which nothing is there."""
    block = bytearray(header(b"huge", b"00000000000", b"S", b"ustar  \0"))
    huge = (1 << 62) + ((1 << 62) - 512)
    block[386:398], block[398:410] = number(huge - 512), number(0)
    block[483:495] = number(huge)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    target.write_bytes(bytes(block) + END)


def new_sparse(live: Path, target: Path) -> None:
    info, data = member(
        str(live / "department-0" / "letter-00.txt").lstrip("/"), b"1\n0\n0\n".ljust(512, b"\0")
    )
    info.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "srv/huge",
        "GNU.sparse.realsize": str(1 << 63),
    }
    packed(live, [(info, data)], target)


def endless_pax(_live: Path, target: Path) -> None:
    records = b"".join(b"%d comment=%s\n" % (1000 + 16, b"x" * 1000) for _ in range(1000))
    target.write_bytes(raw(header(b"x", b"%011o" % len(records), b"x"), records) * 100 + END)


def ten_million_names(_live: Path, target: Path) -> None:
    """Ten million members, a million of them with names of their own, in few bytes.

    The digits of a folder's name change places, so that every checksum stays right.
    """
    folder = b"0123456/"
    part = b"".join(header(folder + b"%06d" % count, b"00000000000") for count in range(10_000))
    ways = itertools.islice(itertools.permutations("0123456"), 100)
    million = b"".join(
        gzip.compress(part.replace(folder, "".join(way).encode() + b"/"), 1) for way in ways
    )
    with target.open("wb") as file:
        for _ in range(10):
            file.write(million)
        file.write(gzip.compress(END))


def bomb(pack: Callable[[bytes], bytes], times: int) -> Callable[[Path, Path], None]:
    """Return a maker of one file of `times` hundred mebibytes of zeros, packed piece by piece."""

    def make(_live: Path, target: Path) -> None:
        size = 100 * 1024 * 1024
        piece = pack(bytes(size))
        with target.open("wb") as file:
            file.write(pack(header(b"zeros", number(times * size))))
            for _ in range(times):
                file.write(piece)
            file.write(pack(END))

    return make


def nested_bomb(_live: Path, target: Path) -> None:
    """Zeros packed four times over."""
    data = bytes(100 * 1024 * 1024)
    for _ in range(4):
        data = gzip.compress(data)
    target.write_bytes(data)


def greedy_xz(_live: Path, target: Path) -> None:
    """An xz stream that says it needs a dictionary of 4 GiB, and fills it."""
    compressor = lzma.LZMACompressor(preset=0, check=lzma.CHECK_NONE)
    data = bytearray(compressor.compress(header(b"zeros", number(1 << 30))))
    piece = bytes(64 << 20)
    for _ in range(16):
        data += compressor.compress(piece)
    data += compressor.compress(END) + compressor.flush()
    # Stream header (12), then the block header: size, flags, filter 0x21, 1 byte of properties.
    size = (data[12] + 1) * 4
    place = data.index(b"\x21\x01", 12, 12 + size) + 2
    data[place] = 40
    data[12 + size - 4 : 12 + size] = struct.pack("<I", zlib.crc32(bytes(data[12 : 12 + size - 4])))
    target.write_bytes(bytes(data))


def in_itself(live: Path) -> list[Member]:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for info, data in named("../../../../../../{around}/victim")(live):
            archive.addfile(info, io.BytesIO(data))
    return [member(_filled("{live}/inner.tar", live), inner.getvalue())]


def cut(live: Path, target: Path) -> None:
    packed(live, [], target)
    data = target.read_bytes()
    target.write_bytes(data[: len(data) // 2])


def followed(tail: bytes) -> Callable[[Path, Path], None]:
    return lambda live, target: packed(live, [], target, tail)


def _whole(make: Callable[[Path], list[Member]], mode: str = "w") -> Callable[[Path, Path], None]:
    return lambda live, target: packed(live, make(live), target, mode=mode)


UNSAFE = {"unsafe_contents"}
DAMAGED = {"damaged"}
HARMLESS = {"none"}
LETTER = "{live}/department-0/letter-00.txt"

# (name, maker of the file, the reasons with which reading it whole may end).
CASES: list[tuple[str, Callable[[Path, Path], None], set[str]]] = [
    ("absolute name", _whole(named("/{around}/victim")), HARMLESS),
    ("two dots", _whole(named("../../../../../../{around}/victim")), UNSAFE),
    ("two dots within", _whole(named("{live}/../../around/victim")), UNSAFE),
    ("a dot and two dots", _whole(named("./../x")), UNSAFE),
    ("doubled slashes", _whole(named("..//..//{around}//victim")), UNSAFE),
    ("two dots last", _whole(named("{live}/..")), UNSAFE),
    ("backslashes", _whole(named("..\\..\\{around}\\victim")), HARMLESS),
    ("three dots", _whole(named(".../...//x")), HARMLESS),
    ("dots as a browser writes them", _whole(named("%2e%2e/%2e%2e/x")), HARMLESS),
    ("dots of full width", _whole(named("\uff0e\uff0e/\uff0e\uff0e/x")), HARMLESS),
    ("a zero byte", _whole(with_pax(path="{live}/a\0../../../x")), UNSAFE | HARMLESS),
    ("a line and an escape", _whole(named("{live}/a\n\x1b[2J\x1b]0;x\x07b")), HARMLESS),
    ("a name of 255 bytes", _whole(named("{live}/" + "n" * 255)), HARMLESS),
    ("a name of 256 bytes", _whole(named("{live}/" + "n" * 256)), HARMLESS),
    ("a path of 9,000 bytes", _whole(named("{live}/" + "name/" * 1800 + "x")), HARMLESS),
    ("a name that is no text", _whole(named("{live}/\udcff\udcfe")), HARMLESS),
    ("names that differ by case", _whole(named("{live}/A", "{live}/a")), HARMLESS),
    ("names that look the same", _whole(named("{live}/\u00e9", "{live}/e\u0301")), HARMLESS),
    ("ten thousand levels", _whole(deep(10_000)), HARMLESS | UNSAFE),
    (
        "through a link",
        _whole(linked(("{live}/l", "/{around}", LINK), ("{live}/l/victim", "", None))),
        UNSAFE,
    ),
    (
        "through a chain of links",
        _whole(
            linked(
                ("{live}/a", "b", LINK),
                ("{live}/b", "../../around", LINK),
                ("{live}/a/victim", "", None),
            )
        ),
        UNSAFE,
    ),
    (
        "a link in a file's place, and the file again",
        _whole(linked((LETTER, "/{around}/victim", LINK), (LETTER, "", None))),
        HARMLESS,
    ),
    ("a link to itself", _whole(linked(("{live}/l", "l", LINK))), HARMLESS),
    (
        "links in a ring",
        _whole(linked(("{live}/a", "b", LINK), ("{live}/b", "a", LINK))),
        HARMLESS,
    ),
    (
        "a hard link to outside",
        _whole(linked((LETTER, "/{around}/victim", HARD), (LETTER, "", None))),
        HARMLESS,
    ),
    ("a hard link by two dots", _whole(linked((LETTER, "../../etc/passwd", HARD))), UNSAFE),
    ("a hard link to itself", _whole(linked((LETTER, LETTER, HARD))), HARMLESS),
    (
        "hard links in a ring",
        _whole(linked((LETTER, "{live}/b", HARD), ("{live}/b", LETTER, HARD))),
        HARMLESS,
    ),
    ("links too long to follow", _whole(long_links), UNSAFE),
    ("a device", _whole(special(tarfile.CHRTYPE)), HARMLESS),
    ("the first disk", _whole(special(tarfile.BLKTYPE, device=(8, 0))), HARMLESS),
    ("a pipe", _whole(special(tarfile.FIFOTYPE)), HARMLESS),
    ("an unknown kind", _whole(special(b"Q")), HARMLESS),
    ("set user id", _whole(with_mode(0o6755)), HARMLESS),
    ("sticky and open to all", _whole(with_mode(0o1777)), HARMLESS),
    ("a sparse file of 8 EiB, old", old_sparse, DAMAGED | {"quota_exceeded", "unsafe_contents"}),
    ("a sparse file of 8 EiB, new", new_sparse, DAMAGED | HARMLESS | {"quota_exceeded"}),
    (
        "a size of 8 EiB",
        straight(header(b"x", number(1 << 63)), b"x", END),
        DAMAGED | {"quota_exceeded"},
    ),
    ("a negative size", straight(header(b"x", number(-512)), END), DAMAGED),
    ("a size that is none", straight(header(b"x", b"zzzzzzzzzzz"), END), DAMAGED | {"unsupported"}),
    ("a name of 2 GiB", straight(header(b"x", number(2 << 30), b"L"), END), UNSAFE),
    ("extended headers of 2 GiB", straight(header(b"x", number(2 << 30), b"x"), END), UNSAFE),
    (
        "extended headers without end",
        endless_pax,
        DAMAGED | UNSAFE | HARMLESS | {"nothing_restored"},
    ),
    (
        "another path by extended header",
        _whole(with_pax(path="../../../../{around}/victim")),
        UNSAFE,
    ),
    ("another size by extended header", _whole(with_pax(size="-1")), DAMAGED | HARMLESS),
    ("a time without end", _whole(with_pax(mtime="inf")), DAMAGED | HARMLESS),
    ("a time that is none", _whole(with_pax(mtime="nan")), DAMAGED | HARMLESS),
    (
        "attributes, rights and flags",
        _whole(
            with_pax(
                SCHILY__xattr__security__capability="\x01\0\0\x02",
                SCHILY__acl__access="user::rwx,group::rwx,other::rwx",
                SCHILY__fflags="immutable,append",
                LIBARCHIVE__xattr__trusted__overlay__opaque="y",
            )
        ),
        HARMLESS,
    ),
    ("one name a thousand times", _whole(many_times), HARMLESS),
    ("cut short", cut, DAMAGED),
    ("garbage after the end", followed(b"\xff" * 99_999), HARMLESS | DAMAGED),
    (
        "an archive after the end",
        followed(raw(header(b"../../x", b"00000000000"))),
        HARMLESS | DAMAGED,
    ),
    ("an archive in an archive", _whole(in_itself), HARMLESS),
    ("nothing", straight(b""), {"nothing_restored", "unsupported"}),
    ("only zeros", straight(bytes(10240)), {"nothing_restored"}),
    ("no archive", straight(b"%PDF-1.7 and more"), {"unsupported"}),
    ("a gzip bomb", bomb(lambda data: gzip.compress(data, 9), 10), HARMLESS | {"quota_exceeded"}),
    ("a bzip2 bomb", bomb(bz2.compress, 3), HARMLESS | {"quota_exceeded"}),
    (
        "an xz bomb",
        bomb(lambda data: lzma.compress(data, preset=0), 5),
        HARMLESS | {"quota_exceeded"},
    ),
    ("a gzip bomb in a gzip bomb", nested_bomb, {"unsupported"}),
    (
        "an xz that wants 4 GiB",
        greedy_xz,
        DAMAGED | HARMLESS | UNSAFE | {"quota_exceeded", "output_limit"},
    ),
]
