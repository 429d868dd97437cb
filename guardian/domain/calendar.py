"""Calendars, and the agreed times in which a schedule asks for nothing.

What an expression means in a server's zone is told by packages that are not judgement's
(`guardian.config.calendars`); here stands only what is asked of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from guardian.domain.words import later

INSTANT = timedelta(microseconds=1)
"""The least time there is: a slot at the very end of a pause is expected."""


class Calendar(Protocol):
    """The slots of schedules in the zone of one server."""

    @property
    def zone(self) -> str:
        """The zone's name in the IANA database."""

    def after(self, expression: str, moment: datetime) -> datetime | None:
        """Return the first slot after `moment` (UTC); None where there is none any more.

        A time that a change of the clocks leaves out, or brings twice, is a slot as often as the
        scheduler of that kind starts a job then.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which no run is expected: agreed by somebody, for a reason, with an end."""

    starts: datetime
    ends: datetime
    """The first moment that counts again."""
    reason: str
    owner: str
    holds_alarms: bool = False
    """True for maintenance: nothing that begins in it alarms; False: the server works as ever."""
    words: str = "no runs"
    """What was agreed, in words."""

    def covers(self, moment: datetime) -> bool:
        """Say whether a moment lies in it."""
        return self.starts <= moment < self.ends


def next_slot(
    calendar: Calendar,
    expressions: Iterable[str],
    moment: datetime,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """Return the first slot after `moment` of any expression that lies in no pause."""
    slots = (_expected(calendar, each, moment, pauses) for each in expressions)
    return min((slot for slot in slots if slot is not None), default=None)


def stretched(moment: datetime, span: timedelta, pauses: Iterable[Pause]) -> datetime:
    """Return `moment` + `span`, where the time in pauses does not count.

    `pauses` stand in their order and do not overlap.
    """
    end = later(moment, span)
    for pause in pauses:
        if pause.ends > moment and pause.starts < end:
            end = later(end, pause.ends - max(pause.starts, moment))
    return end


def pause_between(pauses: Iterable[Pause], moment: datetime, now: datetime) -> Pause | None:
    """Return the newest pause that lay, at least partly, between two moments."""
    told = [pause for pause in pauses if pause.ends > moment and pause.starts <= now]
    return max(told, key=lambda pause: pause.starts, default=None)


def _expected(
    calendar: Calendar, expression: str, moment: datetime, pauses: Sequence[Pause]
) -> datetime | None:
    slot = calendar.after(expression, moment)
    # Each pause is left once, for a slot after its end: as often as there are pauses is enough.
    for _ in pauses:
        inside = None if slot is None else _covering(pauses, slot)
        if inside is None:
            break
        slot = calendar.after(expression, inside.ends - INSTANT)
    return slot


def _covering(pauses: Iterable[Pause], moment: datetime) -> Pause | None:
    return next((pause for pause in pauses if pause.covers(moment)), None)
