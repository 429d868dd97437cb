"""One pass over a watched place: it goes on where the one before stopped, and comes around.

A pass begins after the last place that the one before looked at, goes to the end, and from the
beginning on to where it began. What was walked from beginning to end, in one pass or several, is a
round; what is stated is complete as long as the last whole round began less than a day ago.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import repeat

from guardian_agent.exposure.hands import BOTH, Hands, Job, Looked, Share
from guardian_agent.exposure.look import DAY, Known, Looker, Seen
from guardian_agent.exposure.memory import (
    BLOCK,
    WAITS,
    Answer,
    Block,
    Header,
    Journal,
    Memory,
    Row,
    fold,
    left_behind,
)
from guardian_agent.exposure.quickly import made
from guardian_agent.exposure.tally import Tally
from guardian_agent.exposure.walk import (
    BEGINNING,
    Place,
    Position,
    Walk,
    all_as_bytes,
    as_bytes,
    key_of,
)
from guardian_agent.system import Clock, System
from guardian_agent.wire.facts.words import Reason

ROUND_HOLDS = DAY
"""In seconds: so long a round speaks for what a later pass had no time for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How one pass went: the sums over the place, and why they are not of all of it."""

    tally: Tally
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass over some paths, up to `deadline` (monotonic)."""

    paths: Sequence[str]
    settings: str
    """Stands for what is looked for, and where: what was remembered for others is of no use."""
    system: System
    looker: Looker
    deadline: float
    share: Share = BOTH
    """When a second process helps."""

    def remembering(self, memory: Memory) -> Sums:
        """Go on where the pass before stopped, and keep what was found.

        Raises:
            OSError: the journal cannot be written.
        """
        files = self.system.files
        self._mend(memory)
        header = memory.header(files, self.settings)
        self.looker.rotates = bool(header.round_began)
        now = int(self.system.clock.now().timestamp())
        round_ = _Round(header, now)
        tally = Tally()
        with files.create(memory.journal) as out:
            journal = Journal(out, replace(header, began=now))
            while (bounds := round_.ahead()) is not None:
                journal.begin(bounds[0])
                stretch = self._stretch(*bounds, memory, tally, journal.add)
                if not stretch.is_cut:
                    journal.end(bounds[1])
                round_.take(stretch)
        done = round_.done()
        with suppress(OSError):  # without it the next pass finds the journal
            fold(files, memory, done, tally.take)
        return Sums(tally=tally, reason=round_.reason())

    def forgetting(self, memory: Memory) -> Sums:
        """Look at everything once, and leave nothing behind."""
        tally = Tally()
        header = memory.header(self.system.files, self.settings)
        self.looker.rotates = bool(header.round_began)
        stretch = self._stretch(BEGINNING, None, memory, tally, _forget)
        cut = Reason.BUDGET_SPENT if stretch.is_cut else Reason.NONE
        return Sums(tally=tally, reason=stretch.trouble or cut)

    def _mend(self, memory: Memory) -> None:
        """Keep what a killed pass found."""
        files = self.system.files
        header = memory.header(files, self.settings)
        came = left_behind(files, memory, header)
        if came is not None:
            with suppress(OSError):
                fold(files, memory, came, _forget)

    def _stretch(
        self,
        begin: Position,
        end: Position | None,
        memory: Memory,
        tally: Tally,
        keep: Callable[[Block], None],
    ) -> _Stretch:
        """Walk from one place to another."""
        walk = Walk(self.system.files)
        recall = _Recall(memory.blocks(self.system.files, self.settings))
        stretch = _Stretch(begin)
        with (
            Hands(self.system.twins, self._of_job, self.share) as hands,
            closing(self._looks(hands, walk, recall, stretch, end)) as looks,
        ):
            for looked in looks:
                tally.take(looked.block)
                keep(looked.block)
                stretch.take(looked)
                if stretch.is_cut:
                    break
        self.looker.regain(hands.spare)
        stretch.trouble = None if walk.trouble is None else walk.trouble.reason
        return stretch

    def _looks(
        self, hands: Hands, walk: Walk, recall: _Recall, stretch: _Stretch, end: Position | None
    ) -> Generator[Looked, None, None]:
        """Yield what is found in the folders ahead, up to a place or until the time is spent."""
        for place in walk.places(self.paths, stretch.at):
            names = _up_to(place, end)
            if names is None:
                break
            for first in range(0, len(names), BLOCK):
                self._look(hands, walk, place, names[first : first + BLOCK], recall)
                yield from hands.ready()
            if self.system.clock.monotonic() >= self.deadline:
                yield from hands.ready(all_of_it=True)
                stretch.is_cut = True
                return
        yield from hands.ready(all_of_it=True)

    def _look(
        self, hands: Hands, walk: Walk, place: Place, names: Sequence[str], recall: _Recall
    ) -> None:
        """Look at some files of a folder, here or with the other hand."""
        keys = all_as_bytes(names)
        known = recall.find(place.key, keys)
        if not known and hands.is_free(names):
            job = Job(place.path, place.key, place.given, names)
            hands.ask(job, lambda job: self._instead(job, walk))
        else:
            hands.take(self._looked(place, names, keys, known), self.looker.halve)

    def _instead(self, job: Job, walk: Walk) -> Looked:
        """Look at what the twin did not."""
        try:
            return self._of_job(job)
        except OSError as error:  # its folder was open when the twin was asked
            walk.note_shut(error, job.path)
            return Looked(job.key, Block(job.path, (), (), ()), None, False, False, None, 0)

    def _of_job(self, job: Job) -> Looked:
        """Look at some files of which nothing is remembered; raise `OSError` for their folder."""
        with self.system.files.folder(job.path) as folder:
            place = Place(
                folder=folder, path=job.path, key=job.key, names=job.names, given=job.given
            )
            return self._looked(place, job.names, all_as_bytes(job.names), {})

    def _looked(
        self,
        place: Place,
        names: Sequence[str],
        keys: Sequence[bytes],
        known: Mapping[bytes, Known],
    ) -> Looked:
        """Look at some files of a folder until the time is spent."""
        writer = _BlockWriter(place.path)
        wanted = _Wanted(self.system.clock, self.deadline)
        last: bytes | None = None
        waits, waits_after = False, None
        files = wanted.files(names, map(known.get, keys) if known else repeat(None))
        for key, (_, seen) in zip(keys, self.looker.looks(place, files), strict=False):
            if seen is not None:
                writer.add(key, seen)
                if seen.answer.search == WAITS and not waits:
                    waits, waits_after = True, last
            last = key
        left = self.looker.left
        return Looked(place.key, writer.block(), last, wanted.is_cut, waits, waits_after, left)


class _Wanted:
    """Files to look at, while there is time."""

    def __init__(self, clock: Clock, deadline: float) -> None:
        self.is_cut = False
        """Whether there was no time for all."""
        self._monotonic = clock.monotonic
        self._deadline = deadline

    def files(
        self, names: Iterable[str], known: Iterable[Known | None]
    ) -> Iterator[tuple[str, Known | None]]:
        """Yield them, each with what is known of it."""
        for each in zip(names, known, strict=False):
            if self._monotonic() >= self._deadline:
                self.is_cut = True
                return
            yield each


def _forget(_: Block) -> None:
    """Keep nothing."""


class _Stretch:
    """How a part of the walk went."""

    __slots__ = ("at", "is_cut", "trouble", "waits_after")

    def __init__(self, begin: Position) -> None:
        self.at = begin
        """The last place that was looked at."""
        self.is_cut = False
        self.trouble: Reason | None = None
        self.waits_after: Position | None = None
        """After which place the first file comes that waits to be searched."""

    def take(self, looked: Looked) -> None:
        """Take what was found in some files that lie behind `at`."""
        if looked.waits and self.waits_after is None:
            after = looked.waits_after
            self.waits_after = self.at if after is None else looked.position(after)
        if looked.last is not None:
            self.at = looked.position(looked.last)
        self.is_cut = self.is_cut or looked.is_cut


class _Round:
    """Where the walk is on its way around, and what is known of the last whole round."""

    def __init__(self, header: Header, now: int) -> None:
        self._now = now
        self._start = header.next or BEGINNING
        self._at_beginning = self._start == BEGINNING
        began, trouble = (now, None) if self._at_beginning else (header.began, header.trouble)
        self._header = replace(header, began=began, trouble=trouble)
        self._stretches: list[_Stretch] = []

    def ahead(self) -> tuple[Position, Position | None] | None:
        """Return from where to where to walk now; None where the pass is at its end."""
        if not self._stretches:
            return self._start, None
        if self._stretches[-1].is_cut or self._is_around:
            return None
        return BEGINNING, self._start

    @property
    def _is_around(self) -> bool:
        whole = [each for each in self._stretches if not each.is_cut]
        return len(whole) == (1 if self._at_beginning else 2)

    def take(self, stretch: _Stretch) -> None:
        """Take what was walked."""
        self._stretches.append(stretch)
        header = self._header
        trouble = header.trouble or _word(stretch.trouble)
        if stretch.is_cut:
            self._header = replace(header, trouble=trouble, next=stretch.at)
        elif self._is_around:
            all_trouble = next((each.trouble for each in self._stretches if each.trouble), None)
            self._header = replace(
                header,
                next=self._waits_after(),
                began=self._now,
                trouble=trouble,
                round_began=self._now,
                round_trouble=_word(all_trouble),
            )
        else:  # at the end, and there is more at the beginning
            self._header = replace(
                header,
                began=self._now,
                trouble=None,
                round_began=header.began,
                round_trouble=trouble,
            )

    def _waits_after(self) -> Position | None:
        waiting = (each.waits_after for each in self._stretches)
        return next((place for place in waiting if place is not None), None)

    def done(self) -> Header:
        """Return what the next pass must know."""
        return self._header

    def reason(self) -> Reason:
        """Return why not everything is known; NONE where it is."""
        header = self._header
        trouble = header.round_trouble or header.trouble
        if not 0 <= self._now - header.round_began <= ROUND_HOLDS:
            return Reason.BUDGET_SPENT
        return Reason.NONE if trouble is None else Reason(trouble)


def _word(reason: Reason | None) -> str | None:
    return None if reason is None else reason.value


class _Recall:
    """Walks what is remembered beside the walk, in the same order."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._key = b""
        self._block: Block | None = None
        self._advance()

    def find(self, key: bytes, names: Sequence[bytes]) -> Mapping[bytes, Known]:
        """Return what is known of some files of a folder; each call names later ones."""
        found: dict[bytes, Known] = {}
        while self._block is not None and self._key <= key:
            if self._key == key and not self._take(self._block, names, found):
                break
            self._advance()
        return found

    def _take(self, block: Block, names: Sequence[bytes], found: dict[bytes, Known]) -> bool:
        """Add what a block knows of these names; say whether it knows of no later ones."""
        if not block.names or not names:
            return not block.names
        if block.names[0] <= names[-1] and names[0] <= block.names[-1]:
            answers = block.answers
            for name, row in zip(block.names, block.rows, strict=True):
                found[name] = made(Known, (row, answers[row.answer]))
        return block.names[-1] <= names[-1]

    def _advance(self) -> None:
        self._block = next(self._blocks, None)
        if self._block is not None:
            self._key = key_of(self._block.folder)


class _BlockWriter:
    """Collects what was seen of some files; like answers are kept once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._names: list[bytes] = []
        self._rows: list[Row] = []
        self._numbers: dict[Answer, int] = {}

    def add(self, name: bytes, seen: Seen) -> None:
        """Take one file."""
        number = self._numbers.setdefault(seen.answer, len(self._numbers))
        self._names.append(name)
        row = seen.row
        self._rows.append(row if number == row.answer else made(Row, (*row[:-1], number)))

    def block(self) -> Block:
        """Return them all."""
        return Block(self._folder, self._names, self._rows, list(self._numbers))


def _up_to(place: Place, end: Position | None) -> Sequence[str] | None:
    """Return the names of a folder up to a place, itself included; None past it."""
    if end is None or place.key < end.folder:
        return place.names
    if place.key > end.folder:
        return None
    return [name for name in place.names if as_bytes(name) <= end.name]
