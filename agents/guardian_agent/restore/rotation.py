"""Whose turn it is: the files that a sample restores beside those that the seed draws.

The draw says how sure a sample is; the rotation sees to it that nothing is left out for ever. It
takes first what came back bad (no luck of the next draw may hide it), then what was never tested,
then what was tested longest ago; among equals large and recently touched files are more likely, and
the seed decides. It takes as much as brings everything round within the agreed period, bounded in
files and bytes, so that a sample costs the same however large the data grows. A file larger than
the bound waits for a test of kind `full`, and counts as untested until then.

The index is read once from end to end, and only as many files are kept as are taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappush, heappushpop
from math import inf, log

from guardian_agent.restore.index import Index
from guardian_agent.restore.ledger import BAD, Ledger
from guardian_agent.system.ports import Files

SHARE_OF_BYTES = 0.08
"""Of all bytes that may be taken; the files drawn come on top."""
LEAST_INTERVAL = timedelta(days=1)
MOST_INTERVAL = timedelta(days=31)
CANDIDATES = 4
"""So many times the files wanted are kept until it shows which fit into the bytes."""

_DOMAIN = b"guardian-rotation/1\n"
_WORD = 2**64
_LARGE_SHIFT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one sample may take beside the files drawn, and in what time all are to be tested."""

    files: int
    bytes: int
    within: timedelta
    every: timedelta
    """How often samples are made, where the ledger does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The files whose turn it is by their place in the manifest; numbers of all files asked for."""

    places: tuple[int, ...]
    numbers: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The seed of one sample, and its times in seconds since 1970."""

    seed: bytes
    now: int
    point_began: int
    """What was touched since cannot be compared with this restore point."""


def choose_slice(
    files: Files, index: Index, ledger: Ledger, drawn: Collection[int], bounds: Bounds, at: Moment
) -> Slice:
    """Return the files whose turn it is, beside those `drawn`.

    Raises:
        OSError: the index cannot be read.
    """
    most_bytes = min(bounds.bytes, int(SHARE_OF_BYTES * index.summary.bytes))
    wanted = min(bounds.files, needed(index.summary.files, ledger.newest(at.now), bounds, at.now))
    numbers: dict[int, int] = {}
    times = ledger.times()
    line = _Line(CANDIDATES * wanted, ledger, at)
    for place, row in enumerate(index.plain_rows(files)):
        size, touched, seen, number, comparable, _ = row
        if place in drawn:
            numbers[place] = number
        elif not comparable or touched >= at.point_began:
            continue
        elif size <= most_bytes or times[number] == BAD:
            line.join(place, size, touched, seen, number)
    taken, left = list[int](), most_bytes
    for place, size, number in line.first():
        # What came back bad is looked at again, however large it is.
        fits = size <= left or (not taken and times[number] == BAD)
        if len(taken) < wanted and fits:
            taken.append(place)
            numbers[place] = number
            left -= size
    return Slice(places=tuple(taken), numbers=numbers)


class _Line:
    """The files whose turn is first, no more than `length`; the last is at the heap's top."""

    __slots__ = ("_add", "_heap", "_last", "_length", "_multiply", "_now", "_recent", "_times")

    def __init__(self, length: int, ledger: Ledger, at: Moment) -> None:
        digest = hashlib.sha256(_DOMAIN + at.seed).digest()
        # A multiplication modulo a power of two mixes enough to break ties, and costs next to
        # nothing for each of a million files; who is drawn for the proof is the other seed's.
        self._multiply = int.from_bytes(digest[:8], "big") | 1
        self._add = int.from_bytes(digest[8:16], "big")
        self._length = length
        self._times = ledger.times()
        self._now = at.now
        self._recent = ledger.newest(at.now) or 0
        self._heap: list[tuple[int, float, int, int, int]] = []
        self._last = (2, 0.0) if length == 0 else (-inf, -inf)

    def join(self, place: int, size: int, touched: int, seen: int, number: int) -> None:
        """Take a file if its turn comes before that of the last one.

        First by when it was tested last, before all what was bad then; among equals a weighted draw
        without replacement: -ln(u) / weight, the smallest first (Efraimidis and Spirakis, 2006).
        The weight grows with each doubling of the size above 4 KiB, and is twice as much for what
        is new.
        """
        tested = self._times[number]
        turn = -tested if seen <= tested <= self._now else int(tested == BAD)
        if turn < self._last[0]:
            return
        weight = 1 + (size >> _LARGE_SHIFT).bit_length()
        if touched >= self._recent:
            weight *= 2
        share = ((number * self._multiply + self._add) % _WORD + 1) / _WORD
        # -ln(u) is at least 1 - u: most files are passed by without a logarithm.
        if (turn, (share - 1) / weight) < self._last:
            return
        item = (turn, log(share) / weight, place, size, number)
        if len(self._heap) < self._length:
            heappush(self._heap, item)
        else:
            heappushpop(self._heap, item)
        if len(self._heap) == self._length:
            self._last = self._heap[0][:2]

    def first(self) -> list[tuple[int, int, int]]:
        """Return place, size and number of each, those whose turn is first at the beginning."""
        return [(place, size, number) for *_, place, size, number in sorted(self._heap)[::-1]]


def needed(count: int, newest_test: int | None, bounds: Bounds, now: int) -> int:
    """Return how many files bring all round within the period, at the pace so far."""
    interval = bounds.every
    if newest_test is not None:
        since = timedelta(seconds=now - newest_test)
        interval = min(max(since, LEAST_INTERVAL), MOST_INTERVAL)
    # In seconds: so many files times a month would leave what a span of time can be.
    share, whole = int(interval.total_seconds()), max(1, int(bounds.within.total_seconds()))
    return min(-(-count * share // whole), count)
