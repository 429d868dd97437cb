"""Goes through readable bytes once, block by block, and tells a tally what it finds.

How the bytes arrive makes no difference: blocks are cut where they would be in the whole, a value
belongs to the block that it begins in, and each block is seen with what stands around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from guardian_agent.exposure.personal.columns import Columns
from guardian_agent.exposure.personal.contact import email_at, phone_at
from guardian_agent.exposure.personal.gate import Found, Gate
from guardian_agent.exposure.personal.iban import iban_at
from guardian_agent.exposure.personal.kinds import (
    AFTER,
    BEFORE,
    BY_NAME,
    EMAIL,
    IBAN,
    KINDS,
    PHONE,
    Kind,
    compact,
    form_of,
)
from guardian_agent.exposure.personal.table import Table, Tables, column_of
from guardian_agent.exposure.personal.tally import Tally
from guardian_agent.exposure.personal.words import KINDS_OF, STRANGERS

BLOCK: Final = 256 * 1024
LEFT: Final = 4096
"""Bytes before a block that are at hand: a row that a value ends, a word that it follows."""
RIGHT: Final = 4096
"""Bytes after it: the rest of what begins in it, and of a heading."""
SAMPLE: Final = 512
"""Bytes of each block's end in which columns of numbers are looked for that no word speaks of."""

STEP: Final = 8 * 1024
"""Bytes by which a column is followed from there, as long as it goes on."""
FIRST: Final = 64 * 1024
"""Bytes at the beginning of a text that are looked at so without any reason."""

_WORD_REACH: Final = 80
"""Bytes after a word within which the value it speaks of begins."""
_BEHIND: Final = _WORD_REACH + 48
_VALUE_MOST: Final = 64
_LETTERS: Final = re.compile(rb"[A-Za-z\x80-\xff]+")
_NAMED: Final = re.compile(rb"([A-Za-z][A-Za-z_\-]{0,24})[\"' ]{0,2}[=:#][\"' ]{0,2}\Z")
_GLUE: Final = re.compile(rb"[\s,;/|\"']{1,4}")


_WIDER: Final = {"9": "9X", "A": "AX", "-": "-+ ", "X": "X"}
"""Which signs of a layout stand for all that one stands for."""


def _by_layout() -> tuple[re.Pattern[bytes], tuple[tuple[Kind, ...], ...]]:
    """One expression for all layouts that stand without a word, and whose each group is."""
    kinds = [kind for kind in KINDS if kind.least]
    narrow_first = sorted({layout for kind in kinds for layout in kind.layouts}, key=_breadth)
    forms = b"|".join(b"(" + form_of(layout) + b")" for layout in narrow_first)
    quick = rb"(?=[0-9A-Za-z][0-9 \-][0-9. \-]{4}[0-9A-Z. \-]{2})"
    whole = re.compile(BEFORE + quick + b"(?:" + forms + b")" + AFTER)
    return whole, tuple(
        tuple(kind for kind in kinds if any(_covers(each, layout) for each in kind.layouts))
        for layout in narrow_first
    )


def _breadth(layout: str) -> tuple[int, int, str]:
    return -len(layout), sum(layout.count(sign) for sign in "XA"), layout


def _covers(wide: str, layout: str) -> bool:
    """Whether everything that is written like one layout is written like the wide one, too."""
    return len(wide) == len(layout) and all(
        sign in _WIDER.get(each, each) for each, sign in zip(layout, wide, strict=True)
    )


_ANY, _KINDS_OF_GROUP = _by_layout()


_SIGNS: Final = ((EMAIL, email_at), (PHONE, phone_at), (IBAN, iban_at))
"""What stands at each of the gate's signs, in its order."""


class Finder:
    """Finds values in bytes that are fed to it."""

    def __init__(self, gate: Gate, tally: Tally) -> None:
        self._gate = gate
        self._tally = tally
        self._parts = [b"\n"]
        self._size = 1
        self._left = 1
        """How much of what is held was looked at already; it stays for what follows it."""
        self._table: Table | None = None
        self._is_first = True
        self._goes_on = False
        """Whether a column of numbers reached the end of the block before."""

    def __repr__(self) -> str:
        """Say nothing of what was found."""
        return "Finder()"

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._parts.append(data)
        self._size += len(data)
        if self._size - self._left >= BLOCK + RIGHT:
            held = b"".join(self._parts)
            while len(held) - self._left >= BLOCK + RIGHT:
                held = self._block(held, BLOCK)
            self._parts, self._size = [held], len(held)

    def end(self) -> None:
        """Look at what is left."""
        held = b"".join(self._parts)
        while len(held) > self._left:
            held = self._block(held, min(BLOCK, len(held) - self._left))
        self._parts, self._size = [held], len(held)

    def _block(self, held: bytes, size: int) -> bytes:
        """Look at the next block of what is held; return what is still needed of it."""
        end = self._left + size
        self._look(held[: end + RIGHT], self._left, end)
        self._is_first = False
        passed = max(end - LEFT, 0)
        self._left = end - passed
        return held[passed:]

    def _look(self, view: bytes, start: int, end: int) -> None:
        """Look at the block `view[start:end]`."""
        found = self._gate.look(view)
        self._signs(view, found, range(start, end))
        tables = Tables(view, range(start, end), self._table)
        for word_start, word_end in found.words:
            if start - _BEHIND <= word_start < end:
                spoken = view[word_start:word_end].lower()
                self._word(view, word_end, spoken, range(start, end))
                if word_start >= start:
                    tables.note(range(word_start, word_end), KINDS_OF[spoken])
        self._numbers(view, range(start, end), tables)
        self._table = tables.open

    def _signs(self, view: bytes, found: Found, owned: range) -> None:
        """What needs no word beside it."""
        for (kind, value_at), places in zip(_SIGNS, found.signs, strict=True):
            for place in places[bisect_left(places, owned.start) : bisect_left(places, owned.stop)]:
                value = value_at(view, place)
                if value is not None:
                    self._tally.sure(kind, value)

    def _word(self, view: bytes, after: int, spoken: bytes, owned: range) -> None:
        """Look behind a word for what it speaks of."""
        for name in KINDS_OF[spoken]:
            if name == IBAN:
                self._small_account(view, after, owned)
                continue
            kind = BY_NAME[name]
            for place, written in _behind(view, after, kind):
                if place in owned:
                    self._tally.labelled(kind.name, spoken, kind.value_of(written))

    def _small_account(self, view: bytes, place: int, owned: range) -> None:
        """An account number in small letters, which nothing but its word gives away."""
        for found in _SMALL_ACCOUNT.finditer(view, place, place + _WORD_REACH):
            if found.start() in owned:
                value = iban_at(view, found.start())
                if value is not None:
                    self._tally.sure(IBAN, value)

    def _numbers(self, view: bytes, owned: range, tables: Tables) -> None:
        """Look at numbers by column, where a heading, the beginning or a sample gives reason."""
        columns = Columns()
        head, tail = owned[: FIRST if self._is_first else 0], owned[-SAMPLE:]
        middle = range(head.stop, max(tail.start, head.stop))
        steps = [middle[place : place + STEP] for place in range(0, len(middle), STEP)]
        _sort(view, head, tables, columns)
        goes_on = self._goes_on or columns.is_likely
        behind = _follow(view, steps, tables, columns) if goes_on else -1
        _sort(view, range(middle.stop, tail.stop), tables, columns)
        self._goes_on = self._tally.expects(columns)
        if self._goes_on:
            _follow(view, steps[behind + 1 :][::-1], tables, columns)
        self._tally.take(columns)
        for table in tables:
            self._headed(view, owned, table)

    def _headed(self, view: bytes, owned: range, table: Table) -> None:
        """Look at the columns whose headings say what they hold."""
        first, end = max(table.rows.start, owned.start), min(table.rows.stop, owned.stop)
        names = {name for said in table.columns.values() for name in said}
        for kind in (BY_NAME[name] for name in sorted(names) if name in BY_NAME):
            for found in kind.form.finditer(view, first, end + _VALUE_MOST):
                if found.start() >= end:
                    break
                column = table.heading.column_of(view, found.start())
                if kind.name in table.columns.get(column, ()):
                    self._tally.labelled(kind.name, column, kind.value_of(found[0]))


def _follow(view: bytes, steps: list[range], tables: Tables, columns: Columns) -> int:
    """Sort step after step, as long as a column goes on; return which one was the last."""
    for number, step in enumerate(steps):
        before = columns.promise
        _sort(view, step, tables, columns)
        if columns.promise == before:
            return number
    return len(steps)


def _sort(view: bytes, owned: range, tables: Tables, columns: Columns) -> None:
    """Put every number under its column, once for each kind that it could be."""
    for place, written, kinds in _candidates(view, owned):
        column = column_of(view, place)
        named = tables.of(place)
        value = compact(written)
        for kind in kinds:
            found = columns.of(kind.name, kind.least, column)
            if found.is_hopeless or kind.name in named:
                continue
            found.seen += 1
            if kind.valid(value) and not _is_something_else(view, place):
                found.passed += 1
                found.values.add(value)


_SMALL_ACCOUNT: Final = re.compile(rb"(?<![0-9A-Za-z])[a-z]{2}[0-9]{2}")


def _candidates(view: bytes, owned: range) -> Iterator[tuple[int, bytes, tuple[Kind, ...]]]:
    """Every number that begins there and is written like one of the kinds."""
    for found in _ANY.finditer(view, owned.start, owned.stop + _VALUE_MOST):
        if found.start() >= owned.stop:
            return
        group = found.lastindex or 1
        yield found.start(), found[0], _KINDS_OF_GROUP[group - 1]


def _is_something_else(view: bytes, place: int) -> bool:
    """Whether a word right before a number calls it something else: `order_id=`."""
    named = _NAMED.search(view, max(place - 32, 0), place)
    return named is not None and not STRANGERS.isdisjoint(
        word.lower() for word in _LETTERS.findall(named[1])
    )


def _behind(view: bytes, place: int, kind: Kind) -> Iterator[tuple[int, bytes]]:
    """The first value that a word speaks of, and those listed directly after it."""
    after = place
    for found in kind.form.finditer(view, place, place + _WORD_REACH + _VALUE_MOST):
        if found.start() - place > _WORD_REACH:
            return
        gap = view[after : found.start()]
        if not (_leads(gap) if after == place else _GLUE.fullmatch(gap)):
            return
        yield found.start(), found[0]
        after = found.end()


def _leads(gap: bytes) -> bool:
    """Whether what stands between a word and a value lets the one speak of the other."""
    words = _LETTERS.findall(gap)
    if b"\n" in gap and (words or gap.count(b"\n") > 1):
        return False
    return STRANGERS.isdisjoint(word.lower() for word in words)
