"""What one pass found out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation
    from guardian_agent.wire.statement import ProbeFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts and failures, which travel, and notes on failures, which stay on this server."""

    observations: tuple[Observation, ...] = ()
    failures: tuple[ProbeFailure, ...] = ()
    notes: tuple[str, ...] = ()
    """One line a failure for the operator of this server; it may quote paths."""
    put_off: bool = False
    """Nothing was looked at: something else was in the way."""


def joined(parts: Iterable[Facts]) -> Facts:
    """Return all parts as one, in their order."""
    kept = list(parts)
    return Facts(
        observations=tuple(chain.from_iterable(part.observations for part in kept)),
        failures=tuple(chain.from_iterable(part.failures for part in kept)),
        notes=tuple(chain.from_iterable(part.notes for part in kept)),
    )
