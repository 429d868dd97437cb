"""Text: readable, unless most of it is something else written in letters.

Armour, PEM and base64 are text and say nothing themselves: they are decoded and what comes out is
classified. A text that consists mostly of long unbroken words is not called readable.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections import Counter

from guardian_agent.magic.answer import Classified, encrypted, plaintext, renamed, unknown
from guardian_agent.magic.data import Data, controls, has_long_word
from guardian_agent.magic.randomness import looks_random
from guardian_agent.wire.facts.words import Encryption

_LEAST = 8
_LEAST_8BIT = 256
_CONTROL_SHARE = 0.001
_ARMOUR = re.compile(
    rb"\s*-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n(?:[A-Za-z-]+: [^\n]*\n)*\s*([A-Za-z0-9+/=\s]+)"
)
_OPEN_BLOCK = re.compile(
    rb"-----BEGIN (CERTIFICATE|PUBLIC KEY|X509 CRL)-----\s[A-Za-z0-9+/=\s]*(?:-----END \1-----|\Z)"
)
"""Certificates anywhere in a text: public, and not counted as unbroken letters."""
_LONG_WORD = re.compile(rb"[A-Za-z0-9+/=_-]{60,}")
_ENCODED_SHARE = 0.5
_RULER_LETTERS = 3
"""A long word of fewer letters is a line drawn in text."""
_SALTED_BASE64 = b"U2FsdGVkX1"
_SEALED_STARTS = (b"$ANSIBLE_VAULT;", _SALTED_BASE64, b"begin ")
_LONG_LINE = 60
_ASCII85_LETTERS = 85
_ASCII85_MOST = 20_000
"""Letters that are decoded: the standard library does it slowly."""
_UUENCODED = re.compile(rb"begin [0-7]{3,4} [^\n]{1,255}\n((?:[ -`]{1,61}\r?\n)+)")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_HEADER_LINE = re.compile(rb"[!-9;-~]+:|[ \t]")
_SECURE_TYPE = re.compile(
    rb"^content-type:[ \t]{0,8}(?:\r?\n[ \t]{1,8})?application/(?:x-)?pkcs7-mime",
    re.IGNORECASE | re.MULTILINE,
)
_LETTERS = re.compile(rb"[A-Za-z0-9+/=\s]+")
_MAIL_HEADERS = 8192
_ENDING = re.compile(
    rb"={0,2}\s*(?:=[A-Za-z0-9+/]{4}\s*)?(?:-----END [A-Z0-9 ]{1,40}-----|`\r?\nend|end)?\s*"
)
"""What may follow the letters: padding, the armour's check sum, its last line."""
_LETTERS_TO_END = re.compile(rb"[A-Za-z0-9+/=\s]*(?:-----END [A-Z0-9 ]{1,40}-----)?\s*")
_UUENCODED_TO_END = re.compile(rb"[ -`\r\n]*(?:end)?\s*")
_LAST_LINES = 2
"""The last line of letters is short, and something may end it."""
_VAULT = re.compile(rb"\$ANSIBLE_VAULT;1\.[12];AES256(?:;[^\n]{1,64})?\r?\n[0-9a-f][0-9a-f\r\n]*")
_VAULT_TO_END = re.compile(rb"[0-9a-f\r\n]*")
_SOPS = (b"ENC[AES256_GCM,data:", b"lastmodified")
_SEALED_INSIDE = (
    b"\n-----BEGIN PGP MESSAGE-----",
    b"\n-----BEGIN AGE ENCRYPTED FILE-----",
)
_ENVELOPED = b"smime-type=enveloped-data"
_READABLE = plaintext("text", "text-readable")
_OPEN_LABELS = {
    "CERTIFICATE",
    "X509 CRL",
    "CERTIFICATE REQUEST",
    "DH PARAMETERS",
    "EC PARAMETERS",
    "PUBLIC KEY",
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
}


def text(data: Data) -> Classified | None:
    """Answer for text in UTF-8, UTF-16 or an eight-bit character set; None for anything else."""
    is_plain = data.is_plain_ascii
    content = data.head if is_plain else _text(data.head)
    if content is None:
        return None
    if len(content) < _LEAST:
        return unknown("text", "text-too-short")
    special = _armoured(data, content) or _special(data, content)
    if special is not None:
        return special
    is_wordy = data.has_long_word if is_plain else has_long_word(content)
    return _encoded(data, content) if is_wordy else _READABLE


def _text(head: bytes) -> bytes | None:
    """Return text as UTF-8 (eight-bit sets as they are); None when it is none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: len(head) & ~1].decode("utf-16", "replace").encode("utf-8", "replace")
    found = controls(head)
    if found > len(head) * _CONTROL_SHARE:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        is_text = found == 0 and len(head) >= _LEAST_8BIT and not looks_random(head)
        return head if is_text else None
    return head


def _armoured(data: Data, content: bytes) -> Classified | None:
    """PEM and armour: decode the block, classify what it is."""
    found = _ARMOUR.match(content) if content.find(b"-----BEGIN ", 0, 256) >= 0 else None
    if found is None:
        return None
    label = found[1].decode("ascii")
    if label == "PGP SIGNED MESSAGE":  # the text itself stands behind it
        return None
    if b"Proc-Type: 4,ENCRYPTED" in found[0] or "ENCRYPTED PRIVATE" in label:
        return unknown("pem", "pem-password-decides")
    if label in _OPEN_LABELS:
        return plaintext("pem", "pem-open")
    inner = data.inside(_base64(found[2]), complete=data.whole)
    answer = renamed(inner, inner.kind, f"armour-{inner.rule}")
    return _alone(data, answer, _behind_letters(found[2]) + content[found.end() :])


def _special(data: Data, content: bytes) -> Classified | None:
    """Text formats that carry ciphertext in the open."""
    if content.startswith(_SEALED_STARTS) and (answer := _sealed_at_start(data, content)):
        return answer
    # One letter is looked for much faster than a word, and most texts lack one of these.
    has_dashes = b"-" in content
    if has_dashes and (found := _secure_mail(content)):
        inner = data.inside(_base64(found[0]), complete=data.whole)
        answer = renamed(inner, inner.kind, f"mail-{inner.rule}")
        return _alone(data, answer, _behind_letters(found[0]) + content[found.end() :])
    if b"[" in content and all(mark in content for mark in _SOPS):
        return unknown("sops", "sops-values-encrypted")
    if has_dashes and _has_sealed_inside(content):
        return unknown("text", "text-around-ciphertext")
    return None


def _sealed_at_start(data: Data, content: bytes) -> Classified | None:
    if content.startswith(b"$ANSIBLE_VAULT;"):
        if _VAULT.fullmatch(content) and _is_vault(data, content):
            return encrypted("ansible-vault", "ansible-vault-form")
        return unknown("ansible-vault", "ansible-vault-broken")
    if content.startswith(_SALTED_BASE64):
        inner = data.inside(_base64(content), complete=data.whole)
        answer = renamed(inner, inner.kind, f"encoded-{inner.rule}")
        return _alone(data, answer, _behind_letters(content))
    if content.startswith(b"begin ") and (found := _UUENCODED.match(content)):
        inner = data.inside(_uudecoded(found[1]), complete=False)
        answer = renamed(inner, inner.kind, f"encoded-{inner.rule}")
        return _alone(data, answer, content[found.end() :], _UUENCODED_TO_END)
    return None


def _has_sealed_inside(content: bytes) -> bool:
    armoured = b"\n-----BEGIN " in content and any(mark in content for mark in _SEALED_INSIDE)
    return armoured or (b"=" in content and _ENVELOPED in content)


def _secure_mail(content: bytes) -> re.Match[bytes] | None:
    """Find the body of a mail (RFC 8551) that is one CMS object in base64; None for what is none.

    Line by line, as one pattern for all of it may take for ever.
    """
    if content.find(b"pkcs7-mime", 0, _MAIL_HEADERS) < 0:
        return None
    blank = _BLANK_LINE.search(content, 0, _MAIL_HEADERS)
    if blank is None:
        return None
    headers = content[: blank.start()]
    is_mail = all(_HEADER_LINE.match(line) for line in headers.split(b"\n"))
    if not is_mail or _SECURE_TYPE.search(headers) is None:
        return None
    return _LETTERS.match(content, blank.end())


def _is_vault(data: Data, content: bytes) -> bool:
    """Say whether what is written in hexadecimal digits, twice, could be ciphertext to the end."""
    digits = b"".join(content.split(b"\n", 1)[1].split())
    parts = _unhexed(digits).split(b"\n", 2)
    sealed = _unhexed(parts[-1]) if len(parts) == 3 else b""  # behind salt and MAC
    is_to_end = data.whole or _VAULT_TO_END.fullmatch(data.tail) is not None
    return bool(sealed) and looks_random(sealed) and is_to_end


def _unhexed(digits: bytes) -> bytes:
    try:
        return binascii.unhexlify(digits[: len(digits) & ~1])
    except binascii.Error:
        return b""


def _encoded(data: Data, content: bytes) -> Classified:
    """Tell text with some long word from base64, hexadecimal and other unbroken letters."""
    if _is_ascii85(content):
        return _ascii85(data, content)
    content = _OPEN_BLOCK.sub(b"", content)
    words = [word for word in _LONG_WORD.findall(content) if len(set(word)) > _RULER_LETTERS]
    letters = len(content) - sum(content.count(blank) for blank in (b" ", b"\n", b"\r", b"\t"))
    if sum(map(len, words)) <= letters * _ENCODED_SHARE:
        return _READABLE
    decoded = _decoded(b"".join(words))
    inner = data.inside(decoded, complete=data.whole) if decoded else None
    if inner is None or inner.state is Encryption.EMPTY:
        return unknown("text", "text-unbroken-letters")
    answer = renamed(inner, inner.kind, f"encoded-{inner.rule}")
    is_alone = len(_LONG_WORD.sub(b"", content).split()) <= _LAST_LINES
    return answer if is_alone else _among_words(answer)


def _behind_letters(letters: bytes) -> bytes:
    """Return the padding and what stands behind it: it is not decoded."""
    _, padding, rest = letters.partition(b"=")
    return padding + rest


def _alone(
    data: Data, answer: Classified, rest: bytes, to_end: re.Pattern[bytes] = _LETTERS_TO_END
) -> Classified:
    """Keep what written ciphertext was found to be only where nothing else follows it."""
    if data.whole:
        is_alone = _ENDING.fullmatch(rest)
    else:
        is_alone = to_end.fullmatch(rest) and to_end.fullmatch(data.tail)
    return answer if is_alone else _among_words(answer)


def _among_words(answer: Classified) -> Classified:
    if answer.state in {Encryption.ENCRYPTED, Encryption.WEAK}:
        return unknown("text", "text-around-ciphertext")
    return answer


def _is_ascii85(content: bytes) -> bool:
    """Whether the letters are those of Ascii85 or its kin, all about equally frequent."""
    letters = b"".join(content.split())
    if len(letters) < _LONG_LINE or len(content) - len(letters) > len(content) // 30:
        return False
    counts = Counter(letters)
    expected = _ASCII85_LETTERS * (1 - (1 - 1 / _ASCII85_LETTERS) ** len(letters))
    most = max(counts.values())
    return len(counts) > 0.85 * expected and most < 3 * len(letters) / _ASCII85_LETTERS + 6


def _ascii85(data: Data, content: bytes) -> Classified:
    letters = b"".join(content.split())
    letters = letters.removeprefix(b"<~").removesuffix(b"~>")
    part = letters[: min(len(letters) // 5 * 5, _ASCII85_MOST)]
    for decode in (base64.a85decode, base64.b85decode):
        try:
            inner = data.inside(decode(part), complete=data.whole and len(letters) - len(part) < 5)
        except ValueError:
            continue
        return renamed(inner, inner.kind, f"encoded-{inner.rule}")
    return unknown("text", "text-unbroken-letters")


def _uudecoded(lines: bytes) -> bytes:
    out = b""
    for line in lines.splitlines()[:1500]:
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            break
    return out


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
