"""Open formats are decoded, within a budget, and what is left out is said."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import replace
from functools import partial

import pytest
from guardian_agent.exposure.personal import search
from guardian_agent.exposure.personal.budget import Budget
from guardian_agent.exposure.personal.members import members
from guardian_agent.wire.names import Slug
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.exposure.personal.searching import TEXT, counted, counted_as_found

TEXTS = b"card 4111111111111111 was seen on this line, and anna@example.com\n" * 90
PACKERS = [gzip.compress, bz2.compress, partial(lzma.compress, preset=1)]
PACKED = {"gzip": gzip.compress(b"card 5555555555554444"), "xz": lzma.compress(b"card 1")}
FOUND = {"card": 1, "email": 1}
OTHER = b"card 5555555555554444\n" * 20


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(TEXTS),
        bz2.compress(TEXTS),
        lzma.compress(TEXTS, preset=6),
        lzma.compress(TEXTS, format=lzma.FORMAT_ALONE),
        zlib.compress(TEXTS),
    ],
    ids=["gzip", "bzip2", "xz", "lzma", "zlib"],
)
def test_packed_text_is_searched(data):
    found = counted_as_found(data)

    assert (found.values, found.bytes, found.complete) == (FOUND, len(TEXTS), True)


@pytest.mark.parametrize("pack", PACKERS)
def test_streams_in_a_row_are_all_searched(pack):
    found = counted_as_found(pack(TEXTS) + pack(OTHER) + bytes(512))

    assert (found.values, found.complete) == ({"card": 2, "email": 1}, True)


@pytest.mark.parametrize("pack", PACKERS)
def test_a_cut_stream_is_searched_as_far_as_it_goes(pack):
    data = pack(b"".join(b"%d user%d@example.com\n" % (n, n) for n in range(60_000)))

    found = counted_as_found(data[: len(data) * 3 // 4])

    assert found.values["email"] > 100
    assert not found.complete


@pytest.mark.parametrize("pack", PACKERS)
def test_a_bomb_ends_with_the_budget(pack):
    found = counted_as_found(pack(b"no bomb " * 400_000), budget=1_000_000)

    assert found.bytes == 1_000_000
    assert not found.complete


@pytest.mark.parametrize(("pack", "kind"), list(zip(PACKERS, ("gzip", "bzip2", "xz"), strict=True)))
def test_a_bomb_ends_when_its_reader_does(pack, kind):
    """As when the time of a scan is spent."""
    data = pack(b"no bomb " * 400_000)
    reads = iter(range(4))

    def read(place, count):
        return data[place : place + count] if next(reads, None) is not None else b""

    found = search(read, len(data), replace(TEXT, kind=Slug(kind)), 1 << 26)

    assert found.bytes < 1_000_000
    assert not found.complete


def test_a_decoder_that_wants_too_much_memory_is_not_given_it():
    data = lzma.compress(TEXTS * 10, preset=9 | lzma.PRESET_EXTREME)

    found = counted_as_found(data)

    assert (found.values, found.complete) == ({}, False)


def test_a_document_is_searched_through_its_markup():
    document = (
        "<w:p><w:r><w:t>Karte 4111 </w:t></w:r><w:r><w:t>1111 1111 1111</w:t></w:r></w:p>"
        "<w:tc><w:p><w:t>ИНН</w:t></w:p></w:tc><w:tc><w:p><w:t>7707083893</w:t></w:p></w:tc>"
    )

    assert counted_as_found(_zipped({"word/document.xml": document.encode()})).values == {
        "card": 1,
        "inn": 1,
    }


def test_a_sheet_keeps_its_columns():
    rows = "".join(
        f"<row><c><v>{n}</v></c><c><v>77070838{n}</v></c></row>" for n in range(10)
    ) + "".join(f"<row><c><v>{n}</v></c><c t='s'><v>{n}</v></c></row>" for n in range(10))

    assert counted_as_found(_zipped({"xl/worksheets/sheet1.xml": rows.encode()})).complete


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_of_an_archive_are_searched(method):
    found = counted_as_found(_zipped({"a.txt": TEXTS, "b/c.csv": OTHER, "empty": b""}, method))

    assert (found.values, found.complete) == ({"card": 2, "email": 1}, True)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_of_other_methods_are_left_out_and_said(method):
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", TEXTS)
            archive.writestr("b.txt", OTHER, method)
        found = counted_as_found(file.getvalue())

    assert (found.values, found.complete) == (FOUND, False)


def test_an_archive_in_an_archive_is_said_to_be_left_out():
    found = counted_as_found(_zipped({"a.txt": TEXTS, "b.zip": _zipped({"c.txt": OTHER})}))

    assert not found.complete


def test_a_tar_is_searched_as_it_is():
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            member = tarfile.TarInfo("a.txt")
            member.size = len(TEXTS)
            archive.addfile(member, io.BytesIO(TEXTS))
        found = counted_as_found(file.getvalue())

    assert (found.values, found.complete) == (FOUND, True)


@pytest.mark.parametrize("kind", ["zstd", "lz4", "7z", "rar", "pdf", "pg-dump", "doc", "xls"])
def test_what_cannot_be_decoded_here_is_not_complete(kind):
    found = counted(b"card 4111111111111111", replace(TEXT, kind=Slug(kind)))

    assert (found.values, found.complete) == ({"card": 1}, False)


def test_a_budget_below_the_size_is_kept():
    found = counted(TEXTS, budget=1000)

    assert (found.values, found.bytes, found.complete) == (FOUND, 1000, False)


def test_a_file_that_shrinks_meanwhile_is_not_complete():
    from guardian_agent.exposure.personal import search

    found = search(lambda place, count: TEXTS[place : place + count], len(TEXTS) * 2, TEXT, 1 << 30)

    assert (found.values, found.complete) == (FOUND, False)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_broken_directories_do_not_crash(noise, place):
    data = bytearray(_zipped({"a.txt": b"card 4111111111111111", "b": b"x" * 50}))
    place %= len(data)
    data[place : place + len(noise)] = noise
    budget = Budget(lambda at, count: bytes(data[at : at + count]), len(data), 1 << 20)

    for member in members(budget):
        assert budget.at(member.place, member.packed) is not None


@given(st.binary(max_size=200), st.integers(0, 100_000))
def test_broken_streams_do_not_crash(noise, place):
    for codec, whole in PACKED.items():
        data = bytearray(whole)
        data[place % len(data) :] = noise
        assert counted(bytes(data), replace(TEXT, kind=Slug(codec))).bytes <= 1 << 20


def _zipped(files, method=zipfile.ZIP_DEFLATED):
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return file.getvalue()
