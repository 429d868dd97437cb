"""Every member of a ZIP counts: the thirteenth, the one that no directory lists, and the last."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest

from tests.agent.magic import made
from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise

AES_EXTRA = b"\x01\x99\x07\x00\x02\x00AE\x03\x08\x00"
AGE = made.age(noise(3000))
ENTRY = b'<manifest:file-entry manifest:full-path="%b">%b</manifest:file-entry>'
SEALED_DATA = b'<manifest:encryption-data manifest:checksum="QUJD"></manifest:encryption-data>'
SEALED_PACKAGE = ENTRY % (b"content.xml", SEALED_DATA)
OPEN_STYLES = b'<manifest:file-entry manifest:full-path="styles.xml"/>'


def sealed(*bodies: bytes, between: bytes = b"") -> bytes:
    """An archive whose members are all marked as AES; `between` stands before its directory."""
    out, directory = b"", b""
    for number, body in enumerate(bodies):
        name = b"m%05d" % number
        told = struct.pack("<HHHHHIIIHH", 51, 1, 99, 0, 0, 0, len(body), len(body), 6, 11)
        place = struct.pack("<HHHII", 0, 0, 0, 0, len(out))
        directory += b"PK\x01\x02\x33\x00" + told + place + name + AES_EXTRA
        out += b"PK\x03\x04" + told + name + AES_EXTRA + body
    out += between
    count = len(bodies)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(out), 0)
    return out + directory + b"PK\x05\x06" + end


def stored(**members: bytes) -> bytes:
    return made.zipped(zipfile.ZIP_STORED, **members)


def numbered(*bodies: bytes) -> bytes:
    return stored(**{f"m{number:03}": body for number, body in enumerate(bodies)})


def deflated(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(made.zipped(a=data))) as archive:
        size = archive.infolist()[0].compress_size
    return made.zipped(a=data)[31 : 31 + size]


def document(manifest: bytes, method: int = zipfile.ZIP_STORED, **parts: bytes) -> bytes:
    named = {name.replace("_", "."): part for name, part in parts.items()}
    return made.zipped(
        method, **{"mimetype": b"application/vnd.oasis", **named, "META-INF/manifest.xml": manifest}
    )


def with_nothing(data: bytes) -> bytes:
    """Add an empty part, deflated, as LibreOffice writes its configurations."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("Configurations2/current.xml", b"", zipfile.ZIP_DEFLATED)
    return file.getvalue()


def bodies(count: int, size: int = 900) -> list[bytes]:
    chance = random.Random(5)
    return [chance.randbytes(size) for _ in range(count)]


READABLE = {
    "text-behind-twelve-sealed-files": numbered(*[AGE] * 14, TEXT),
    "text-behind-unknown-files": numbered(*[noise(3000)] * 40, TEXT),
    "text-behind-encrypted-members": made.flip_zip_flags(
        numbered(*[noise(3000)] * 20, TEXT), 20
    ),
    "part-that-the-manifest-does-not-seal": document(
        SEALED_PACKAGE + OPEN_STYLES, content_xml=noise(5000), styles_xml=TEXT
    ),
    "part-that-the-manifest-does-not-list": document(
        SEALED_PACKAGE, content_xml=noise(5000), styles_xml=TEXT
    ),
    "manifest-in-a-comment": document(b"<!--" + SEALED_PACKAGE + b"-->", content_xml=TEXT),
}  # fmt: skip
NOT_KNOWN = {
    "thirteenth-in-clear": sealed(*bodies(12), TEXT, *bodies(3)),
    "short-one-in-clear": sealed(*bodies(30, 40), b"Ada Lovelace, ada@example.org, London"),
    "last-of-many-in-clear": sealed(*bodies(400, 200), TEXT),
    "deflated-and-marked": sealed(*bodies(3), deflated(TEXT)),
    "readable-end": sealed(*bodies(3), noise(9000) + TEXT),
    "member-that-is-not-listed": sealed(*bodies(3), between=TEXT),
    "readable-part-that-claims-to-be-sealed": document(SEALED_PACKAGE, content_xml=TEXT),
    "packed-part-that-claims-to-be-sealed": document(
        SEALED_PACKAGE, zipfile.ZIP_DEFLATED, content_xml=TEXT
    ),
    "packed-by-hand-and-sealed-by-word": document(SEALED_PACKAGE, content_xml=deflated(TEXT)),
    "sealed-part-beside-a-random-one": document(
        SEALED_PACKAGE, content_xml=noise(5000), other_bin=noise(5000, 4)
    ),
}
SEALED = {
    "aes": sealed(*bodies(16)),
    "aes-small": sealed(*bodies(500, 40)),
    "aes-many": sealed(*bodies(3000, 200)),
    "files-under-age": numbered(*[AGE] * 30),
    "document": document(SEALED_PACKAGE, content_xml=noise(5000)),
    "document-of-two-parts": document(
        SEALED_PACKAGE + OPEN_STYLES.replace(b"styles.xml", b"Configurations2/")
        + ENTRY % (b"styles.xml", SEALED_DATA),
        content_xml=noise(5000), styles_xml=noise(4000, 2),
    ),
    "document-with-an-empty-part": with_nothing(document(SEALED_PACKAGE, content_xml=noise(5000))),
    "document-sealed-as-a-whole": document(
        ENTRY % (b"encrypted-package", SEALED_DATA), **{"encrypted-package": noise(5000)}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", READABLE)
def test_one_readable_member_makes_it_readable(case: str) -> None:
    assert look(READABLE[case]).state == "plaintext"


@pytest.mark.parametrize("case", NOT_KNOWN)
def test_a_member_that_is_not_what_it_says_proves_nothing(case: str) -> None:
    assert look(NOT_KNOWN[case]).state in {"unknown", "plaintext"}


@pytest.mark.parametrize("case", SEALED)
def test_every_member_sealed(case: str) -> None:
    assert look(SEALED[case]).state == "encrypted"


def test_of_very_many_members_not_all_were_looked_at() -> None:
    assert look(SEALED["aes"]).confidence == "proven"
    assert look(SEALED["aes-many"]).confidence == "declared"


def test_a_long_comment_is_read_without_a_password() -> None:
    archive = sealed(noise(3000))[:-2]
    assert look(archive + struct.pack("<H", 60) + TEXT[:60]).state == "encrypted"
    assert look(archive + struct.pack("<H", 30_000) + TEXT[:30_000]).state == "unknown"


def test_what_calls_itself_the_kind_of_a_document_holds_nothing_else() -> None:
    parts = {"content.xml": noise(3000), "META-INF/manifest.xml": SEALED_PACKAGE}
    assert look(stored(mimetype=b"application/vnd.oasis", **parts)).state == "encrypted"
    assert look(stored(mimetype=TEXT, **parts)).state == "plaintext"
