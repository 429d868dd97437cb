"""Which copies are there, and how many kinds they make: what is certain, and what is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from guardian.domain.asset import CopyPlan
from guardian.domain.evidence import CopyEvidence


class Presence(Enum):
    """Whether a copy is one."""

    THERE = auto()
    """Complete restore points were listed lately, and nothing is known to be wrong with them."""
    PERHAPS = auto()
    LOST = auto()
    """It was seen without a restore point that counts, or its newest check or test failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One copy that must be there."""

    copy: CopyPlan
    presence: Presence
    due: datetime | None
    """Until when its newest list counts."""

    @property
    def is_there(self) -> bool:
        """Say whether it certainly is."""
        return self.presence is Presence.THERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many there are."""

    certain: int
    """At least,"""
    possible: int
    """and at most, whatever nobody knows."""


def presence(known: CopyEvidence | None, due: datetime | None, now: datetime) -> Presence:
    """Return whether a copy is there, its newest list counting until `due`."""
    if known is None:
        return Presence.PERHAPS
    if known.standing_failed_integrity or known.standing_failed_restore:
        return Presence.LOST
    listing = known.listing
    if listing is None or due is None or not listing.points:
        return Presence.PERHAPS
    if listing.newest_complete_at is None:
        return Presence.LOST
    return Presence.PERHAPS if known.failed_listing or now > due else Presence.THERE


def apart(there: Sequence[str | None], perhaps: Sequence[str | None]) -> Counted:
    """Count different kinds; what was not told (None) may be like another, or a further one.

    Args:
        there: the kinds of what is certainly there.
        perhaps: the kinds of all that may be there.
    """
    told = {each for each in there if each is not None}
    possible = {each for each in perhaps if each is not None}
    return Counted(
        certain=max(len(told), 1 if there else 0),
        possible=len(possible) + sum(each is None for each in perhaps),
    )
