"""Personal data in readable files: counted by kind, validated, and never kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardian_agent.exposure.personal.budget import Budget
from guardian_agent.exposure.personal.fast import fastest_gate
from guardian_agent.exposure.personal.finder import Finder
from guardian_agent.exposure.personal.opening import texts
from guardian_agent.exposure.personal.tally import Tally
from guardian_agent.magic import Classified, Read
from guardian_agent.wire.facts.words import Encryption


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one file holds: different validated values by kind, and how far it was read."""

    values: Mapping[str, int]
    bytes: int
    complete: bool


def search(read: Read, size: int, found: Classified, budget: int) -> Counted:
    """Count personal data in one readable file, decoded where its format is open.

    Args:
        read: reads at an offset.
        size: bytes in all.
        found: what the classifier said; only `plaintext` is searched.
        budget: bytes that may be read and decoded.
    """
    if found.state is not Encryption.PLAINTEXT:
        return Counted(values={}, bytes=0, complete=False)
    tally = Tally()
    allowed = Budget(read, size, budget)
    for text in texts(allowed, found):
        finder = Finder(fastest_gate(), tally)
        for piece in text:
            finder.feed(piece)
        finder.end()
    complete = not allowed.is_cut and not tally.is_full
    return Counted(values=tally.counts(), bytes=allowed.taken, complete=complete)
