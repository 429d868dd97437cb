"""Ciphertext written in letters, and text that only looks so."""

from __future__ import annotations

import base64
import binascii
import contextlib
import subprocess

import pytest
from guardian_agent.magic.zstd_literals import BrokenError, first_literals
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic import made
from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise

MAIL = (
    b"From: ada@example.org\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n name="smime.p7m"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)
LETTERS = base64.b64encode(noise(5000)).decode()
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(noise(900))
CERTIFICATE += b"-----END CERTIFICATE-----\n"


def uuencoded(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[place : place + 45]) for place in range(0, len(data), 45)]
    return b"begin 644 a\n" + b"".join(lines) + b"`\nend\n"


CASES = {
    "base64-in-one-short-line": (base64.b64encode(made.salted(noise(16))), "encrypted"),
    "ascii85-of-salted": (base64.a85encode(made.salted(), wrapcol=76), "encrypted"),
    "ascii85-of-salted-adobe": (base64.a85encode(made.salted(), adobe=True), "encrypted"),
    "base85-of-age": (base64.b85encode(made.age()), "encrypted"),
    "ascii85-of-noise": (base64.a85encode(noise(6000), wrapcol=76), "unknown"),
    "ascii85-of-little-noise": (base64.a85encode(noise(200), wrapcol=76), "unknown"),
    "uuencoded-salted": (uuencoded(made.salted()), "encrypted"),
    "uuencoded-noise": (uuencoded(noise(6000)), "unknown"),
    "uuencoded-text": (uuencoded(TEXT), "plaintext"),
    "text-that-begins": (b"begin 644 words\nand then only text follows.\n" * 9, "plaintext"),
    "mail": (MAIL + base64.encodebytes(made.cms(3)), "encrypted"),
    "mail-des3": (MAIL + base64.encodebytes(made.cms(3, "2a864886f70d0307")), "weak"),
    "mail-of-noise": (MAIL + base64.encodebytes(noise(5000)), "unknown"),
    "mail-of-text": (MAIL.replace(b"pkcs7-mime", b"text") + TEXT, "unknown"),
    "clear-signed": (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + TEXT
        + b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(noise(90)), "plaintext",
    ),
    "ruled-text": ((b"=" * 70 + b"\nTotals\n" + b"-" * 70 + b"\n") * 30, "plaintext"),
    "minified-script": (b"function(a,b){return a[b]?a(b,1):{x:[1,2],y:null}}," * 90, "plaintext"),
    "certificates": ((b"# CN=Some Root\n" + CERTIFICATE) * 20, "plaintext"),
    "utf-16-of-base64": (LETTERS.encode("utf-16"), "unknown"),
    "wide-base64-without-mark": (LETTERS.encode("utf-16-le"), "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_letters(case: str) -> None:
    data, state = CASES[case]
    assert look(data).state == state


@pytest.mark.tools
@pytest.mark.parametrize("level", ["-1", "-3", "-19"])
@pytest.mark.parametrize("size", [400, 2000, 200_000])
def test_zstd_literals_are_read_and_those_of_ciphertext_are_not(level: str, size: int) -> None:
    def packed(data: bytes) -> str:
        command = ["zstd", "-q", level, "-c"]
        done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=60)
        return look(done.stdout).state

    assert packed(TEXT[:size]) == "plaintext"
    sealed = noise(size)
    for letters in (base64.encodebytes(sealed), sealed.hex().encode(), base64.b85encode(sealed),
                    base64.b32encode(sealed), base64.a85encode(sealed, wrapcol=76)):  # fmt: skip
        assert packed(letters) == "unknown"


@given(st.binary(max_size=200), st.sampled_from([1, 4]))
def test_no_literals_crash(section: bytes, streams: int) -> None:
    with contextlib.suppress(BrokenError):
        assert len(first_literals(section, 100, streams=streams)) <= 100
