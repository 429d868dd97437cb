"""Has central's clock jumped? Then its verdicts would all change at once, and none would be true.

The wall's time is held against one that never jumps. Between two looks they may drift apart by some
minutes; beyond that, judging waits until the clock comes back, until most agents heard since agree
with the new time (theirs come from elsewhere), or until the operator starts central anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.evidence import AgentEvidence
from guardian.errors import ClockJump
from guardian.ports import Clock

TOLERANCE_SECONDS = 300.0
"""As far as an agent's clock may be off (`agent.clock`)."""

Place = tuple[str, str]
"""(client, server)"""
Heard = Mapping[Place, AgentEvidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A jump that nobody has agreed with yet."""

    offset: float
    heard: Mapping[Place, tuple[int, int]]
    """The newest statement of each agent as the jump was seen: (epoch, number)."""


class ClockWatch:
    """Remembers how far the wall's time lies from the one that never jumps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset: float | None = None
        self._held: _Held | None = None

    def look(self, heard: Heard) -> None:
        """Look at the clock before a pass.

        Args:
            heard: what is known of each agent now.

        Raises:
            ClockJump: it jumped, and nobody has agreed with it yet.
        """
        offset = self._clock.now().timestamp() - self._clock.monotonic()
        jumped = 0.0 if self._offset is None else offset - self._offset
        if abs(jumped) > TOLERANCE_SECONDS and not self._is_confirmed(offset, heard):
            ahead = "ahead" if jumped > 0 else "back"
            raise ClockJump(
                f"central's clock jumped {format_duration(timedelta(seconds=abs(jumped)))} "
                f"{ahead}: verdicts are held until most agents agree with it or it comes back; if "
                "it is right, start central anew"
            )
        self._offset, self._held = offset, None

    def _is_confirmed(self, offset: float, heard: Heard) -> bool:
        """Say whether most of the agents that spoke since have nearly the same time."""
        if self._held is None or abs(offset - self._held.offset) > TOLERANCE_SECONDS:
            known = {place: (agent.epoch, agent.number) for place, agent in heard.items()}
            self._held = _Held(offset=offset, heard=known)
        since = [
            abs(agent.clock_skew_seconds) <= TOLERANCE_SECONDS
            for place, agent in heard.items()
            if self._held.heard.get(place) != (agent.epoch, agent.number)
        ]
        return sum(since) * 2 > len(since)
