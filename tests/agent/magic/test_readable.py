"""Formats that anybody reads: each with its twin that has the mark alone."""

from __future__ import annotations

import py_compile
import struct
from pathlib import Path

import pytest

from tests.agent.magic.asking import look
from tests.agent.magic.made import noise


def frames(count: int) -> bytes:
    """Layer III at 128 kbit/s and 44.1 kHz: 417 bytes a frame."""
    return b"".join(b"\xff\xfb\x90\x00" + noise(413, number) for number in range(count))


def page(rows: bytes, flags: int = 0) -> bytes:
    """A page of a PostgreSQL table."""
    upper = 8192 - len(rows)
    head = bytes(10) + struct.pack("<HHHHH", flags, 28, upper, 8192, 8192 | 4) + bytes(8)
    return head.ljust(upper, b"\0") + rows


def terminfo(name: bytes) -> bytes:
    return struct.pack("<6H", 0o432, len(name), 4, 2, 3, 20) + name + bytes(90)


def dbase() -> bytes:
    head = b"\x03\x7e\x0b\x14" + struct.pack("<IHH", 3, 65, 30) + bytes(20)
    return head + b"NAME".ljust(32, b"\0") + b"\r" + noise(900)


def icon() -> bytes:
    return b"\0\0\1\0\1\0" + b"\x10\x10\0\0\1\0\x20\0" + struct.pack("<II", 900, 22) + noise(900)


READABLE = {
    "bmp": b"BM" + struct.pack("<IHHII", 5054, 0, 0, 54, 40) + noise(5000),
    "icon": icon(),
    "x-cursor": b"Xcur\x10\0\0\0\0\0\1\0" + noise(5000),
    "truetype": b"\0\1\0\0\0\x0c\0\x80\0\3\0\x40GDEF" + noise(5000),
    "gif": b"GIF89a" + noise(5000),
    "tiff": b"II*\0\x08\0\0\0" + noise(5000),
    "webp": b"RIFF\x88\x13\0\0WEBP" + noise(5000),
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + noise(5000),
    "mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + noise(5000),
    "mp3": frames(12),
    "mp3-with-tag": b"ID3\x04\0\0\0\0\x0f\x76TIT2" + noise(5000),
    "ogg": b"OggS\0\2" + noise(5000),
    "flac": b"fLaC\0\0\0\x22" + noise(5000),
    "midi": b"MThd\0\0\0\6\0\1\0\2\1\xe0MTrk" + noise(5000),
    "elf": b"\x7fELF\2\1\1" + noise(5000),
    "pe": b"MZ".ljust(60, b"\0") + b"\x80\0\0\0".ljust(68, b"\0") + b"PE\0\0" + noise(5000),
    "class": b"\xca\xfe\xba\xbe\0\0\0\x41" + noise(5000),
    "wasm": b"\0asm\1\0\0\0" + noise(5000),
    "bitcode": b"BC\xc0\xde" + noise(5000),
    "redis": b"REDIS0011" + noise(5000),
    "mongodump": b"\x6d\xe2\x99\x81" + noise(5000),
    "dbase": dbase(),
    "parquet": b"PAR1\x15\x04\x15" + noise(5000),
    "hdf5": b"\x89HDF\r\n\x1a\n" + noise(5000),
    "numpy": b"\x93NUMPY\1\0v\0{'descr': '<f8', }" + noise(5000),
    "gdbm": b"\xce\x9a\x57\x13\0\x10\0\0" + noise(5000),
    "access": (b"\0\1\0\0Standard ACE DB\0" + noise(4076)) + b"\1\1" + noise(5000),
    "registry": b"regf" + bytes(16) + b"\1\0\0\0" + noise(5000),
    "journal": b"LPKSHHRH" + noise(5000),
    "postgresql": page(noise(7000)) + page(noise(7000, 2), 4),
    "terminfo": terminfo(b"xterm|terminal emulator\0"),
    "time-zone": b"TZif2" + bytes(39) + noise(900),
    "catalogue": b"\xde\x12\x04\x95\0\0\0\0\5\0\0\0\x1c\0\0\0\x44\0\0\0" + noise(5000),
    "catalogue-1.1": b"\xde\x12\x04\x95\1\0\1\0\5\0\0\0\x30\0\0\0\x44\0\0\0" + noise(5000),
    "locale": b"\xde\x12\x01\x09" + noise(5000),
    "git-index": b"DIRC\0\0\0\2" + noise(5000),
    "git-pack": b"PACK\0\0\0\2" + noise(5000),
    "cpio": b"070701" + b"0" * 104 + b"a\0" + noise(900),
    "rpm": (b"\xed\xab\xee\xdb\3\0").ljust(96, b"\0") + b"\x8e\xad\xe8\1" + noise(5000),
    "squashfs": b"hsqs".ljust(28, b"\0") + b"\4\0" + noise(5000),
    "btrfs-stream": b"btrfs-stream\0\1\0\0\0" + noise(5000),
    "pcap": b"\xd4\xc3\xb2\xa1\2\0\4\0" + noise(5000),
    "key-box": b"\0\0\0\x20\1\1\0\2KBXf" + noise(5000),
    "public-key": b"\x99\x01\x0d\x04\x60\x00\x00\x00\x01" + noise(264),
    "detached-signature": b"\x88\x75\x04\x00\x16\x08" + noise(113),
}
MARKS_ALONE = {
    "bmp": b"BM" + noise(5000),
    "icon": b"\0\0\1\0" + noise(5000),
    "truetype": b"\0\1\0\0" + noise(5000),
    "tiff": b"II*\0\1\0\0\0" + noise(5000),
    "riff": b"RIFF" + noise(5000),
    "webm": b"\x1a\x45\xdf\xa3" + noise(5000),
    "mp4": b"\0\0\0\x20ftyp" + noise(5000),
    "mp3": b"\xff\xfb\x90\x00" + noise(5000),
    "mp3-one-frame": frames(1) + noise(5000),
    "mp3-with-tag": b"ID3" + noise(5000),
    "midi": b"MThd\0\0\0\6" + noise(5000),
    "elf": b"\x7fELF" + noise(5000),
    "pe": b"MZ" + noise(5000),
    "class": b"\xca\xfe\xba\xbe\xff\xff\xff\xff" + noise(5000),
    "python": b"\xa7\r\r\n\x77\x77" + noise(5000),
    "dbase": b"\x03" + noise(5000),
    "parquet": b"PAR1" + noise(5000, 2),
    "access-sealed": b"\0\1\0\0Standard ACE DB\0" + noise(9000),
    "gdbm": b"\xce\x9a\x57\x13" + noise(5000),
    "postgresql-one-page": page(noise(7000)) + noise(8192),
    "postgresql-wrong-order": page(noise(7000)).replace(b"\x1c\0", b"\xff\x7f", 1),
    "terminfo": b"\x1a\x01" + noise(5000),
    "time-zone": b"TZif" + noise(5000),
    "catalogue": b"\xde\x12\x04\x95" + noise(5000),
    "git-index": b"DIRC" + noise(5000),
    "cpio": b"070701" + noise(5000),
    "rpm": b"\xed\xab\xee\xdb" + noise(5000),
    "squashfs": b"hsqs" + noise(5000),
    "public-key": b"\x99\x01\x0d\x09" + noise(269),
    "two-signatures-of-noise": b"\x88\x75\x09\x00" + noise(115),
}


@pytest.mark.parametrize("case", READABLE)
def test_a_readable_format(case: str) -> None:
    assert look(READABLE[case]).state == "plaintext"


@pytest.mark.parametrize("case", MARKS_ALONE)
def test_a_mark_before_noise_proves_nothing(case: str) -> None:
    assert look(MARKS_ALONE[case]).state == "unknown"


def test_a_compiled_module(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("def call(name):\n    return f'hello {name}'\n")
    compiled = py_compile.compile(str(source))
    answer = look(Path(compiled).read_bytes())
    assert (answer.kind, answer.state) == ("pyc", "plaintext")


def test_what_no_format_describes_but_nowhere_looks_sealed() -> None:
    records = b"".join(struct.pack("<IHHd", number, 7, number % 9, 0.5) for number in range(900))
    answer = look(records)
    assert (answer.rule, answer.state, answer.confidence) == (
        "binary-structured",
        "plaintext",
        "likely",
    )
    assert look(records + noise(4096) + records).state == "unknown"


@pytest.mark.parametrize("length", [32, 48, 100, 255, 256, 300, 1000, 2047])
def test_little_noise_is_never_called_structured(length: int) -> None:
    assert {look(noise(length, seed)).state for seed in range(300)} == {"unknown"}
