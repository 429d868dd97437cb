"""When a fact came, and in which statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The accepted statement that a fact came in.

    `received_at` is central's time; `stated_at` the earlier of it and the agent's own.
    """

    epoch: int
    number: int
    received_at: datetime
    stated_at: datetime
