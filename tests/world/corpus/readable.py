"""What anybody reads: text, tables, databases, pictures, programs, and what systems keep."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import struct
import wave
import zlib
from pathlib import Path

from tests.world.corpus.workshop import Truth, Workshop, content, noise

_PLACES = {
    "program": ("/usr/bin", "*"),
    "library": ("/usr/lib/x86_64-linux-gnu", "*.so*"),
    "python-code": ("/usr/lib/python3", "**/*.pyc"),
    "python-source": ("/usr/lib/python3", "**/*.py"),
    "terminal": ("/lib/terminfo", "**/*"),
    "time-zone": ("/usr/share/zoneinfo", "**/*"),
    "documentation": ("/usr/share/doc", "**/*.gz"),
    "catalogue": ("/usr/share/locale", "**/*.mo"),
    "certificate": ("/etc/ssl/certs", "*.pem"),
    "perl": ("/usr/share/perl", "**/*.p[lm]"),
}


def make(workshop: Workshop) -> None:
    _texts(workshop)
    _tables(workshop)
    _pictures(workshop)
    _system(workshop)
    for _ in range(min(workshop.each, 4)):
        workshop.put("empty", b"", Truth.EMPTY, "python")
    for size in (512, 5000, 60_000):
        workshop.put("zeros", bytes(size), Truth.EMPTY, "python")


def _texts(workshop: Workshop) -> None:
    for each in workshop.readable():
        workshop.put("text", each, Truth.PLAINTEXT, "python", "txt")
        readable = each.decode(errors="ignore")
        workshop.put("utf-16", readable.encode("utf-16"), Truth.PLAINTEXT, "python", "txt")
        eight_bit = ("Счёт № 7, Иванов Иван Иванович\n" * 9 + readable).encode("cp1251", "ignore")
        workshop.put("cp1251", eight_bit, Truth.PLAINTEXT, "python", "txt")
        listed = [{"id": number, "text": readable[:90]} for number in range(len(each) // 90 + 1)]
        workshop.put("json", json.dumps(listed).encode(), Truth.PLAINTEXT, "python", "json")
        head = (
            "-- PostgreSQL database dump\n\nSET statement_timeout = 0;\nCOPY public.a FROM stdin;\n"
        )
        workshop.put("sql-dump", head.encode() + each, Truth.PLAINTEXT, "python", "sql")


def _tables(workshop: Workshop) -> None:
    for index, each in enumerate(workshop.readable(each=min(workshop.each, 15))):
        path = workshop.reserve("sqlite", Truth.PLAINTEXT, "sqlite", "db")
        with sqlite3.connect(path) as base:
            base.execute("CREATE TABLE customers (id INTEGER, note TEXT, picture BLOB)")
            base.execute(
                "INSERT INTO customers VALUES (1, ?, ?)", (each.decode(errors="ignore"), noise(99))
            )
        base.close()
        rows = content(30_000, index)
        pages = b"".join(_page(rows[place : place + 7000]) for place in range(0, len(rows), 7000))
        workshop.put("postgresql-pages", pages, Truth.PLAINTEXT, "specification")
        dump = b"PGDMP\x01\x0e\x00\x04\x08\x01\x01" + each + noise(len(each) // 2, index)
        workshop.put("pg-dump", dump, Truth.PLAINTEXT, "specification", "dump")
        workshop.put(
            "redis", b"REDIS0011\xfa\tredis-ver\x057.2.4" + each, Truth.PLAINTEXT, "specification"
        )
        numbers = struct.pack(f"<{len(each)}I", *(byte * 3 for byte in each))
        workshop.put("numbers", numbers, Truth.PLAINTEXT, "python")


def _page(rows: bytes) -> bytes:
    """A heap page of PostgreSQL with one line pointer."""
    upper = 8192 - len(rows)
    head = b"\x00" * 12 + struct.pack("<HHHH", 28, upper, 8192, 8192 | 4) + b"\x00" * 4
    pointer = struct.pack("<I", upper | 1 << 15 | len(rows) << 17 & 0xFFFF_FFFF)
    return (head + pointer).ljust(upper, b"\x00") + rows


def _pictures(workshop: Workshop) -> None:
    for index, each in enumerate(workshop.readable(each=min(workshop.each, 15))):
        workshop.put("png", png(64 + index * 8, index), Truth.PLAINTEXT, "python", "png")
        workshop.put("bmp", _bitmap(32 + index), Truth.PLAINTEXT, "specification", "bmp")
        workshop.put("gif", _gif(each), Truth.PLAINTEXT, "specification", "gif")
        workshop.put("jpeg", _jpeg(len(each), index), Truth.PLAINTEXT, "specification", "jpg")
        workshop.put("mp4", _film(len(each), index), Truth.PLAINTEXT, "specification", "mp4")
        workshop.put("mp3", _sound(40, index), Truth.PLAINTEXT, "specification", "mp3")
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(each)
        workshop.put("wav", out.getvalue(), Truth.PLAINTEXT, "python", "wav")


def png(width: int, seed: int) -> bytes:
    """Return a picture of noise: as random inside as pictures get."""
    rows = b"".join(b"\x00" + noise(width * 3, seed + row) for row in range(width))
    size = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _bitmap(width: int) -> bytes:
    pixels = bytes(index * 7 % 256 for index in range(width * width * 4))
    head = struct.pack("<IIiiHHIIiiII", 40, width, width, 0, 1, 32, 0, 0, 0, 0, 0, 0)[:40]
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + head + pixels


def _gif(data: bytes) -> bytes:
    return b"GIF89a\x10\x00\x10\x00\xf7\x00\x00" + bytes(range(256)) * 3 + data


def _jpeg(size: int, seed: int) -> bytes:
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return start + b"\xff\xdb\x00\x43\x00" + bytes(range(1, 65)) + noise(size, seed) + b"\xff\xd9"


def _film(size: int, seed: int) -> bytes:
    brand = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
    return brand + struct.pack(">I", 8 + size) + b"mdat" + noise(size, seed)


def _sound(frames: int, seed: int) -> bytes:
    """Layer III at 128 kbit/s and 44.1 kHz: 417 bytes a frame."""
    return b"".join(b"\xff\xfb\x90\x00" + noise(413, seed + number) for number in range(frames))


def _system(workshop: Workshop) -> None:
    """Files of this machine, which nobody made for the purpose; as many as there are."""
    chance = random.Random(20_261_120)
    for kind, (folder, pattern) in _PLACES.items():
        paths = sorted(path for path in Path(folder).glob(pattern) if path.is_file())
        chosen = chance.sample(paths, min(len(paths), 2 * workshop.each))
        for path in chosen:
            data = path.read_bytes()
            if len(data) > _LEAST:
                workshop.put(kind, data, Truth.PLAINTEXT, "this machine", path.suffix[1:] or "bin")


_LEAST = 64
"""Of fewer bytes nobody can say much."""
