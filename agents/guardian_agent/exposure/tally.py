"""Add up what looks found: counts by kind, and nothing of any one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter

from guardian_agent.exposure.look import found_again
from guardian_agent.exposure.memory import (
    CLOSED,
    FULL,
    PARTLY,
    WAITS,
    WHOLE,
    Answer,
    Block,
    Row,
)
from guardian_agent.exposure.reach.beside import BESIDE, Beside, may_name_keys
from guardian_agent.wire.facts.exposures import KindCount, PersonalCount, ReachCount
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

_SIZE, _SEARCHED, _LOOKED_AT = map(attrgetter, ("size", "searched", "looked_at"))


class Tally:
    """The sums over all files of one place."""

    def __init__(self) -> None:
        self.oldest: int | None = None
        """When the file that was not read for longest was read, in seconds since 1970."""
        self.turned_files = 0
        self.turned_bytes = 0
        self.unsearched = 0
        """Files that wait to be searched for personal data, or were not searched to their end."""
        self.unread = 0
        """Files that were not read to their end: what is in them is not known."""
        self.closed = 0
        """Files of which something is not decoded here."""
        self.searched_files = 0
        self.searched_bytes = 0
        self._files: Counter[tuple[str, str]] = Counter()
        self._sizes: Counter[tuple[str, str]] = Counter()
        self._ways: Counter[str] = Counter()
        self._values: Counter[str] = Counter()
        self._holding: Counter[str] = Counter()
        self._folder = ""
        self._beside = Beside()

    def take(self, block: Block) -> None:
        """Add the files of one block; those of one folder come one after the other."""
        if block.folder != self._folder:
            self._leave_folder()
            self._folder = block.folder
        rows: list[list[Row]] = [[] for _ in block.answers]
        for row in block.rows:
            rows[row.answer].append(row)
        for answer, alike in zip(block.answers, rows, strict=True):
            if alike:
                self._add(answer, alike)
        self._note_keys(block, rows)

    def _add(self, answer: Answer, rows: Sequence[Row]) -> None:
        """Add files of which all that was found is the same."""
        key, files, size = (answer.kind, answer.state), len(rows), sum(map(_SIZE, rows))
        self._files[key] += files
        self._sizes[key] += size
        oldest = min(map(_LOOKED_AT, rows))
        self.oldest = oldest if self.oldest is None else min(oldest, self.oldest)
        if answer.turned:
            self.turned_files += files
            self.turned_bytes += size
        for way in (*answer.ways, *answer.open_to):
            self._ways[way] += files
        self._add_search(answer, rows)

    def _add_search(self, answer: Answer, rows: Sequence[Row]) -> None:
        """Add how far they were searched, and what was found."""
        files = len(rows)
        if answer.search in (WAITS, PARTLY):
            self.unread += files
        if answer.search == CLOSED:
            self.closed += files
        if answer.search in (WAITS, PARTLY, CLOSED, FULL):
            self.unsearched += files
        if answer.search in (PARTLY, CLOSED, FULL, WHOLE):
            self.searched_files += files
            self.searched_bytes += sum(map(_SEARCHED, rows))
            for kind, values in answer.personal:
                self._values[kind] += values * files
                self._holding[kind] += files

    def _note_keys(self, block: Block, rows: Sequence[Sequence[Row]]) -> None:
        """Look for keys: by each name where one may be that of a key, else once for each answer."""
        files: Iterable[tuple[bytes, Row]] = zip(block.names, block.rows, strict=True)
        if not may_name_keys(block.names):
            files = [(block.names[0], alike[0]) for alike in rows if alike]
        for name, row in files:
            answer = block.answers[row.answer]
            path = f"{block.folder}/{name.decode('utf-8', 'surrogateescape')}"
            found = found_again(answer.state, answer.kind)
            self._beside.note(path, row.size, found, answer.ways)

    def _leave_folder(self) -> None:
        if self._beside.folders:
            self._ways[BESIDE] += self._beside.folders
        self._beside = Beside()

    def kinds(self) -> tuple[KindCount, ...]:
        """Return how many files of each kind are in which state."""
        return tuple(
            KindCount(
                kind=Slug(kind),
                state=Encryption(state),
                files=self._files[kind, state],
                bytes=self._sizes[kind, state],
            )
            for kind, state in sorted(self._files)
        )

    def ways(self) -> tuple[ReachCount, ...]:
        """Return how often others get at files which way; nothing is added after it."""
        self._leave_folder()
        return tuple(ReachCount(way=Slug(way), items=self._ways[way]) for way in sorted(self._ways))

    def personal(self) -> tuple[PersonalCount, ...]:
        """Return how many values of each kind are in how many files."""
        return tuple(
            PersonalCount(kind=Slug(kind), files=self._holding[kind], values=self._values[kind])
            for kind in sorted(self._values)
        )
