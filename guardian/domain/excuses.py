"""Why a control does not alarm: a risk accepted, a server put aside, an agreed pause.

The verdict under it is kept: what is excused is judged, shown with its reason, and never passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from guardian.domain.asset import Exemption, ServerPlan
from guardian.domain.calendar import Pause
from guardian.domain.evidence import ServerEvidence
from guardian.domain.lifecycle import Aside
from guardian.domain.verdict import Finding, Status, Verdict
from guardian.domain.words import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """What somebody agreed to, in words, with its end."""

    words: str
    owner: str
    ends: datetime | None
    """None: it has no end, as a retired server has none."""


def excuse(
    exemption: Exemption | None,
    verdict: Verdict,
    plan: ServerPlan,
    known: ServerEvidence,
    before: Finding | None,
    now: datetime,
) -> Excuse | None:
    """Return why a verdict does not alarm; None: it does, or it passes.

    Args:
        exemption: agreed for this control.
        verdict: what the check says.
        plan: the server.
        known: what is known of it.
        before: the finding so far.
        now: central's time.
    """
    if exemption is not None and now < ends_at(exemption):
        return _accepted(exemption)
    heard_at = None if known.agent is None else known.agent.last_received_at
    if plan.aside is not None and plan.aside.holds(heard_at, now):
        return _aside(plan.aside)
    if verdict.status is Status.PASS:
        return None
    if isinstance(verdict.excused_by, Exemption):
        return _accepted(verdict.excused_by)
    if verdict.excused_by is not None:
        return _paused(verdict.excused_by, verdict.holds_until)
    pause = _holding(plan, before, now)
    return None if pause is None else _paused(pause, pause.ends)


def turns(plan: ServerPlan, now: datetime) -> Iterator[datetime]:
    """Yield the moments to come at which time alone begins or ends an excuse of a whole server."""
    moments = [] if plan.aside is None else list(plan.aside.turns())
    moments += [pause.ends for pause in plan.pauses if pause.holds_alarms and pause.covers(now)]
    return (moment for moment in moments if moment > now)


def ends_at(exemption: Exemption) -> datetime:
    """Return the moment from which the control bites again."""
    return datetime.combine(exemption.expires, time(), UTC)


def _holding(plan: ServerPlan, before: Finding | None, now: datetime) -> Pause | None:
    """Return the maintenance that holds what is new; what alarmed before it goes on alarming."""
    if before is not None and before.status in (Status.FAIL, Status.UNKNOWN):
        return None
    holding = (pause for pause in plan.pauses if pause.holds_alarms and pause.covers(now))
    return next(holding, None)


def _accepted(exemption: Exemption) -> Excuse:
    said = f"accepted by {exemption.owner} until {exemption.expires}: {exemption.reason}"
    return Excuse(words=said, owner=exemption.owner, ends=ends_at(exemption))


def _aside(aside: Aside) -> Excuse:
    until = "" if aside.until is None else f" until {date(aside.until)}"
    said = f"{aside.state} since {date(aside.since)}{until} by {aside.owner}: {aside.reason}"
    return Excuse(words=said, owner=aside.owner, ends=aside.until)


def _paused(pause: Pause, ends: datetime | None) -> Excuse:
    span = f"from {date(pause.starts)} to {date(pause.ends)}"
    said = f"{pause.words} agreed with {pause.owner} {span}: {pause.reason}"
    return Excuse(words=said, owner=pause.owner, ends=ends)
