"""`agent.reporting`: the agent speaks as often as agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Severity, Subject
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
    due = later(later(heard, case.plan.interval, settings.intervals), settings.grace)
    interval = format_duration(case.plan.interval)
    if now > due:
        silent = f"the agent has been silent for {age(heard, now)}"
        return fails(f"{silent}; it should speak every {interval}", since=due)
    said = f"the last statement came {age(heard, now)} ago"
    return passes(f"{said}; one is expected every {interval}", due)


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
