"""Ciphertext in a readable coat, and readable data in a coat that looks like ciphertext."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import tarfile

from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, found, noise, tool

_ENCRYPT = ("openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-iter", "10", "-pass", f"pass:{PASSWORD}")


def make(workshop: Workshop) -> None:
    for index, content in enumerate(workshop.readable(each=min(workshop.each, 16))):
        sealed = tool(*_ENCRYPT, data=content)
        _sealed(workshop, sealed)
        _open(workshop, content)
        if index < 3:
            _untellable(workshop, noise(len(content) + 3000, index))


def _sealed(workshop: Workshop, sealed: bytes) -> None:
    origin = "openssl"
    for kind, made in (
        ("gzip-of-encrypted", gzip.compress(sealed)),
        ("bzip2-of-encrypted", bz2.compress(sealed)),
        ("xz-of-encrypted", lzma.compress(sealed)),
        ("tar-of-encrypted", tarred(sealed, sealed)),
        ("hexadecimal-of-encrypted", wrapped(sealed.hex())),
        ("base64-of-encrypted", base64.encodebytes(sealed)),
        ("uuencoded-encrypted", uuencoded(sealed)),
        ("ascii85-of-encrypted", base64.a85encode(sealed, wrapcol=76)),
    ):
        workshop.put(kind, made, Truth.ENCRYPTED, origin)
    if found("zstd"):
        made = tool("zstd", "-q", "-c", data=sealed)
        workshop.put("zstd-of-encrypted", made, Truth.ENCRYPTED, "zstd")
    if found("lz4"):
        made = tool("lz4", "-q", "-c", data=sealed)
        workshop.put("lz4-of-encrypted", made, Truth.ENCRYPTED, "lz4")


def _open(workshop: Workshop, content: bytes) -> None:
    for kind, made in (
        ("tar", tarred(content)),
        ("tar-gz", gzip.compress(tarred(content, content))),
        ("tar-xz", lzma.compress(tarred(content))),
        ("tar-mixed", tarred(b"Salted__" + noise(4008), content)),
        ("base64-of-text", base64.encodebytes(content)),
        ("hexadecimal-of-text", wrapped(content.hex())),
        ("uuencoded-text", uuencoded(content)),
        ("gzip-of-gzip", gzip.compress(gzip.compress(content))),
    ):
        workshop.put(kind, made, Truth.PLAINTEXT, "python")


def _untellable(workshop: Workshop, random: bytes) -> None:
    """Ciphertext without a mark, in coats that make it look low."""
    for kind, made in (
        ("base64-of-noise", base64.encodebytes(random)),
        ("hexadecimal-of-noise", wrapped(random.hex())),
        ("ascii85-of-noise", base64.a85encode(random, wrapcol=76)),
        ("gzip-of-noise", gzip.compress(random)),
        ("utf16-of-base64", base64.b64encode(random).decode().encode("utf-16")),
    ):
        workshop.put(kind, made, Truth.UNTELLABLE, "python")


def tarred(*members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, data in enumerate(members):
            info = tarfile.TarInfo(f"member-{number}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def wrapped(digits: str) -> bytes:
    lines = [digits[place : place + 64] for place in range(0, len(digits), 64)]
    return ("\n".join(lines) + "\n").encode()


def uuencoded(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[place : place + 45]) for place in range(0, len(data), 45)]
    return b"begin 644 data\n" + b"".join(lines) + b"`\nend\n"
