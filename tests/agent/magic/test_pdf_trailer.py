"""Whether a PDF is encrypted is said by its trailer, and by nothing that only looks like it."""

from __future__ import annotations

import shutil
import subprocess
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise, pdf, pdf_lock
from tests.world.corpus import documents

CATALOG = b"<</Type/Catalog>>"
LOCK = pdf_lock()
MARK = b"/Encrypt 2 0 R"
ROOT = b"/Root 1 0 R"
OWNER_ONLY = Path(__file__).parents[2] / "fixtures" / "qpdf-11.3.0" / "aes-256-owner-only.pdf"


def stream(content: bytes, told: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (told, len(content), content)


def by_stream(
    *objects: bytes, told: bytes = b"", rows: bytes = b"", predicted: bool = False
) -> bytes:
    """A PDF whose cross-reference section is a stream; `rows` stand for those of its table."""
    out = bytearray(b"%PDF-1.7\n")
    table = [bytes(5)]
    for number, each in enumerate(objects, 1):
        table.append(b"\x01" + len(out).to_bytes(3, "big") + b"\0")
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    content = rows or b"".join(table)
    if predicted:
        above, lines = bytes(5), []
        for row in table:
            lines.append(b"\x02" + bytes((a - b) % 256 for a, b in zip(row, above, strict=True)))
            above = row
        content = b"".join(lines)
        told += b"/DecodeParms<</Predictor 12/Columns 5>>"
    dictionary = b"/Type/XRef/W[1 3 1]/Size %d/Filter/FlateDecode" % len(table) + ROOT + told
    section = b"9 0 obj\n%b\nendobj\n" % stream(zlib.compress(content), dictionary)
    return bytes(out) + section + b"startxref\n%d\n%%%%EOF\n" % len(out)


def updated(data: bytes, trailer: bytes) -> bytes:
    """Save a document once more, without any object."""
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    table = b"xref\n0 0\ntrailer\n<<%b/Prev %d>>\n" % (trailer, start)
    return data + table + b"startxref\n%d\n%%%%EOF\n" % len(data)


SEALED = {
    "in-the-trailer": pdf(CATALOG, trailer=ROOT + b"/Encrypt" + LOCK),
    "in-an-object": pdf(CATALOG, LOCK, trailer=ROOT + MARK),
    "name-with-escapes": pdf(CATALOG, LOCK, trailer=ROOT + b"/E#6ecrypt 2 0 R"),
    "in-a-stream": by_stream(CATALOG, LOCK, told=MARK),
    "in-a-predicted-stream": by_stream(CATALOG, LOCK, told=MARK, predicted=True),
    "saved-again": updated(pdf(CATALOG, LOCK, trailer=ROOT + MARK), ROOT + MARK),
    "sealed-streams": pdf(CATALOG, LOCK, stream(noise(3000), b"/Filter/FlateDecode"),
                          trailer=ROOT + MARK),
    "padded": pdf(CATALOG, LOCK, trailer=ROOT + MARK) + bytes(4000),
    "open-metadata": pdf(CATALOG, LOCK, stream(TEXT, b"/Type/Metadata"), trailer=ROOT + MARK),
}  # fmt: skip
READABLE = {
    "mark-in-a-comment": pdf(CATALOG, before=b"%/Encrypt 2 0 R\n"),
    "mark-in-the-trailer's-comment": pdf(CATALOG, trailer=ROOT + b"%/Encrypt 2 0 R\n"),
    "mark-in-a-string": pdf(CATALOG, trailer=ROOT + b"/Info(/Encrypt 2 0 R)"),
    "mark-in-an-inner-dictionary": pdf(CATALOG, trailer=ROOT + b"/Info<</Encrypt 2 0 R>>"),
    "mark-in-a-stream": pdf(CATALOG, stream(b"trailer<</Encrypt 2 0 R>>" + TEXT)),
    "mark-as-a-value": pdf(CATALOG, trailer=ROOT + b"/Info/Encrypt"),
    "mark-and-lock-in-a-comment": pdf(
        CATALOG, before=b"%trailer<</Encrypt<<" + LOCK.replace(b"\n", b" ") + b">>>>\n"
    ),
    "mark-in-a-page": by_stream(CATALOG, stream(b"/Encrypt 2 0 R\n" + TEXT)),
    "filter-without-cipher": pdf(CATALOG, pdf_lock(method=b"None"), trailer=ROOT + MARK),
    "filter-not-there": pdf(CATALOG, pdf_lock(b"/StmF/Other"), trailer=ROOT + MARK),
}
NOT_KNOWN = {
    "lock-before-readable-streams": pdf(CATALOG, LOCK, stream(TEXT), trailer=ROOT + MARK),
    "lock-before-packed-streams": pdf(
        CATALOG, LOCK, stream(zlib.compress(TEXT), b"/Filter/FlateDecode"), trailer=ROOT + MARK
    ),
    "metadata-by-a-comment": pdf(
        CATALOG, LOCK, stream(TEXT, b"%/Type/Metadata\n"), trailer=ROOT + MARK
    ),
    "older-trailer-alone": updated(pdf(CATALOG, LOCK, trailer=ROOT + MARK), ROOT),
    "name-twice": pdf(CATALOG, LOCK, trailer=ROOT + MARK + b"/Encrypt null"),
    "another-object-there": pdf(CATALOG, LOCK, trailer=ROOT + b"/Encrypt 1 0 R"),
    "no-such-object": pdf(CATALOG, LOCK, trailer=ROOT + b"/Encrypt 7 0 R"),
    "trailers-in-a-circle": updated(pdf(CATALOG, LOCK), ROOT).replace(b"/Prev 7", b"/Prev 9"),
    "section-elsewhere": pdf(CATALOG, LOCK, trailer=ROOT + MARK).replace(b"xref\n0", b"xrff\n0"),
    "lock-in-another-object": by_stream(
        CATALOG, LOCK, told=MARK, rows=bytes(10) + b"\x02\x00\x00\x01\x00"
    ),
    "attachments-in-the-clear": pdf(
        CATALOG, pdf_lock(b"/StmF/StdCF/StrF/StdCF/EFF/Identity"), trailer=ROOT + MARK
    ),
    "texts-in-the-clear": pdf(CATALOG, pdf_lock(b"/StmF/StdCF"), trailer=ROOT + MARK),
    "words-behind-its-end": pdf(CATALOG, LOCK, trailer=ROOT + MARK) + TEXT[:20_000],
    "other-handler": pdf(CATALOG, LOCK.replace(b"/Standard", b"/Own"), trailer=ROOT + MARK),
}


@pytest.mark.parametrize("case", SEALED)
def test_a_document_that_asks_for_a_password(case: str) -> None:
    assert look(SEALED[case]).state == "encrypted"


@pytest.mark.parametrize("case", READABLE)
def test_a_mark_that_is_none(case: str) -> None:
    assert look(READABLE[case]).state == "plaintext"


@pytest.mark.parametrize("case", NOT_KNOWN)
def test_a_mark_that_is_not_to_be_trusted(case: str) -> None:
    assert look(NOT_KNOWN[case]).state in {"unknown", "plaintext"}


def test_a_lock_in_a_comment_does_not_hide_the_one_that_opens() -> None:
    data = OWNER_ONLY.read_bytes()
    lock = b"%%/U <%b>\n" % noise(48).hex().encode()
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    forged = data.replace(b"/U <", lock + b"/U <", 1)
    forged = forged.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + len(lock)))
    assert look(data).rule == "pdf-opens-without-password"
    assert look(forged).state == "plaintext"


def test_a_large_table_is_passed_by() -> None:
    objects = [CATALOG, LOCK, *(b"<</A(%d)>>" % number for number in range(9000))]
    assert look(pdf(*objects, trailer=ROOT + MARK)).state == "encrypted"


@pytest.mark.parametrize("rows", [bytes(2_000_000), bytes(8_000_000)])
def test_a_section_of_a_million_rows_takes_no_memory_and_no_time(rows: bytes) -> None:
    told = MARK.replace(b"2 0", b"7 0") + b"/Index[" + b"9 1 " * 1000 + b"7 1]"
    data = by_stream(CATALOG, LOCK, told=told, rows=rows).replace(b"/W[1 3 1]", b"/W[0 1 0]")
    tracemalloc.start()
    try:
        assert look(data).state == "unknown"
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_row_behind_others_is_found() -> None:
    told = MARK + b"/Index[9 1 0 3]"
    plain = by_stream(CATALOG, LOCK, told=MARK)
    place = plain.index(b"2 0 obj").to_bytes(3, "big")
    rows = bytes(15) + b"\x01" + place + b"\0"
    assert look(by_stream(CATALOG, LOCK, told=told, rows=rows)).state == "encrypted"


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_no_trailer_crashes(rest: bytes, place: int) -> None:
    for data in (SEALED["in-an-object"], SEALED["in-a-predicted-stream"]):
        place %= len(data)
        broken = data[:place] + rest + data[place + len(rest) :]
        assert look(broken).state in {"encrypted", "unknown", "plaintext", "weak"}


@given(st.binary(max_size=300))
def test_no_dictionary_takes_long(rest: bytes) -> None:
    trailer = b"/A" + rest.replace(b"\n", b"") + b"(" * 40 + b"%" * 400 + b"[" * 400
    assert look(pdf(CATALOG, trailer=trailer)).state != "encrypted"


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
@pytest.mark.parametrize("user", ["", "secret"])
@pytest.mark.parametrize("form", [(), ("--object-streams=generate",), ("--linearize",)])
def test_what_qpdf_writes(tmp_path: Path, user: str, form: tuple[str, ...]) -> None:
    plain, sealed = tmp_path / "plain.pdf", tmp_path / "sealed.pdf"
    plain.write_bytes(documents.pdf(TEXT))
    lock = ("--encrypt", user, "owner", "256", "--")
    subprocess.run(["qpdf", *form, *lock, plain, sealed], check=True)
    subprocess.run(["qpdf", *form, plain, tmp_path / "open.pdf"], check=True)
    assert look(sealed.read_bytes()).state == ("encrypted" if user else "plaintext")
    assert look((tmp_path / "open.pdf").read_bytes()).rule == "pdf-no-encrypt"
