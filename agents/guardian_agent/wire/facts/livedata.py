"""Facts about the live data of a backup set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash, Name


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
