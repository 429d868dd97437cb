"""Secrets in readable data, by kind: whoever reads the file gets at more than the file.

Each rule wants a form that is hardly ever anything else (a key's frame, a token's prefix, a
password's assignment), so that a finding is worth a look. Only that a kind occurs is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

KEY = "private-key"

_PLACEHOLDER = re.compile(
    rb"""(?xi) [<$%{*x.\[] .* | change.?me .* | example .* | your.* | redacted .* | none | null
    | true | false | password | passphrase | secret | todo .* | .*_here | \.{2,}.* | \*+ """
)
"""What documentation and templates write where a secret goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One kind of secret: cheap words of which one must occur, and the form that decides."""

    kind: str
    words: tuple[bytes, ...]
    form: re.Pattern[bytes]
    holds: Callable[[re.Match[bytes]], bool] = lambda _: True


def secrets_in(text: bytes) -> frozenset[str]:
    """Return the kinds of secrets that occur in `text`."""
    return frozenset(rule.kind for rule in _RULES if _occurs(rule, text))


def _occurs(rule: _Rule, text: bytes) -> bool:
    if not any(word in text for word in rule.words):
        return False
    return any(rule.holds(match) for match in rule.form.finditer(text))


def _is_a_value(match: re.Match[bytes]) -> bool:
    return _PLACEHOLDER.fullmatch(match["value"]) is None


def _is_open_key(match: re.Match[bytes]) -> bool:
    """A key under a passphrase is not open: PEM says so (RFC 1421), OpenSSH names its cipher."""
    if b"ENCRYPTED" in match["body"] or b"ENCRYPTED" in match["label"]:
        return False
    is_openssh = match["label"].startswith(b"OPENSSH")
    return not is_openssh or _OPENSSH_NO_CIPHER in match["body"]


_OPENSSH_NO_CIPHER = b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"
"""How base64 of `openssh-key-v1`, NUL and the cipher name `none` begins (PROTOCOL.key)."""

_RULES = (
    _Rule(
        kind=KEY,
        words=(b"PRIVATE KEY-----",),
        form=re.compile(
            rb"-----BEGIN (?P<label>(?:[A-Z0-9]+ ){0,3})PRIVATE KEY-----\s+(?P<body>[^-]{40,200})"
        ),
        holds=_is_open_key,
    ),
    _Rule(
        kind=KEY,
        words=(b"AGE-SECRET-KEY-1",),
        form=re.compile(rb"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}(?![0-9A-Z])"),
    ),
    _Rule(
        kind=KEY,
        words=(b"PuTTY-User-Key-File-",),
        form=re.compile(rb"PuTTY-User-Key-File-[23]:[^\n]{0,200}\nEncryption: none\b"),
    ),
    _Rule(
        kind="cloud-key",
        words=(b"aws_secret_access_key", b"AWS_SECRET_ACCESS_KEY"),
        form=re.compile(
            rb"(?i:aws_secret_access_key)[\"']?\s{0,3}[=:]\s{0,3}[\"']?"
            rb"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
        ),
        holds=_is_a_value,
    ),
    _Rule(
        kind="access-token",
        words=(b"ghp_", b"github_pat_", b"glpat-", b"xoxb-", b"xoxp-", b"sk_live_"),
        form=re.compile(
            rb"(?<![A-Za-z0-9_])(?:ghp_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}|"
            rb"glpat-[A-Za-z0-9_-]{20}|xox[bp]-[0-9]{8,}-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{20,})"
        ),
    ),
    _Rule(
        kind="password-hash",
        words=(b"SCRAM-SHA-256$", b"PASSWORD 'md5", b"IDENTIFIED ", b"$2y$", b"$2b$", b"$6$"),
        form=re.compile(
            rb"SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$|PASSWORD 'md5[0-9a-f]{32}'|"
            rb"IDENTIFIED (?:BY PASSWORD|VIA [a-z_]+ USING) '\*[0-9A-F]{40}'|"
            rb"\$2[by]\$\d\d\$[./A-Za-z0-9]{53}|\$6\$[^\s:$]{1,16}\$[./A-Za-z0-9]{86}"
        ),
    ),
    _Rule(
        kind="password",
        words=(b"PASS", b"pass", b"Pass", b"PWD"),
        form=re.compile(
            rb"(?i)(?<![a-z0-9])(?:password|passphrase|passwd|pwd)[\"']?[ \t]{0,8}[=:]"
            rb"[ \t]{0,8}[\"']?(?P<value>[^\s\"',;()\[\]{}<>$\\]{6,128})(?=[\s\"',;]|\Z)"
        ),
        holds=_is_a_value,
    ),
    _Rule(
        kind="password",
        words=(b"://",),
        form=re.compile(
            rb"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|amqps?|ftps?|sftp|"
            rb"rest:https?|https?|smb)://[^\s:/@\"']{1,64}:(?P<value>[^\s:/@\"']{4,128})@[A-Za-z0-9.\[-]"
        ),
        holds=_is_a_value,
    ),
)
