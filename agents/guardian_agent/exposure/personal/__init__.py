"""Personal data in readable files: counted by kind, validated, and never kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from guardian_agent.exposure.personal.budget import Budget
from guardian_agent.exposure.personal.fast import fastest_gate
from guardian_agent.exposure.personal.finder import Finder
from guardian_agent.exposure.personal.opening import texts
from guardian_agent.exposure.personal.tally import Tally
from guardian_agent.magic import Classified, Read
from guardian_agent.wire.facts.words import Encryption


class Listener(Protocol):
    """Whoever else is interested in the texts of a file: it is read and decoded once."""

    def feed(self, piece: bytes, /) -> None:
        """Take the next bytes of a text."""

    def end(self) -> None:
        """Learn that a text is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one file holds: different validated values by kind, and how far it was read."""

    values: Mapping[str, int]
    bytes: int
    complete: bool
    """Whether every value in it was counted."""
    cut: bool = False
    """Whether it was not read to its end."""
    closed: bool = False
    """Whether something in it is written in a way that is not decoded here."""


def search(
    read: Read, size: int, found: Classified, budget: int, also: Listener | None = None
) -> Counted:
    """Count personal data in one readable file, decoded where its format is open.

    Args:
        read: reads at an offset.
        size: bytes in all.
        found: what the classifier said; only `plaintext` is searched.
        budget: bytes that may be read and decoded.
        also: is fed the same texts.
    """
    if found.state is not Encryption.PLAINTEXT:
        return Counted(values={}, bytes=0, complete=False)
    tally = Tally()
    allowed = Budget(read, size, budget)
    for text in texts(allowed, found):
        finder = Finder(fastest_gate(), tally)
        for piece in text:
            finder.feed(piece)
            if also is not None:
                also.feed(piece)
        finder.end()
        if also is not None:
            also.end()
    complete = not (allowed.is_cut or allowed.is_closed or tally.is_full)
    return _counted(tally.counts(), allowed, complete=complete)


def read_through(read: Read, size: int, found: Classified, budget: int, also: Listener) -> Counted:
    """Feed the texts of one readable file to a listener, and count nothing; see `search`."""
    allowed = Budget(read, size, budget)
    for text in texts(allowed, found):
        for piece in text:
            also.feed(piece)
        also.end()
    return _counted({}, allowed, complete=not (allowed.is_cut or allowed.is_closed))


def _counted(values: Mapping[str, int], allowed: Budget, *, complete: bool) -> Counted:
    return Counted(
        values=values,
        bytes=allowed.taken,
        complete=complete,
        cut=allowed.is_cut,
        closed=allowed.is_closed,
    )
