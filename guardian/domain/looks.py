"""Looks at where client data lies: who else can read it, the newest of each kind by its name.

Each carries the agent's own time of looking; it counts from then, never from later than central
heard of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guardian_agent.wire.names import ShortHash
from guardian_agent.wire.observations import (
    Exposure,
    LiveAreas,
    PersonalData,
    Posture,
    Reach,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSeen:
    """The newest scan of one watched place."""

    received_at: datetime
    fact: Exposure

    @property
    def dated(self) -> datetime:
        """When the scan was made, never later than central heard of it."""
        return min(self.fact.scanned_at, self.received_at)

    @property
    def read_since(self) -> datetime:
        """When the file was read that was not read for longest."""
        return min(self.fact.oldest_look_at or self.dated, self.dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachSeen:
    """The newest look at who but its owner gets at one watched place."""

    received_at: datetime
    fact: Reach

    @property
    def dated(self) -> datetime:
        """When it was made, never later than central heard of it."""
        return min(self.fact.looked_at, self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataSeen:
    """The newest search of one watched place for personal data."""

    received_at: datetime
    fact: PersonalData

    @property
    def dated(self) -> datetime:
        """When it was made, never later than central heard of it."""
        return min(self.fact.looked_at, self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureSeen:
    """The newest look at the settings of one thing that holds or carries client data."""

    received_at: datetime
    fact: Posture

    @property
    def dated(self) -> datetime:
        """When it was made, never later than central heard of it."""
        return min(self.fact.looked_at, self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSince:
    """An area of live data with something in no restore point, and since when central knows."""

    area: ShortHash
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAreasSeen:
    """The newest look for live data that is in no restore point."""

    received_at: datetime
    fact: LiveAreas
    open_since: tuple[OpenSince, ...] = ()
    """At most one for each area of the fact."""

    @property
    def dated(self) -> datetime:
        """When it was made, never later than central heard of it."""
        return min(self.fact.looked_at, self.received_at)

    def since(self, area: str) -> datetime | None:
        """Return since when an area has something in no restore point."""
        return next((each.since for each in self.open_since if each.area == area), None)
