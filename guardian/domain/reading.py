"""How much of a copy's stored data was read and found intact, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guardian.domain.evidence import CopyEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What checks that read in turns have read of the newest division; the whole is part 1 of 1."""

    read: int
    """Parts."""
    parts: int
    last: int
    """The part that was read last."""
    since: datetime
    """Since when what waits longest waits: a part read then, or never since the division began."""

    @property
    def share(self) -> float:
        """Return how much of the data was read, 0 to 1."""
        return min(self.read / self.parts, 1.0)


def reading(copy: CopyEvidence) -> Reading | None:
    """Return what was read of the newest division; None where no check said what it read."""
    known = copy.parts_read
    if not known:
        return None
    last = max(known, key=lambda part: part.at)
    since = min(part.at for part in known)
    if len(known) < last.parts and copy.parts_began_at is not None:
        # Reading some parts over and over makes those never read no younger.
        since = min(since, copy.parts_began_at)
    return Reading(read=len(known), parts=last.parts, last=last.part, since=since)
