"""Whether a server is in use: what is parked or retired stays on record and does not alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SPEAKS_STILL = timedelta(days=1)
"""How long an agent may go on speaking after its server was put aside."""


class State(StrEnum):
    """Whether a server is in use."""

    ACTIVE = "active"
    PARKED = "parked"
    """Not in use for a time, and expected back on a day."""
    RETIRED = "retired"
    """Never to come back; what is known of it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A server that somebody put aside, for a reason."""

    state: State
    since: datetime
    """The first moment of the day from which it is not in use."""
    reason: str
    owner: str
    until: datetime | None = None
    """The first moment of the day on which it is expected back; None: never."""

    def holds(self, heard_at: datetime | None, now: datetime) -> bool:
        """Say whether it is aside at `now`.

        One whose agent was heard more than a day after that is in use, whatever was written down.
        """
        begun = self.since <= now and (self.until is None or now < self.until)
        return begun and (heard_at is None or heard_at <= self.since + SPEAKS_STILL)

    def turns(self) -> tuple[datetime, ...]:
        """Return the moments at which time alone changes it."""
        return (self.since,) if self.until is None else (self.since, self.until)
