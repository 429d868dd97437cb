"""`agent.key`: one agent alone writes with its key, and none of its statements is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.evidence import AgentEvidence
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import count, date, later


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How many intervals a gap may be open, and how long a whole chain after it must be."""

    intervals: int = 2
    mended_after: timedelta = timedelta(days=31)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Only two holders of one key, or an agent put back to an earlier state, contradict themselves.

    A gap is forgotten by statements that follow without one, never by time alone.
    """
    trouble = case.evidence.key_trouble
    if trouble is not None:
        what = trouble.reason.replace("_", " ").replace("-", " ")
        said = f"statements contradict each other ({what}) since {date(trouble.at)}"
        return fails(f"{said}: the key is in two hands, or the agent was rolled back")
    agent = case.evidence.agent
    if case.evidence.enrolled_at is None or agent is None:
        return unknown("no agent with a key of its own has spoken for this server yet")
    if agent.gap_at is not None and agent.missing > agent.dropped:
        return _with_gap(case, settings, now, agent, agent.gap_at)
    return passes(f"{_newest(agent)} follows on all before it{_dropped(agent)}")


def _with_gap(
    case: Case, settings: Settings, now: datetime, agent: AgentEvidence, gap_at: datetime
) -> Verdict:
    lost = f"{count(agent.missing - agent.dropped, 'statement')} before {date(gap_at)} never came"
    if agent.last_received_at >= later(agent.last_gap_at or gap_at, settings.mended_after):
        return passes(f"{_newest(agent)} follows on all before it since; {lost}")
    due = later(gap_at, case.plan.interval, settings.intervals)
    if now > due:
        return fails(f"{lost}, and the agent does not account for them", since=due)
    return passes(f"{_newest(agent)} came; {lost}, which the agent may still account for", due)


def _newest(agent: AgentEvidence) -> str:
    return f"statement {agent.number} of the agent's key {agent.epoch}"


def _dropped(agent: AgentEvidence) -> str:
    if agent.missing == 0:
        return ""
    return f", but {count(agent.missing, 'statement')} that its full spool dropped"


CHECK = Check(
    control="agent.key",
    title="The agent's key is in one hand",
    why="Whoever holds a copy of the key can report healthy backups that do not exist.",
    remedy=(
        "Find the second machine with this key (a cloned or restored server), "
        "revoke the key with `guardian agent revoke`, and enrol the server again."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
