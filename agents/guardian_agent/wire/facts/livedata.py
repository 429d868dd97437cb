"""Facts about live data: what backup sets hold, and what lies on a server beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Commitment to the live data of a backup set: a Merkle root (RFC 6962) over its files.

    Leaf i is `wire.manifest.leaf_bytes` of the i-th regular file in walking order, so a later
    restore test can prove what a file was when this statement was signed.
    """

    KIND: ClassVar[str] = "manifest"

    backup_set: Name
    root: Hash
    files: int
    bytes: int
    files_not_hashed: int
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPlanted:
    """Whether the canary of the newest checkpoint lies in the backup set now."""

    KIND: ClassVar[str] = "canary_planted"

    backup_set: Name
    outcome: Outcome
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveArea:
    """One place where live data lies, and how much of that no restore point has.

    Sizes are those of its files; what an agent's configuration rightly leaves out is not counted.
    """

    area: ShortHash
    """The keyed hash of its path."""
    kind: Slug
    """What it is by where it lies: `home`, `web`, `postgresql`, `mount`."""
    files: int
    bytes: int
    files_uncovered: int
    bytes_uncovered: int
    """In no restore point, and not so new that the next one may have it."""
    bytes_unproven: int
    """A backup may have it: one that cannot be looked into, or that does not say whose it is."""
    sets: int
    """Backup sets of whose newest restore points at least one has some of it."""
    measured_at: datetime | None
    """When it was last walked to its end; None: never, and the rest says nothing yet."""
    changed_at: datetime | None = None
    """The newest change of a file in it."""
    reason: Reason = Reason.NONE
    """Why a part of it could not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAreas:
    """Where live data lies on a server: the areas that matter most, at most 64 of `total`.

    `complete` is False where there may be areas that were not found.
    """

    KIND: ClassVar[str] = "live_areas"

    looked_at: datetime
    complete: bool
    reason: Reason
    total: int
    areas: tuple[LiveArea, ...]
    rest_bytes_uncovered: int = 0
    """Of the areas that are not named."""
    rest_bytes_unproven: int = 0
