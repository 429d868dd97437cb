"""Facts about places where client data must not be readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name, Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many files (and bytes) of one kind are in one state."""

    kind: Slug
    state: Encryption
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What lies under one watched name, by state and kind. `complete` is False when cut short."""

    KIND: ClassVar[str] = "exposure"

    name: Name
    scanned_at: datetime
    complete: bool
    reason: Reason
    counts: tuple[KindCount, ...]
