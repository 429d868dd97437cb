"""Encrypted and signed messages: age, OpenPGP, OpenSSL, CMS, scrypt."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, found, noise, tool

_SLOW = 10
"""OpenPGP's tools ask an agent each time."""
_OPENSSL = (
    "openssl",
    "enc",
    "-aes-256-cbc",
    "-pbkdf2",
    "-iter",
    "100",
    "-pass",
    f"pass:{PASSWORD}",
)


def make(workshop: Workshop) -> None:
    _age(workshop)
    _openpgp(workshop)
    _openssl(workshop)
    _cms(workshop)
    _scrypt(workshop)


def _age(workshop: Workshop) -> None:
    recipient = _recipient(workshop) if found("age") else None
    origin = "age" if recipient else "specification"
    for content in workshop.contents():
        if recipient:
            made = tool("age", "-r", recipient, data=content)
            armoured = tool("age", "-a", "-r", recipient, data=content)
        else:
            header = b"age-encryption.org/v1\n-> X25519 " + b"A" * 43 + b"\n" + b"B" * 43 + b"\n"
            made = header + b"--- " + b"C" * 43 + b"\n" + noise(32 + len(content))
            armoured = _armour("AGE ENCRYPTED FILE", made)
        workshop.put("age", made, Truth.ENCRYPTED, origin)
        workshop.put("age-armour", armoured, Truth.ENCRYPTED, origin)


def _recipient(workshop: Workshop) -> str:
    identity = workshop.scratch / "age.key"
    tool("age-keygen", "-o", identity)
    return identity.read_text().split("public key: ")[1].split()[0]


def _armour(label: str, made: bytes) -> bytes:
    lines = base64.encodebytes(made)
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label.encode(), lines, label.encode())


def _openpgp(workshop: Workshop) -> None:
    home = workshop.scratch / "gpg"
    home.mkdir(mode=0o700)
    plain = ("gpg", "--homedir", home, "--batch", "--no-tty", "--quiet", "--pinentry-mode",
             "loopback", "--trust-model", "always", "--no-symkey-cache", "--s2k-count", "65536",
             )  # fmt: skip
    gpg = (*plain, "--passphrase", "")
    symmetric = (*plain, "--passphrase", PASSWORD)
    key = ("--quick-generate-key", "Test <test@example.org>", "ed25519", "sign", "never")
    tool(*gpg, *key)
    fingerprint = tool(*gpg, "--list-keys", "--with-colons").decode().split("fpr:::::::::")[1][:40]
    each = min(workshop.each, _SLOW)
    tool(*gpg, "--quick-add-key", fingerprint, "cv25519", "encr", "never")
    ways = {
        "openpgp-symmetric": (("--symmetric",), Truth.ENCRYPTED),
        "openpgp-armour": (("--symmetric", "--armor"), Truth.ENCRYPTED),
        "openpgp-recipient": (("--encrypt", "-r", fingerprint), Truth.ENCRYPTED),
        "openpgp-signed-encrypted": (("--sign", "--encrypt", "-r", fingerprint), Truth.ENCRYPTED),
    }
    for kind, (words, truth) in ways.items():
        for content in workshop.contents(each=each):
            program = symmetric if "--symmetric" in words else gpg
            workshop.put(kind, tool(*program, *words, data=content), truth, "gpg")
    readable = {
        "openpgp-signed": ("--sign",),
        "openpgp-signed-armour": ("--sign", "--armor"),
        "openpgp-stored": ("--store",),
        "openpgp-clear-signed": ("--clear-sign",),
    }
    for kind, words in readable.items():
        for content in workshop.readable(each=each):
            workshop.put(kind, tool(*gpg, *words, data=content), Truth.PLAINTEXT, "gpg")
    for words in (("--export",), ("--export", "--armor"), ("--detach-sign",)):
        workshop.put("openpgp-key", tool(*gpg, *words, data=b"x"), Truth.PLAINTEXT, "gpg")
    tool("gpgconf", "--homedir", home, "--kill", "all")


def _openssl(workshop: Workshop) -> None:
    for content in workshop.contents():
        workshop.put("openssl", tool(*_OPENSSL, data=content), Truth.ENCRYPTED, "openssl")
        base = tool(*_OPENSSL, "-a", data=content)
        workshop.put("openssl-base64", base, Truth.ENCRYPTED, "openssl")


def _cms(workshop: Workshop) -> None:
    key, certificate = _certificate(workshop)
    encrypt = ("openssl", "cms", "-encrypt", "-binary", "-outform")
    sign = (
        "openssl",
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-signer",
        certificate,
        "-inkey",
        key,
    )
    for content in workshop.contents(each=min(workshop.each, 20)):
        for kind, words, truth in (
            ("cms-der", (*encrypt, "DER", "-aes-256-cbc", certificate), Truth.ENCRYPTED),
            ("cms-pem", (*encrypt, "PEM", "-aes-128-cbc", certificate), Truth.ENCRYPTED),
            ("cms-mail", (*encrypt, "SMIME", "-aes-256-cbc", certificate), Truth.ENCRYPTED),
            ("cms-des3", (*encrypt, "DER", "-des3", certificate), Truth.WEAK),
        ):
            workshop.put(kind, tool(*words, data=content), truth, "openssl")
    for content in workshop.readable(each=min(workshop.each, 20)):
        made = tool(*sign, "-outform", "DER", data=content)
        workshop.put("cms-signed", made, Truth.PLAINTEXT, "openssl")
        made = tool(*sign, "-outform", "SMIME", data=content)
        workshop.put("cms-signed-mail", made, Truth.PLAINTEXT, "openssl")


def _certificate(workshop: Workshop) -> tuple[Path, Path]:
    key, certificate = workshop.scratch / "cms.key", workshop.scratch / "cms.crt"
    tool("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=test", "-days", "2",
    )  # fmt: skip
    return key, certificate


def _scrypt(workshop: Workshop) -> None:
    for index, content in enumerate(workshop.contents(each=min(workshop.each, 15))):
        made = b"scrypt\x00\x0e\x00\x00\x00\x08\x00\x00\x00\x01" + noise(
            80 + len(content) + 32, index
        )
        workshop.put("scrypt", made, Truth.ENCRYPTED, "specification")
