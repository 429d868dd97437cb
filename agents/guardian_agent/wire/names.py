"""Names that may travel: identifiers, slugs and hashes, never free text.

Names become metric labels, file names and report headings at central, so they are plain ASCII
identifiers, checked with `fullmatch`: `match` would let a final newline through (CVE-2026-23920).
"""

from __future__ import annotations

import re
from typing import TypeVar

from guardian_agent.errors import DecodeError

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?", re.ASCII)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._+-]{0,39})", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHORT_HASH = re.compile(r"[0-9a-f]{32}", re.ASCII)

T = TypeVar("T", bound=str)

NO_HASH = "0" * 64
"""Stands for "nothing before this one" where a SHA-256 is expected."""


class Name(str):
    """What the operator called something: 1-63 of `a-z 0-9 . _ -`, ends alphanumeric."""

    __slots__ = ()


class Slug(str):
    """A word from our own or a tool's vocabulary: 1-40 of `a-z 0-9 . _ + -`."""

    __slots__ = ()


class Hash(str):
    """A SHA-256 in lower-case hexadecimal: 64 digits."""

    __slots__ = ()


class ShortHash(str):
    """The first 128 bits of a keyed hash in lower-case hexadecimal: 32 digits."""

    __slots__ = ()


_FORMS: dict[type, tuple[re.Pattern[str], str]] = {
    Name: (_NAME, "a name (1-63 of a-z 0-9 . _ -, first and last a letter or digit)"),
    Slug: (_SLUG, "a word (1-40 of a-z 0-9 . _ + -)"),
    Hash: (_HASH, "64 lower-case hexadecimal digits"),
    ShortHash: (_SHORT_HASH, "32 lower-case hexadecimal digits"),
}


def is_restricted(kind: object) -> bool:
    """Say whether `kind` is one of the restricted string types of this module."""
    return kind in _FORMS


def restricted(kind: type[T], text: object, path: str = "$") -> T:
    """Return `text` as `kind`; raise `DecodeError` at `path` when it does not have its form."""
    pattern, form = _FORMS[kind]
    if not isinstance(text, str) or pattern.fullmatch(text) is None:
        raise DecodeError(f"expected {form}", path)
    return kind(text)
