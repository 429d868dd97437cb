"""The evidence ladder: on which rung a copy stands, and until when.

Witnessed and proven need evidence that no source gives yet: a look of central's own at the storage,
and a full restore that answered its questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from guardian.domain.asset import Obligation
from guardian.domain.evidence import CopyEvidence
from guardian.domain.words import later


class Rung(IntEnum):
    """How well a copy is proven; each rung needs dated evidence and falls by itself."""

    UNKNOWN = 0
    CLAIMED = 1
    OBSERVED = 2
    WITNESSED = 3
    INTACT = 4
    RESTORED = 5
    PROVEN = 6

    @property
    def label(self) -> str:
        """Return the rung's name as the interfaces spell it ("observed")."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each kind of evidence bears: as agreed for the copy, with the checks' defaults."""

    max_age: timedelta = timedelta(hours=26)
    """Of the list of restore points."""
    intact_max_age: timedelta = timedelta(days=32)
    restore_max_age: timedelta = timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The rung of a copy and when it falls if nothing new comes; None: it cannot fall."""

    rung: Rung
    until: datetime | None


def limits(obligation: Obligation) -> Limits:
    """Return what was agreed for a copy; a control that was not agreed keeps the default."""
    default = Limits()
    agreed = obligation.agreements

    def max_age(control: str, otherwise: timedelta) -> timedelta:
        settings = agreed[control].settings if control in agreed else None
        return getattr(settings, "max_age", otherwise)

    return Limits(
        max_age=max_age("backup.fresh", default.max_age),
        intact_max_age=max_age("restore.intact", default.intact_max_age),
        restore_max_age=max_age("restore.tested", default.restore_max_age),
    )


def standing(copy: CopyEvidence | None, now: datetime, limits: Limits) -> Standing:
    """Return the highest rung that evidence bears at `now`, and when it falls.

    An empty list of restore points bears nothing: what was once restored is there no more.
    """
    if copy is None or (copy.listing is not None and not copy.listing.points):
        return Standing(rung=Rung.UNKNOWN, until=None)
    for rung, proven_at, bears in _evidence(copy, limits):
        until = later(proven_at, bears)
        if now <= until:
            return Standing(rung=rung, until=until)
    return Standing(rung=Rung.UNKNOWN, until=None)


def _evidence(copy: CopyEvidence, limits: Limits) -> list[tuple[Rung, datetime, timedelta]]:
    """Return what holds the copy up, highest rung first: (rung, since when, for how long)."""
    found = []
    if copy.last_good_restore is not None and copy.standing_failed_restore is None:
        found.append((Rung.RESTORED, copy.last_good_restore.ended_at, limits.restore_max_age))
    if copy.last_good_integrity is not None and copy.standing_failed_integrity is None:
        found.append((Rung.INTACT, copy.last_good_integrity.ended_at, limits.intact_max_age))
    if copy.listing is not None:
        found.append((Rung.OBSERVED, copy.listing.dated, limits.max_age))
    claims = [
        fact.received_at
        for fact in (copy.listing, copy.contents, copy.encryption, copy.integrity, copy.restore)
        if fact is not None
    ]
    if claims:
        found.append((Rung.CLAIMED, max(claims), limits.restore_max_age))
    return found
