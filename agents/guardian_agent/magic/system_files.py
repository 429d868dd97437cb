"""What operating systems keep: terminal descriptions, time zones, catalogues, caches, packages."""

from __future__ import annotations

import struct

from guardian_agent.magic.data import controls, number
from guardian_agent.magic.formats import Format, longer_than

_NAME_BYTES = range(2, 1024)


def _terminfo(head: bytes) -> bool:
    """A compiled terminal description: sizes, then names that end with a zero."""
    if len(head) < 12:
        return False
    names, flags, numbers, strings, _ = struct.unpack("<5H", head[2:12])
    is_small = names in _NAME_BYTES and flags < 256 and numbers < 256 and strings < 2048
    name = head[12 : 12 + names]
    return is_small and name.endswith(b"\x00") and name.isascii() and not controls(name[:-1])


def _time_zone(head: bytes) -> bool:
    return head[4:5] in b"\x00234" and not any(head[5:20]) and len(head) >= 44


def _catalogue(head: bytes) -> bool:
    """Gettext's compiled catalogue: revision, count, and two tables behind the header."""
    order = "little" if head[0] == 0xDE else "big"
    major, minor = divmod(number(head[4:8], order), 1 << 16)
    return major in {0, 1} and minor in {0, 1} and 20 <= number(head[12:16], order) < 1 << 28


def _git_index(head: bytes) -> bool:
    return number(head[4:8], "big") in {2, 3, 4}


def _cabinet(head: bytes) -> bool:
    return not any(head[4:8]) and head[24:26] == b"\x03\x01"


def _cpio(head: bytes) -> bool:
    """Eight-digit hexadecimal fields, and a name of the length they tell."""
    digits = head[6:110]
    return len(digits) == 104 and all(byte in b"0123456789abcdefABCDEF" for byte in digits)


def _rpm(head: bytes) -> bool:
    return (
        head[4:6] in {b"\x03\x00", b"\x03\x01", b"\x04\x00"} and b"\x8e\xad\xe8\x01" in head[:112]
    )


def _shortcut(head: bytes) -> bool:
    return head[4:20] == bytes.fromhex("0114020000000000c000000000000046")


FORMATS: tuple[Format, ...] = (
    ("terminfo", (b"\x1a\x01", b"\x1e\x02"), _terminfo),
    ("time-zone", (b"TZif",), _time_zone),
    ("catalogue", (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"), _catalogue),
    ("locale", (b"\xde\x12\x01\x09", b"\x09\x01\x12\xde"), longer_than(56)),
    ("linker-cache", (b"ld.so-1.7.0\x00", b"glibc-ld.so.cache1.1"), longer_than(48)),
    ("hardware-database", (b"KSLPHHRH",), longer_than(80)),
    ("git-index", (b"DIRC",), _git_index),
    ("git-pack", (b"PACK\x00\x00\x00\x02", b"PACK\x00\x00\x00\x03"), longer_than(32)),
    ("git-pack-index", (b"\xfftOc\x00\x00\x00\x02",), longer_than(1032)),
    ("settings-database", (b"GVariant",), longer_than(24)),
    ("cabinet", (b"MSCF",), _cabinet),
    ("cpio", (b"070701", b"070702"), _cpio),
    ("rpm", (b"\xed\xab\xee\xdb",), _rpm),
    ("shortcut", (b"L\x00\x00\x00",), _shortcut),
    ("help", (b"ITSF\x03\x00\x00\x00",), longer_than(96)),
    ("squashfs", (b"hsqs",), lambda head: number(head[28:30]) == 4),
    ("btrfs-stream", (b"btrfs-stream\x00",), longer_than(17)),
    (
        "device-tree",
        (b"\xd0\x0d\xfe\xed",),
        lambda head: number(head[20:24], "big") in range(1, 32),
    ),
    ("gpg-keybox", (b"\x00\x00\x00\x20\x01\x01\x00",), lambda head: head[8:12] == b"KBXf"),
    (
        "pcap",
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", b"\xa1\xb2\xc3\xd4\x00\x02\x00\x04"),
        longer_than(24),
    ),
    (
        "pcap-ng",
        (b"\x0a\x0d\x0d\x0a",),
        lambda head: head[8:12] in {b"\x4d\x3c\x2b\x1a", b"\x1a\x2b\x3c\x4d"},
    ),
)
