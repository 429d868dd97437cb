"""Text: readable, unless most of it is something else written in letters.

Armour, PEM and base64 are text and say nothing themselves: they are decoded and what comes out is
classified. A text that consists mostly of long unbroken words is not called readable.
"""

from __future__ import annotations

import binascii
import codecs
import re

from guardian_agent.magic.answer import Classified, encrypted, plaintext, renamed, unknown
from guardian_agent.magic.data import Data
from guardian_agent.magic.randomness import looks_random

_LEAST = 8
_LEAST_8BIT = 256
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in {8, 9, 10, 12, 13, 27})
_CONTROL_SHARE = 0.001
_ARMOUR = re.compile(
    rb"\s*-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n(?:[A-Za-z-]+: [^\n]*\n)*\s*([A-Za-z0-9+/=\s]+)"
)
_LONG_WORD = re.compile(rb"[A-Za-z0-9+/=_-]{60,}")
_ENCODED_SHARE = 0.5
_VAULT = re.compile(
    rb"\$ANSIBLE_VAULT;1\.[12];AES256(?:;[^\n]{1,64})?\r?\n(?:[0-9a-f]{1,80}\r?\n?)+"
)
_SOPS = (b"ENC[AES256_GCM,data:", b"lastmodified")
_SEALED_INSIDE = (
    b"\n-----BEGIN PGP MESSAGE-----",
    b"\n-----BEGIN AGE ENCRYPTED FILE-----",
    b"smime-type=enveloped-data",
)
_OPEN_LABELS = {"CERTIFICATE", "PUBLIC KEY", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}


def text(data: Data) -> Classified | None:
    """Answer for text in UTF-8, UTF-16 or an eight-bit character set; None for anything else."""
    content = _text(data.head)
    if content is None:
        return None
    if len(content) < _LEAST:
        return unknown("text", "text-too-short")
    return _armoured(data, content) or _special(content) or _encoded(data, content)


def _text(head: bytes) -> bytes | None:
    """Return text as UTF-8 (eight-bit sets as they are); None when it is none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: len(head) & ~1].decode("utf-16", "replace").encode("utf-8", "replace")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        is_text = controls == 0 and len(head) >= _LEAST_8BIT and not looks_random(head)
        return head if is_text else None
    return head if controls <= len(head) * _CONTROL_SHARE else None


def _armoured(data: Data, content: bytes) -> Classified | None:
    """PEM and armour: decode the block, classify what it is."""
    found = _ARMOUR.match(content)
    if found is None:
        return None
    label = found[1].decode("ascii")
    if b"Proc-Type: 4,ENCRYPTED" in found[0] or "ENCRYPTED PRIVATE" in label:
        return unknown("pem", "pem-password-decides")
    if label in _OPEN_LABELS:
        return plaintext("pem", "pem-open")
    inner = data.inside(_base64(found[2]), complete=data.whole)
    return renamed(inner, inner.kind, f"armour-{inner.rule}")


def _special(content: bytes) -> Classified | None:
    """Text formats that carry ciphertext in the open."""
    if content.startswith(b"$ANSIBLE_VAULT;"):
        if _VAULT.fullmatch(content):
            return encrypted("ansible-vault", "ansible-vault-form")
        return unknown("ansible-vault", "ansible-vault-broken")
    if all(mark in content for mark in _SOPS):
        return unknown("sops", "sops-values-encrypted")
    if any(mark in content for mark in _SEALED_INSIDE):
        return unknown("text", "text-around-ciphertext")
    return None


def _encoded(data: Data, content: bytes) -> Classified:
    """Tell prose, tables and code from base64, hexadecimal and other unbroken letters."""
    words = _LONG_WORD.findall(content)
    letters = len(content) - sum(content.count(blank) for blank in (b" ", b"\n", b"\r", b"\t"))
    if sum(map(len, words)) <= letters * _ENCODED_SHARE:
        return plaintext("text", "text-readable")
    decoded = _decoded(b"".join(words))
    inner = data.inside(decoded, complete=data.whole) if decoded else None
    if inner is None:
        return unknown("text", "text-unbroken-letters")
    return renamed(inner, inner.kind, f"encoded-{inner.rule}")


def _decoded(letters: bytes) -> bytes:
    try:
        return binascii.unhexlify(letters[: len(letters) & ~1])
    except binascii.Error:
        return _base64(letters)


def _base64(letters: bytes) -> bytes:
    """Decode as far as it goes; the armour's checksum line and padding end it."""
    body = b"".join(letters.split(b"=", 1)[0].split())
    try:
        return binascii.a2b_base64(body[: len(body) & ~3] + _rest(body))
    except binascii.Error:
        return b""


def _rest(body: bytes) -> bytes:
    """Pad the last group of four."""
    rest = body[len(body) & ~3 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
