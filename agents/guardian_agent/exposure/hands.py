"""Look at a place with two hands: this process and, where there is a processor for it, its twin.

The twin takes files of which nothing is remembered, some of one folder at a time, while this
process goes on; what came of them is handed on in the order of the walk all the same. What the twin
does not answer, for whatever reason, is looked at here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple, Self, cast

from guardian_agent.exposure.memory import Block, packed, unpacked
from guardian_agent.exposure.walk import Given, Position
from guardian_agent.system import Twin, Twins

_MOST_AHEAD = 8
"""Blocks that wait here for one that the twin looks at."""
_MOST_ASKED = 2
"""Jobs that the twin has at once: it goes on with the next while we are busy."""
_SMALL = 16 * 1024
"""Letters of names that the socket takes though the twin does not read: else each could wait for
the other to read first."""


class Share(NamedTuple):
    """When work is shared; more than it is worth would be lost on sharing less."""

    alone: int = 1024
    """Files that are looked at before a twin is made."""
    least: int = 16
    """Files of one folder that are handed over at once."""


BOTH = Share()


class Job(NamedTuple):
    """Some files of one folder of which nothing is remembered."""

    path: str
    key: bytes
    given: Given
    names: Sequence[str]


class Looked(NamedTuple):
    """What came of some files of one folder."""

    key: bytes
    """What sorts the folder."""
    block: Block
    last: bytes | None
    """The last one that was looked at; None where the time was spent before the first."""
    is_cut: bool
    """Whether the time was spent before the last."""
    waits: bool
    """Whether one of them waits to be searched for personal data."""
    waits_after: bytes | None
    """After which name the first such comes; None: it is the first of all."""
    left: int
    """Bytes that whoever looked at them may still search."""

    def position(self, name: bytes) -> Position:
        """Return the place of one of them."""
        return Position(self.key, name)


_Told = tuple[bytes, bytes, bytes | None, bool, bool, bytes | None, int]
"""What was looked at, its block in one piece: so its many rows travel much faster."""


class _Asked(NamedTuple):
    """What the twin was asked, and what to do where it does not answer."""

    job: Job
    instead: Callable[[Job], Looked]


class Hands:
    """Has files looked at here or by the twin; a context that the twin does not outlive."""

    def __init__(self, twins: Twins, look: Callable[[Job], Looked], share: Share) -> None:
        """Share work by `twins`.

        Args:
            twins: makes the twin.
            look: what the twin does; `OSError` where it cannot.
            share: from how many files on.
        """
        self.spare = 0
        """Bytes that the twin may still search; none where it is lost."""
        self._twins = twins
        self._look = look
        self._left_alone = share.alone
        self._least = share.least
        self._twin: Twin | None = None
        self._asked = 0
        self._ahead: deque[Looked | _Asked] = deque()
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def is_free(self, names: Sequence[str]) -> bool:
        """Say whether the twin could be asked to look at some files."""
        if self._twin is None or self._asked >= _MOST_ASKED or len(names) < self._least:
            return False
        return not self._asked or sum(map(len, names)) < _SMALL

    def ask(self, job: Job, instead: Callable[[Job], Looked]) -> None:
        """Let the twin look at some files; `instead` does where it does not answer."""
        self._ahead.append(_Asked(job, instead))
        self._asked += 1
        if self._twin is not None:
            try:
                self._twin.ask(job)
            except ChildProcessError:
                self._lose_twin()

    def take(self, looked: Looked, halve: Callable[[], int]) -> None:
        """Take what was looked at here.

        Before a twin is made `halve` gives it half of the bytes that may be searched.
        """
        self._ahead.append(looked)
        if self._left_alone > 0:
            self._left_alone -= len(looked.block.names)
            if self._left_alone <= 0:
                self._make_twin(halve)

    def _make_twin(self, halve: Callable[[], int]) -> None:
        self.spare = halve()
        self._twin = self._opened.enter_context(self._twins.twin(self._for_twin))

    def ready(self, *, all_of_it: bool = False) -> Iterator[Looked]:
        """Yield what is known by now, in the order of the walk; or wait for all."""
        while self._ahead:
            if not (isinstance(self._ahead[0], Looked) or all_of_it or self._is_due()):
                return
            first = self._ahead.popleft()
            yield self._answer(first) if isinstance(first, _Asked) else first

    def _is_due(self) -> bool:
        is_full = len(self._ahead) > _MOST_AHEAD
        return is_full or self._twin is None or self._twin.has_answered()

    def _answer(self, asked: _Asked) -> Looked:
        self._asked -= 1
        told: _Told | None = None
        if self._twin is not None:
            try:
                told = cast("_Told | None", self._twin.answer())
            except ChildProcessError:
                self._lose_twin()
        if told is None:
            return asked.instead(asked.job)
        looked = Looked(told[0], unpacked(told[1]), *told[2:])
        self.spare = looked.left
        return looked

    def _lose_twin(self) -> None:
        self._twin, self.spare = None, 0

    def _for_twin(self, job: Job) -> _Told | None:
        """Be the twin."""
        try:
            found = self._look(job)
        except OSError:
            return None
        return (found.key, packed(found.block), *found[2:])
