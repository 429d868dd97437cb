"""Look at one file: what it is, who gets at it, what is in it. One open serves all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from guardian_agent.exposure import personal, reach, turned
from guardian_agent.exposure.memory import (
    CLOSED,
    FULL,
    NOT,
    PARTLY,
    WAITS,
    WHOLE,
    Answer,
    Row,
)
from guardian_agent.exposure.personal import Counted
from guardian_agent.exposure.quickly import made
from guardian_agent.exposure.reach import Folders, Secrets
from guardian_agent.exposure.reach.folders import OTHERS
from guardian_agent.exposure.repositories import Repositories
from guardian_agent.exposure.sampling import Sample
from guardian_agent.exposure.trying import Trying
from guardian_agent.exposure.walk import Place
from guardian_agent.magic import Classified, Read, classify
from guardian_agent.system.ports import Clock, Entry, Files, Held
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

UNREADABLE = Classified(
    state=Encryption.UNKNOWN,
    kind=Slug("unreadable"),
    rule=Slug("unreadable"),
    confidence=Slug("none"),
)

_REMEMBERED = Slug("remembered")

DAY = 24 * 3600
LOOK_AGAIN = 7 * DAY
"""After so many seconds a file that did not change is read again, and at most `SPREAD` later: a
disk's silent damage changes no time, and we learn new formats."""
SPREAD = 7 * DAY
RACY_NS = 2_000_000_000
"""A file changed this close to now may change again without its times showing it."""
SHARE = 8
"""One file gets at most this part of the bytes that a pass may search, and at most `MOST`."""
MOST = 512 * 1024 * 1024
BEGINNING = 1024 * 1024
"""Bytes of a file that are searched for secrets, whatever the pass may search."""
AHEAD = 8
"""Files that are held open before the one that is being read."""
_MIX = 0x9E3779B97F4A7C15
"""Any odd number of 64 bits whose products look random: 2^64 by the golden ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Those who make sense of a file's bytes."""

    classify: Callable[..., Classified] = classify
    has_turned: Callable[..., bool] = turned.has_turned
    ways: Callable[..., frozenset[str]] = reach.ways
    search: Callable[..., Counted] = personal.search
    read_through: Callable[..., Counted] = personal.read_through


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What is looked for beside what a file is."""

    reach: bool = True
    owners: frozenset[int] = frozenset()
    personal: bool = True
    key: bytes = b""
    """Decides where a large file is looked at inside: nobody else knows it."""
    readers: Readers = field(default_factory=Readers)


class Bytes:
    """How many bytes may still be searched for personal data; shared by all places of a pass."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._most = min(MOST, max(1, count // SHARE))

    def for_file(self, size: int) -> int:
        """Return how many bytes of one file may be searched; 0: it waits for another pass."""
        wanted = min(max(size, 1), self._most)
        return min(self._most, self._left) if self._left >= wanted else 0

    def take(self, count: int) -> None:
        """Count bytes that were read or decoded."""
        self._left -= count

    @property
    def left(self) -> int:
        """How many are left."""
        return max(self._left, 0)

    def halve(self) -> int:
        """Leave half of them to another process, and return how many each has."""
        self._left = self.left // 2
        return self._left

    def regain(self, count: int) -> None:
        """Take back what another process did not need."""
        self._left += count


class Known(NamedTuple):
    """What an earlier look found."""

    row: Row
    answer: Answer


class Seen(NamedTuple):
    """What is known of a file now: its row (the answer's number left 0), and the answer."""

    row: Row
    answer: Answer
    found: Classified | None
    """What the classifier said; None where the file was not read."""


_Begun = tuple[str, Known | None, Seen | None, Held | None]
"""A file's name, what was known of it, and what is known now, or the file held open to be read."""


class Looker:
    """Looks at files, one after the other, until `deadline` (monotonic)."""

    def __init__(
        self, files: Files, clock: Clock, aims: Aims, left: Bytes, deadline: float
    ) -> None:
        self.rotates = True
        """Whether what did not change is read again when its turn has come."""
        self._aims = aims
        self._readers = aims.readers
        self._trying = Trying(aims.readers.classify, clock)
        self._clock = clock
        self._left = left
        self._deadline = deadline
        self._folders = Folders(files)
        self._repositories = Repositories(files, lambda held: self._classified(Sample(held)))
        self._now = int(clock.now().timestamp())
        self._racy_ns = self._now * 10**9 - RACY_NS

    def halve(self) -> int:
        """Leave half of what may be searched and tried to another process; return the bytes."""
        self._trying.halve()
        return self._left.halve()

    def regain(self, count: int) -> None:
        """Take back the bytes that another process did not search."""
        self._left.regain(count)

    @property
    def left(self) -> int:
        """Bytes that may still be searched."""
        return self._left.left

    @property
    def repositories(self) -> Mapping[str, Classified]:
        """The repositories that were met, by their folders."""
        return self._repositories.found

    def looks(
        self, place: Place, wanted: Iterable[tuple[str, Known | None]]
    ) -> Iterator[tuple[str, Seen | None]]:
        """Yield what is seen of each file: None for one that is gone by now, or no file any more.

        Some are held open ahead, so that the disk reads one while another is classified.
        """
        ahead: deque[_Begun] = deque()
        try:
            for name, known in wanted:
                ahead.append(self._begun(place, name, known))
                if len(ahead) > AHEAD:
                    yield self._finished(place, ahead.popleft())
            while ahead:
                yield self._finished(place, ahead.popleft())
        finally:
            for _, _, _, held in ahead:
                if held is not None:
                    held.close()

    def _begun(self, place: Place, name: str, known: Known | None) -> _Begun:
        """Open a file that must be read."""
        try:
            if known is not None:
                entry = place.folder.stat(name)
                if known.row.is_of(entry) and not self._is_due(known):
                    return name, known, self._as_before(place, entry, known), None
            return name, known, None, place.folder.open(name)
        except FileNotFoundError:
            return name, known, None, None
        except OSError:
            return name, known, self._unreadable(place, name, known), None

    def _finished(self, place: Place, begun: _Begun) -> tuple[str, Seen | None]:
        name, known, seen, held = begun
        if held is None:
            return name, seen
        try:
            return name, self._read(place, held, known)
        except OSError:
            return name, self._unreadable(place, name, known)
        finally:
            held.close()

    def _is_due(self, known: Known) -> bool:
        row, answer = known
        if answer.search == WAITS and self._left.for_file(row.size):
            return True
        turn = LOOK_AGAIN + (row.inode * _MIX >> 24) % SPREAD
        return self.rotates and not 0 <= self._now - row.looked_at < turn

    def _as_before(self, place: Place, entry: Entry, known: Known) -> Seen:
        """Keep what is known; a mode above the file may have changed without it."""
        row, answer = known
        open_to = self._open_to(place, entry, found_again(answer.state, answer.kind))
        if open_to != answer.open_to:
            answer = answer._replace(open_to=open_to)
        return made(Seen, (row, answer, None))

    def _read(self, place: Place, held: Held, known: Known | None) -> Seen:
        entry, sample = held.entry, Sample(held)
        found = self._repositories.answer(place, entry, self._classified(sample))
        counted, search, secrets = self._search(sample, found)
        answer = (
            found.state.value,
            found.kind,
            _before(found, known),
            self._has_turned(entry.path, sample, found, known),
            secrets,
            self._open_to(place, entry, found),
            tuple(sorted(counted.values.items())) if counted.values else (),
            search,
        )
        row = self._row(entry, sample.size, counted.bytes)
        return made(Seen, (row, made(Answer, answer), found))

    def _classified(self, sample: Sample) -> Classified:
        return sample.classified(self._trying.classify, self._aims.key)

    def _row(self, entry: Entry, size: int, searched: int) -> Row:
        changed_ns = _NEVER if entry.changed_ns > self._racy_ns else entry.changed_ns
        device, inode, modified_ns = entry.device, entry.inode, entry.modified_ns
        return made(Row, (device, inode, size, modified_ns, changed_ns, self._now, searched, 0))

    def _unreadable(self, place: Place, name: str, known: Known | None) -> Seen | None:
        try:
            entry = place.folder.stat(name)
        except OSError:
            return None
        if not entry.is_file:
            return None
        answer = _answer_of(UNREADABLE, _before(UNREADABLE, known))
        # Others may read what we may not, and its owner is told by its entry.
        answer = answer._replace(open_to=self._open_to(place, entry, UNREADABLE))
        row = self._row(entry, entry.size, 0)._replace(changed_ns=_NEVER)
        return Seen(row, answer, UNREADABLE)

    def _open_to(self, place: Place, entry: Entry, found: Classified) -> tuple[str, ...]:
        """Return the ways by mode and owner, where there can be any."""
        owners = self._aims.owners
        if not self._aims.reach or not (entry.mode & OTHERS or owners):
            return ()
        is_reached = self._folders.are_open(place.path)
        return tuple(sorted(self._readers.ways(entry, found, owners, is_reached=is_reached)))

    def _has_turned(
        self, path: str, sample: Sample, found: Classified, known: Known | None
    ) -> bool:
        if not self._aims.reach:
            return False
        return self._readers.has_turned(
            path, _before(found, known), found, sample.size, sample.read
        )

    def _search(self, sample: Sample, found: Classified) -> tuple[Counted, str, tuple[str, ...]]:
        """Look for personal data and secrets; return how far that went, and the secrets' kinds."""
        aims = self._aims
        if found.state is not Encryption.PLAINTEXT or not (aims.personal or aims.reach):
            return _NONE, NOT, ()
        secrets = Secrets() if aims.reach else None
        budget = self._left.for_file(sample.size)
        if not budget:
            return _NONE, WAITS, self._at_its_beginning(sample, secrets)
        timed = _Timed(sample.read, self._clock, self._deadline)
        search = self._readers.search if aims.personal else self._readers.read_through
        counted = search(timed.read, sample.size, found, budget, secrets)
        self._left.take(counted.bytes)
        kinds = () if secrets is None else tuple(sorted(secrets.kinds))
        return counted, PARTLY if timed.is_over else _how_far(counted), kinds

    def _at_its_beginning(self, sample: Sample, secrets: Secrets | None) -> tuple[str, ...]:
        """Look where most secrets stand, until there is time for all of it."""
        if secrets is None:
            return ()
        secrets.feed(sample.read(0, BEGINNING))
        secrets.end()
        return tuple(sorted(secrets.kinds))


def _how_far(counted: Counted) -> str:
    if counted.cut:
        return PARTLY
    if counted.closed:
        return CLOSED
    return WHOLE if counted.complete else FULL


class _Timed:
    """Reads until the time is spent; nothing comes after it."""

    def __init__(self, read: Read, clock: Clock, deadline: float) -> None:
        self.is_over = False
        self._read = read
        self._clock = clock
        self._deadline = deadline

    def read(self, offset: int, count: int) -> bytes:
        self.is_over = self._clock.monotonic() >= self._deadline
        return b"" if self.is_over else self._read(offset, count)


_NONE = Counted(values={}, bytes=0, complete=True)
_NEVER = -1
"""Stands for a time that no file has: it is read again."""


def _before(found: Classified, known: Known | None) -> str | None:
    """Return what a reader made of the file last, where none does now."""
    if known is None or found.state is Encryption.PLAINTEXT:
        return None
    was_readable = known.answer.state == Encryption.PLAINTEXT
    return known.answer.kind if was_readable else known.answer.before


def _answer_of(found: Classified, before: str | None) -> Answer:
    return Answer(found.state.value, found.kind, before, False, (), (), (), NOT)


@cache
def found_again(state: str, kind: str) -> Classified:
    """Return what the classifier said in an earlier look, as far as it was kept."""
    return Classified(
        state=Encryption(state), kind=Slug(kind), rule=_REMEMBERED, confidence=_REMEMBERED
    )
