"""Files that turned into ciphertext, and all those that only look like it."""

from __future__ import annotations

import base64
import gzip
import json
import lzma
import random
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest
from guardian_agent.exposure.turned import has_turned
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, classify
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.made import age, armour, luks2, noise, openpgp, salted, zipped
from tests.agent.magic.test_blocks import prose

SAMPLES = Path(__file__).parents[2] / "fixtures" / "encryption"
MANIFEST = json.loads((SAMPLES / "MANIFEST.json").read_text())
ROWS = b"".join(b"INSERT INTO c VALUES (%d,'Ada Lovelace');\n" % number for number in range(8000))
MOST_READ = 256 * 1024


def turned(path: str, data: bytes, before: str | None = None) -> bool:
    """Classify data and judge it, counting what is read for that."""
    asked = 0

    def read(offset: int, count: int) -> bytes:
        nonlocal asked
        found = data[offset : offset + count]
        asked += len(found)
        return found

    now = classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])
    answer = has_turned(path, before, now, len(data), read)
    assert asked <= MOST_READ
    return answer


def stripes(data: bytes, piece: int, period: int, start: int = 0) -> bytes:
    """Return data with one piece of every `period` encrypted, from `start` on."""
    changed = bytearray(data)
    for place in range(start, len(data), piece * period):
        changed[place : place + piece] = noise(len(data[place : place + piece]), place)
    return bytes(changed)


def spared(data: bytes, start: int) -> bytes:
    return data[:start] + noise(len(data) - start)


def docx() -> bytes:
    parts = {f"word/part{number}.xml": prose(60_000, number) for number in range(12)}
    return zipped(**{"[Content_Types].xml": b"<Types/>", **parts})


def png(chunk: int = 8192) -> bytes:
    def block(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    drawn = random.Random(3)
    rows = b"".join(
        b"\0" + bytes(drawn.choices(range(40), range(1, 41), k=1500)) for _ in range(400)
    )
    pixels = zlib.compress(rows)
    parts = (pixels[place : place + chunk] for place in range(0, len(pixels), chunk))
    body = b"".join(block(b"IDAT", part) for part in parts)
    head = struct.pack(">IIBBBBB", 1500, 400, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", head) + body + block(b"IEND", b"")


def jpeg() -> bytes:
    """Return what a JPEG looks like from outside: segments, then stuffed codes."""
    tables = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43"
    codes = noise(400_000).replace(b"\xff", b"\xff\x00")
    return tables + bytes(65) + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + codes + b"\xff\xd9"


def pdf() -> bytes:
    stream = zlib.compress(prose(900_000))
    return b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF\n"


def sqlite(tmp_path: Path) -> bytes:
    path = tmp_path / "made.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("create table c (id integer, name text, photo blob)")
        rows = ((number, "Ada", noise(200 + number % 9 * 4000, number)) for number in range(300))
        database.executemany("insert into c values (?, ?, ?)", rows)
    database.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    "name",
    ["dump.sql", "report.docx", "scan.PDF", "photo.jpg", "db.sqlite3", "disk.vmdk", "a.b/c.txt",
     "report.docx.lockbit", "dump.sql.gz", "notes.txt.id-4F21.crypt8"],
)  # fmt: skip
@pytest.mark.parametrize("size", [4096, 300_000])
def test_a_promised_format_that_is_ciphertext(name, size):
    assert turned(f"/srv/{name}", noise(size)) is ("id-4F21" not in name)


@pytest.mark.parametrize("before", ["text", "sqlite", "zip", "pdf", "jpeg", "tar"])
def test_what_was_readable_and_is_ciphertext_now(before):
    assert turned("/srv/no-name-says-it", noise(90_000), before)


@pytest.mark.parametrize("size", [200, 700, 2000])
def test_a_short_text_that_is_ciphertext(size):
    assert turned("/srv/note.txt", noise(size))


def test_what_was_put_into_a_strangers_container():
    assert turned("/srv/report.docx", salted())
    assert turned("/srv/report.docx", openpgp())
    assert turned("/srv/dump", age(), "text")


@pytest.mark.parametrize("piece", [16, 32, 512, 1024, 4096, 65536])
def test_text_of_which_every_other_piece_is_encrypted(piece):
    assert turned("/srv/dump.sql", stripes(ROWS, piece, 2))


@pytest.mark.parametrize("start", [4096, 65536, 100_000])
@pytest.mark.parametrize("period", [1, 3])
def test_text_whose_beginning_was_spared(start, period):
    assert turned("/srv/dump.sql", stripes(ROWS, 16384, period, start))


def test_an_image_of_which_every_third_block_is_encrypted():
    image = (b"KDMV\x01\0\0\0" + bytes(500)).ljust(65536, b"\x01") + ROWS
    assert turned("/srv/disk.vmdk", stripes(image, 65536, 3))


@pytest.mark.parametrize("start", [4096, 70_000])
def test_an_archive_whose_beginning_was_spared(start):
    whole = docx()
    assert turned("/srv/report.docx", spared(whole, start))
    assert turned("/srv/report.docx", spared(whole, start)[:-30_000] + whole[-30_000:])


def test_an_archive_of_which_the_entries_alone_are_encrypted():
    whole = docx()
    middle = bytearray(whole)
    middle[5000:-2000] = noise(len(middle) - 7000)
    assert turned("/srv/report.docx", bytes(middle))


@pytest.mark.parametrize("chunk", [8192, 10_000_000])
def test_a_png_whose_beginning_was_spared(chunk):
    assert turned("/srv/plan.png", spared(png(chunk), 4096))


def test_a_jpeg_whose_beginning_was_spared():
    assert turned("/srv/photo.jpg", spared(jpeg(), 4096))


def test_a_pdf_whose_beginning_was_spared():
    assert turned("/srv/scan.pdf", spared(pdf(), 4096))


def test_a_database_whose_first_page_was_spared(tmp_path):
    assert turned("/srv/crm.sqlite", spared(sqlite(tmp_path), 8192))
    assert turned("/srv/crm.sqlite", stripes(sqlite(tmp_path), 16384, 3, 16384))


def test_readable_files_have_not_turned(tmp_path):
    for name, data in {
        "dump.sql": ROWS,
        "report.docx": docx(),
        "plan.png": png(),
        "one-chunk.png": png(10_000_000),
        "photo.jpg": jpeg(),
        "scan.pdf": pdf(),
        "crm.sqlite": sqlite(tmp_path),
        "dump.sql.gz": gzip.compress(ROWS),
        "empty.txt": b"",
        "zeros.txt": bytes(70_000),
        "cyrillic.txt": ("Счёт на оплату за ноябрь " * 9).encode("cp1251"),
        "utf-16.txt": ("Rechnung über Öl " * 9).encode("utf-16"),
        "mail.eml": b"Subject: photo\n\n" + base64.encodebytes(noise(200_000)),
    }.items():
        assert not turned(f"/srv/{name}", data), name


@pytest.mark.parametrize("sample", MANIFEST, ids=lambda sample: sample["file"])
def test_no_sample_is_taken_for_turned_under_its_own_name(sample):
    data = (SAMPLES / sample["file"]).read_bytes()
    is_headerless = sample["file"] in {"sqlcipher4.db", "sqlcipher3-debian.db", "random-bytes.bin"}
    assert not turned(sample["file"], data) or is_headerless


def test_a_renamed_archive_has_not_turned():
    for data in (
        lzma.compress(ROWS),
        gzip.compress(ROWS),
        zipped(rows=ROWS),
        zlib.compress(ROWS)[2:],
    ):
        assert not turned("/srv/dump.sql", data, "text")


def test_what_was_encrypted_on_purpose_has_not_turned():
    assert not turned("/srv/report.docx.gpg", openpgp())
    assert not turned("/srv/report.docx.enc", noise(90_000))
    assert not turned("/srv/dump.sql.bin", noise(90_000))
    assert not turned("/srv/secret.age", noise(90_000), "text")
    assert not turned("/srv/mail.txt", armour("PGP MESSAGE", openpgp()), "text")
    assert not turned("/srv/disk.vmdk", luks2(body=noise(300_000)))
    sealed = (SAMPLES / "xlsx-encrypted.xlsx").read_bytes()
    assert not turned("/srv/sheet.xlsx", sealed, "zip")


def test_what_nobody_promised_has_not_turned():
    assert not turned("/srv/keyfile", noise(90_000))
    assert not turned("/srv/data.bin", noise(90_000))
    assert not turned("/srv/.hidden", noise(90_000))


def test_damage_is_no_encryption():
    whole = docx()
    damaged = bytearray(whole)
    damaged[30_000:30_020] = b"\0" * 20
    assert not turned("/srv/report.docx", bytes(damaged))
    assert not turned("/srv/report.docx", whole[:40_000])
    assert not turned("/srv/plan.png", png()[:60_000])
    assert not turned("/srv/scan.pdf", pdf()[:100_000] + bytes(20_000))


def test_a_text_with_one_strange_place_has_not_turned():
    assert not turned("/srv/app.log", ROWS[:200_000] + noise(3000) + ROWS[200_000:])


@given(
    st.sampled_from(["a.txt", "a.docx", "a.png", "a.sqlite", "a.jpg", "a.pdf", "a"]),
    st.sampled_from(
        [b"", b"PK\3\4", b"\x89PNG\r\n\x1a\n", b"SQLite format 3\0", b"\xff\xd8\xff", b"%PDF-"]
    ),
    st.binary(max_size=400),
    st.integers(0, 200),
)
def test_whatever_it_holds_there_is_an_answer(name, magic, junk, times):
    assert turned(name, magic + junk * times, "text") in {True, False}
