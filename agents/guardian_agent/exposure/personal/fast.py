"""The same gate by hyperscan, one pass for everything; an extra of the agent (`fast`).

It is given literals alone: they are what it finds fastest. What a literal begins is looked at
with the same care as without it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from guardian_agent.exposure.personal.gate import (
    ACCOUNT,
    ALPHANUMERIC,
    AT,
    PLUS,
    Found,
    Gate,
    Portable,
    is_whole,
)
from guardian_agent.exposure.personal.iban import LENGTH_OF
from guardian_agent.exposure.personal.words import IS_LETTER, KINDS_OF, stems

_WORD: Final = -1
_LONGEST: Final = max(map(len, KINDS_OF))
_LETTERS: Final = re.compile(b"[" + b"".join(re.escape(b"%c" % each) for each in IS_LETTER) + b"]+")


@cache
def fastest_gate() -> Gate:
    """Return the fastest gate there is here; it is built once in a process."""
    try:
        import hyperscan  # noqa: PLC0415 - an extra, slow to load
    except ImportError:
        return Portable()
    try:
        return Hyperscan(hyperscan)
    except hyperscan.error:  # a processor without what it needs
        return Portable()


class Hyperscan:
    """The gate of hyperscan."""

    def __init__(self, hyperscan: Any) -> None:  # noqa: ANN401 - a module without types
        signs = [(AT, b"@"), *((PLUS, b"+%d" % digit) for digit in range(1, 10))]
        accounts = [(ACCOUNT, b"%s%d" % (land, n)) for land in LENGTH_OF for n in range(10)]
        words = [(_WORD, stem) for stem in sorted(stems(KINDS_OF))]
        caseless = hyperscan.HS_FLAG_CASELESS
        self._what = [(sign, len(literal)) for sign, literal in (*signs, *accounts, *words)]
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[_escaped(literal) for _, literal in (*signs, *accounts, *words)],
            ids=list(range(len(self._what))),
            flags=[caseless if sign == _WORD else 0 for sign, _ in self._what],
        )

    def look(self, data: bytes) -> Found:
        """Return every place."""
        hits: list[tuple[int, int]] = []
        note = hits.append
        self._database.scan(
            data, match_event_handler=lambda pattern, _start, end, *_: note((pattern, end))
        )
        found, what = Found(), self._what
        for pattern, end in hits:
            sign, length = what[pattern]
            if sign == _WORD:
                _put_word(found, data, end - length, end)
            elif sign != ACCOUNT or data[max(end - length - 1, 0)] not in ALPHANUMERIC:
                found.signs[sign].append(end - length)
        found.words = sorted(set(found.words))
        return found


def _escaped(literal: bytes) -> bytes:
    return b"".join(b"\\x%02x" % each for each in literal)


def _put_word(found: Found, data: bytes, start: int, end: int) -> None:
    """Widen a piece to the word it is in; keep it where the word is known."""
    rest = _LETTERS.match(data, end, end + _LONGEST)
    end = rest.end() if rest is not None else end
    first = max(start - _LONGEST, 0)
    while start > first and data[start - 1] in IS_LETTER:
        start -= 1
    if data[start:end].lower() in KINDS_OF and is_whole(data, start, end):
        found.words.append((start, end))
