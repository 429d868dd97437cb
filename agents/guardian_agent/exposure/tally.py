"""Add up what looks found: counts by kind, and nothing of any one file."""

from __future__ import annotations

from collections import Counter

from guardian_agent.exposure.look import found_again
from guardian_agent.exposure.memory import PARTLY, WAITS, WHOLE, Answer, Block, Row
from guardian_agent.exposure.reach.beside import BESIDE, Beside
from guardian_agent.wire.facts.exposures import KindCount, PersonalCount, ReachCount
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug


class Tally:
    """The sums over all files of one place."""

    def __init__(self) -> None:
        self.oldest: int | None = None
        """When the file that was not read for longest was read, in seconds since 1970."""
        self.turned_files = 0
        self.turned_bytes = 0
        self.unsearched = 0
        """Files that wait to be searched for personal data, or were not searched to their end."""
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
        for name, row in zip(block.names, block.rows, strict=True):
            answer = block.answers[row.answer]
            key = (answer.kind, answer.state)
            self._files[key] += 1
            self._sizes[key] += row.size
            if self.oldest is None or row.looked_at < self.oldest:
                self.oldest = row.looked_at
            self._add(answer, row)
            self._note_keys(block.folder, name, answer, row)

    def _add(self, answer: Answer, row: Row) -> None:
        if answer.turned:
            self.turned_files += 1
            self.turned_bytes += row.size
        if answer.ways or answer.open_to:
            self._ways.update((*answer.ways, *answer.open_to))
        if answer.search in (WAITS, PARTLY):
            self.unsearched += 1
        if answer.search in (PARTLY, WHOLE):
            self.searched_files += 1
            self.searched_bytes += row.searched
            for kind, values in answer.personal:
                self._values[kind] += values
                self._holding[kind] += 1

    def _note_keys(self, folder: str, name: bytes, answer: Answer, row: Row) -> None:
        path = f"{folder}/{name.decode('utf-8', 'surrogateescape')}"
        self._beside.note(path, row.size, found_again(answer.state, answer.kind), answer.ways)

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
