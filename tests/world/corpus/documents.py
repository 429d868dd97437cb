"""Office documents and PDFs: encrypted, protected only in form, and open."""

from __future__ import annotations

import zipfile

from tests.world.corpus.archives import zipped
from tests.world.corpus.compound import compound
from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, found, noise, tool

_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006"/>'
_PROTECTED = b'<sheetProtection algorithmName="SHA-512" hashValue="QUJD" sheet="1"/>'


def make(workshop: Workshop) -> None:
    _pdf(workshop)
    _ooxml(workshop)
    _older(workshop)
    _open_document(workshop)


def _pdf(workshop: Workshop) -> None:
    """With a user's password; with the owner's alone, which every reader opens; with none."""
    each = min(workshop.each, 16)
    ways = {
        "pdf-rc4-40": (("40",), Truth.WEAK),
        "pdf-rc4-128": (("128", "--use-aes=n"), Truth.WEAK),
        "pdf-aes128": (("128", "--use-aes=y"), Truth.ENCRYPTED),
        "pdf-aes256": (("256",), Truth.ENCRYPTED),
    }
    for index, content in enumerate(workshop.readable(each=each)):
        plain = workshop.reserve("pdf", Truth.PLAINTEXT, "specification", "pdf")
        plain.write_bytes(pdf(content))
        if not found("qpdf"):
            continue
        streams = ("--object-streams=generate",) if index % 2 else ()
        for kind, (words, truth) in ways.items():
            weak = ("--allow-weak-crypto",)
            for user, to in (("", Truth.PLAINTEXT), (PASSWORD, truth)):
                name = kind if user else f"{kind}-owner-only"
                target = workshop.reserve(name, to, "qpdf", "pdf")
                protect = ("--encrypt", user, "owner", *words, "--")
                tool("qpdf", *weak, *streams, *protect, plain, target)


def pdf(content: bytes) -> bytes:
    """Return a page that holds some text as a stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def _ooxml(workshop: Workshop) -> None:
    agile = b"\x04\x00\x04\x00\x40\x00\x00\x00" + b'<encryption><keyData cipherAlgorithm="AES"/>'
    standard = b"\x03\x00\x02\x00\x24\x00\x00\x00" + noise(200)
    old = b"\x02\x00\x02\x00\x04\x00\x00\x00" + noise(200)
    for index, content in enumerate(workshop.readable(each=min(workshop.each, 16))):
        package = len(content).to_bytes(8, "little") + noise(-(-len(content) // 16) * 16, index)
        for kind, info, truth in (
            ("ooxml-agile", agile, Truth.ENCRYPTED),
            ("ooxml-standard", standard, Truth.ENCRYPTED),
            ("ooxml-rc4", old, Truth.WEAK),
        ):
            made = compound({"EncryptionInfo": info, "EncryptedPackage": package})
            workshop.put(kind, made, truth, "specification", "xlsx")
        parts = {"[Content_Types].xml": _TYPES.encode(), "xl/sheet1.xml": content}
        workshop.put("docx", zipped(parts), Truth.PLAINTEXT, "python", "docx")
        locked = {**parts, "xl/sheet2.xml": _PROTECTED + content}
        workshop.put("xlsx-sheet-protected", zipped(locked), Truth.PLAINTEXT, "python", "xlsx")


def _older(workshop: Workshop) -> None:
    """Excel, Word and PowerPoint before 2007."""
    bof = b"\x09\x08\x10\x00\x00\x06\x05\x00" + noise(12)
    for index, content in enumerate(workshop.readable(each=min(workshop.each, 10))):
        body = noise(5000, index)
        cells = bof + b"\x42\x00\x02\x00\xb0\x04" + content + b"\x00" * 5000
        rc4 = bof + b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + noise(48) + body
        xor = bof + b"\x2f\x00\x06\x00\x00\x00\x12\x34\x56\x78" + body
        for kind, name, stream, truth in (
            ("xls", "Workbook", cells, Truth.PLAINTEXT),
            ("xls-rc4", "Workbook", rc4, Truth.WEAK),
            ("xls-xor", "Book", xor, Truth.WEAK),
            ("doc", "WordDocument", _word(0x0200) + content + b"\x00" * 5000, Truth.PLAINTEXT),
            ("doc-rc4", "WordDocument", _word(0x0300) + body, Truth.WEAK),
        ):
            workshop.put(kind, compound({name: stream}), truth, "specification", kind[:3])
        for kind, token, truth in (
            ("ppt", b"\x5f\xc0\x91\xe3", Truth.PLAINTEXT),
            ("ppt-rc4", b"\xdf\xc4\xd1\xf3", Truth.WEAK),
        ):
            user = b"\x00\x00\xf6\x0f\x20\x00\x00\x00\x14\x00\x00\x00" + token + b"\x00" * 24
            slides = {"Current User": user, "PowerPoint Document": content + body}
            workshop.put(kind, compound(slides), truth, "specification", "ppt")


def _word(flags: int) -> bytes:
    return b"\xec\xa5\xc1\x00" + b"\x00" * 6 + flags.to_bytes(2, "little") + b"\x00" * 20


def _open_document(workshop: Workshop) -> None:
    """LibreOffice encrypts part by part and says so in the manifest."""
    entry = '<manifest:file-entry manifest:full-path="content.xml">%s</manifest:file-entry>'
    sealed = entry % '<manifest:encryption-data manifest:checksum="QUJD"/>'
    for index, content in enumerate(workshop.readable(each=min(workshop.each, 16))):
        start = {"mimetype": b"application/vnd.oasis.opendocument.text"}
        listed = {
            "META-INF/manifest.xml": f"<manifest:manifest>{sealed}</manifest:manifest>".encode()
        }
        body = {"content.xml": noise(len(content), index)}
        made = zipped(start | body | listed, zipfile.ZIP_STORED)
        workshop.put("odt-sealed", made, Truth.ENCRYPTED, "specification", "odt")
        listed = {"META-INF/manifest.xml": (entry % "").encode()}
        made = zipped(start | {"content.xml": content} | listed)
        workshop.put("odt", made, Truth.PLAINTEXT, "specification", "odt")
