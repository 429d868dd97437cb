"""The first pass over data: where could anything be? Everything else is never looked at twice.

Words and signs (`@`, `+`, two capitals before two digits) are found at the speed of the standard
library's fastest calls; with hyperscan, where that is installed, in one pass for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, Protocol

from guardian_agent.exposure.personal.iban import LENGTH_OF
from guardian_agent.exposure.personal.words import IS_LETTER, KINDS_OF

_SMALL: Final = bytes(
    (code | 32 if code < 128 else code) if code in IS_LETTER else 32 for code in range(256)
)
_SHAPES: Final = bytes(
    48 if 48 <= code <= 57 else 65 if 65 <= code <= 90 else 32 for code in range(256)
)
_PART: Final = 16 * 1024
_MANY: Final = 8
"""From so many different words on, each word of a part is looked at."""
_DIGITS: Final = frozenset(b"0123456789")
_JOINED: Final = IS_LETTER | _DIGITS
_SHORT: Final = 3
ALPHANUMERIC: Final = frozenset(code for code in range(128) if bytes([code]).isalnum())
_ACCOUNT: Final = re.compile(rb"AA00")
_AT: Final = re.compile(rb"@")
_PLUS: Final = re.compile(rb"\+(?=[1-9])")
_COUNTRIES: Final = frozenset(country.lower() for country in LENGTH_OF)
_LOOKED_FOR: Final = frozenset(KINDS_OF) | _COUNTRIES


AT, PLUS, ACCOUNT = range(3)
"""Signs that need no word: `@`, `+` before a digit, two letters of a country before digits."""


@dataclass(slots=True)
class Found:
    """Where to look, as offsets in order: words (start and end), and each sign."""

    words: list[tuple[int, int]] = field(default_factory=list)
    signs: tuple[list[int], list[int], list[int]] = field(default_factory=lambda: ([], [], []))


class Gate(Protocol):
    """Finds the places in some bytes; too many rather than too few."""

    def look(self, data: bytes) -> Found:
        """Return every place; what is cut off at the data's ends may be left out."""
        ...


class Portable:
    """The gate of the standard library."""

    def look(self, data: bytes) -> Found:
        """Return every place."""
        small = data.translate(_SMALL)
        words, is_abroad = _words(data, small)
        return Found(
            words=words,
            signs=(
                [found.start() for found in _AT.finditer(data)],
                [found.start() for found in _PLUS.finditer(data)],
                _accounts(data) if is_abroad else [],
            ),
        )


def _words(data: bytes, small: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Every known word, and whether the letters of any country are there.

    In parts that one word is searched through quickly, for some hold many different ones.
    """
    words: list[tuple[int, int]] = []
    is_abroad = False
    place = 0
    while place < len(small):
        end = small.find(b" ", place + _PART)
        part = small[place:end] if end >= 0 else small[place:]
        known = _LOOKED_FOR.intersection(part.split())
        is_abroad = is_abroad or not known.isdisjoint(_COUNTRIES)
        wanted = known - _COUNTRIES
        found = _one_by_one(part, wanted) if len(wanted) <= _MANY else _all_at_once(part, wanted)
        words += sorted(
            (place + at, place + at + length)
            for at, length in found
            if is_whole(data, place + at, place + at + length)
        )
        place += len(part)
    return words, is_abroad


def _one_by_one(part: bytes, words: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    for word in words:
        at = part.find(word)
        while at >= 0:
            yield at, len(word)
            at = part.find(word, at + 1)


def _all_at_once(part: bytes, words: AbstractSet[bytes]) -> Iterator[tuple[int, int]]:
    tokens = part.split(b" ")
    ends = accumulate(map(len, tokens))
    for blanks, (token, end) in enumerate(zip(tokens, ends, strict=True)):
        if token in words:
            yield end - len(token) + blanks, len(token)


def _accounts(data: bytes) -> list[int]:
    return [found.start() for found in _ACCOUNT.finditer(data.translate(_SHAPES))]


def is_whole(data: bytes, start: int, end: int) -> bool:
    """Whether what stands there is a word of its own, and no piece of a hash or a longer word."""
    if start and data[start - 1] in _JOINED:
        return False
    return (
        end >= len(data)
        or data[end] not in _JOINED
        or (data[end] in _DIGITS and end - start > _SHORT)
    )
