"""`agent.reporting`: the agent speaks as often as agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import ServerPlan, Severity, Subject
from guardian.domain.calendar import Pause, pause_between, stretched
from guardian.domain.check import Case, Check
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, date, later


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How long an agent may be silent: so many of its intervals, and a grace beside them."""

    intervals: int = 2
    grace: timedelta = timedelta(minutes=15)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Count from central's own time of receipt; the agent's clock cannot move the deadline."""
    agent = case.evidence.agent
    if agent is None:
        return unknown(_never(case.evidence.enrolled_at))
    heard = agent.last_received_at
    silence = case.plan.longest_silence
    due = _due(heard, case.plan, settings)
    expected = f"every {format_duration(case.plan.interval)}"
    if silence is not None:
        expected = f"at least every {format_duration(silence)}, as it is not always on"
    if now > due:
        silent = f"the agent has been silent for {age(heard, now)}"
        late = fails(f"{silent}; it should speak {expected}", since=due)
        return _excused(late, heard, settings, case, now)
    said = f"the last statement came {age(heard, now)} ago"
    return passes(f"{said}; one is expected {expected}", due)


def _due(
    heard: datetime, plan: ServerPlan, settings: Settings, pauses: Iterable[Pause] = ()
) -> datetime:
    if plan.longest_silence is not None:
        return stretched(heard, plan.longest_silence, pauses)
    ordinary = later(later(heard, plan.interval, settings.intervals), settings.grace)
    return stretched(heard, ordinary - heard, pauses)


def _excused(
    late: Verdict, heard: datetime, settings: Settings, case: Case, now: datetime
) -> Verdict:
    """Return what fails, with the maintenance in which nobody expected the server to speak."""
    pauses = tuple(pause for pause in case.plan.pauses if pause.holds_alarms)
    pause = pause_between(pauses, heard, now)
    due = _due(heard, case.plan, settings, pauses)
    if pause is None or now > due:
        return replace(late, since=due)
    return replace(late, excused_by=pause, holds_until=due)


def _never(enrolled_at: datetime | None) -> str:
    if enrolled_at is None:
        return "no agent was ever enrolled for this server"
    return f"the agent was enrolled {date(enrolled_at)} and never spoke"


CHECK = Check(
    control="agent.reporting",
    title="The agent reports",
    why="A server that does not report may be lost, or its backups stopped, and nobody would know.",
    remedy="Run `guardian-agent doctor` on the server: is its timer enabled, is central reachable?",
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
