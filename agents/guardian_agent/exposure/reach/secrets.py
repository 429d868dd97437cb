"""Secrets in readable data, by kind: whoever reads the file gets at more than the file.

Each rule wants a form that is hardly ever anything else (a key's frame, a token's prefix, a
password's assignment), so that a finding is worth a look. Only that a kind occurs is told.
How the bytes arrive makes no difference: a secret belongs to the stretch that it begins in, and
each stretch is seen with what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KEY = "private-key"

_PLACEHOLDER = re.compile(
    rb"""(?xi) [<$%{*x.\[] .* | change.?me .* | example .* | your.* | redacted .* | none | null
    | true | false | password | passphrase | secret | todo .* | .*_here | \.{2,}.* | \*+ """
)
"""What documentation and templates write where a secret goes."""


BLOCK = 256 * 1024
_LEFT, _RIGHT = 64, 1024
"""Bytes before and after a stretch that are at hand: no form reaches further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One kind of secret: cheap words of which one must occur, and the form that decides."""

    kind: str
    words: tuple[bytes, ...]
    form: re.Pattern[bytes]
    holds: Callable[[re.Match[bytes]], bool] = lambda _: True
    sign: bytes = b""
    """A byte without which none of the words occurs, and which is found faster."""
    begins_with_word: bool = False
    """Whether the form is what stands at a word, written large or small: asked there alone."""


class Secrets:
    """Searches what is fed to it; `kinds` are those that occur in it."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self._parts: list[bytes] = []
        self._size = 0
        self._left = 0
        """How much of what is held was looked at already; it stays for what follows it."""

    def __repr__(self) -> str:
        """Say nothing of what was found."""
        return "Secrets()"

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._parts.append(piece)
        self._size += len(piece)
        if self._size - self._left >= BLOCK + _RIGHT:
            self._look(b"".join(self._parts), self._size - _RIGHT)

    def end(self) -> None:
        """Look at what is left; what is fed after it is another text."""
        self._look(b"".join(self._parts), self._size)
        self._parts, self._size, self._left = [], 0, 0

    def _look(self, view: bytes, end: int) -> None:
        """Look for what begins before `end`, and keep what is still needed."""
        lower = view.lower()
        for rule in _RULES:
            if rule.kind not in self.kinds and _occurs(rule, view, lower, range(self._left, end)):
                self.kinds.add(rule.kind)
        kept = view[max(end - _LEFT, 0) :]
        self._parts, self._size, self._left = [kept], len(kept), min(end, _LEFT)


def secrets_in(text: bytes) -> frozenset[str]:
    """Return the kinds of secrets that occur in `text`."""
    secrets = Secrets()
    secrets.feed(text)
    secrets.end()
    return frozenset(secrets.kinds)


def _occurs(rule: _Rule, view: bytes, lower: bytes, owned: range) -> bool:
    if rule.begins_with_word:
        found = _at_words(rule, view, lower, owned)
    elif rule.sign in view and any(word in view for word in rule.words):
        found = rule.form.finditer(view, owned.start)
    else:
        return False
    return any(rule.holds(match) for match in found if match.start() < owned.stop)


def _at_words(rule: _Rule, view: bytes, lower: bytes, owned: range) -> Iterator[re.Match[bytes]]:
    for word in rule.words:
        place = lower.find(word, owned.start)
        while 0 <= place < owned.stop:
            match = rule.form.match(view, place)
            if match is not None:
                yield match
            place = lower.find(word, place + 1)


def _is_a_value(match: re.Match[bytes]) -> bool:
    return _PLACEHOLDER.fullmatch(match["value"]) is None


def _is_an_address(match: re.Match[bytes]) -> bool:
    """A user and a password before a host, of something that takes them so."""
    scheme = _SCHEME.search(match.string, max(match.start() - 16, 0), match.start())
    return scheme is not None and _is_a_value(match)


_SCHEME = re.compile(
    rb"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|amqps?|ftps?|sftp|"
    rb"rest:https?|https?|smb)\Z"
)


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
        words=(b"aws_secret_access_key",),
        begins_with_word=True,
        form=re.compile(
            rb"(?i:aws_secret_access_key)[\"']?\s{0,3}[=:]\s{0,3}[\"']?"
            rb"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
        ),
        holds=_is_a_value,
    ),
    _Rule(
        kind="access-token",
        words=(b"ghp_", b"github_pat_", b"glpat-", b"xox", b"sk_live_"),
        form=re.compile(
            rb"(?<![A-Za-z0-9_])(?:ghp_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}|"
            rb"glpat-[A-Za-z0-9_-]{20}|xox[bp]-[0-9]{8,}-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{20,})"
        ),
    ),
    _Rule(
        kind="password-hash",
        words=(b"PASSWORD 'md5", b"IDENTIFIED "),
        form=re.compile(
            rb"PASSWORD 'md5[0-9a-f]{32}'|"
            rb"IDENTIFIED (?:BY PASSWORD|VIA [a-z_]{1,64} USING) '\*[0-9A-F]{40}'"
        ),
    ),
    _Rule(
        kind="password-hash",
        sign=b"$",
        words=(b"SCRAM-SHA-256$", b"$2y$", b"$2b$", b"$6$"),
        form=re.compile(
            rb"SCRAM-SHA-256\$\d{1,9}:[A-Za-z0-9+/=]{1,200}\$|"
            rb"\$2[by]\$\d\d\$[./A-Za-z0-9]{53}|\$6\$[^\s:$]{1,16}\$[./A-Za-z0-9]{86}"
        ),
    ),
    _Rule(
        kind="password",
        words=(b"pass", b"pwd"),
        begins_with_word=True,
        form=re.compile(
            rb"(?i)(?<![a-z0-9])(?:password|passphrase|passwd|pwd)[\"']?[ \t]{0,8}[=:]"
            rb"[ \t]{0,8}[\"']?(?P<value>[^\s\"',;()\[\]{}<>$\\]{6,128})(?=[\s\"',;]|\Z)"
        ),
        holds=_is_a_value,
    ),
    _Rule(
        kind="password",
        words=(b"://",),
        begins_with_word=True,
        form=re.compile(rb"://[^\s:/@\"']{1,64}:(?P<value>[^\s:/@\"']{4,128})@[A-Za-z0-9.\[-]"),
        holds=_is_an_address,
    ),
)
