"""`agent.clock`: the times that a server states can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import date, later, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How far the clock may be off, and how old its newest reading may be."""

    max_skew: timedelta = timedelta(minutes=5)
    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Hold the newest statement's own time, and the dates of restore points, against central's."""
    agent = case.evidence.agent
    if agent is None:
        return unknown("no statement has come, so the clock was never read")
    ahead = _dated_ahead(case)
    if ahead is not None:
        return fails(ahead)
    skew = timedelta(seconds=agent.clock_skew_seconds)
    allowed = format_duration(settings.max_skew)
    if abs(skew) > settings.max_skew:
        return fails(f"the server's clock is {_off(skew)}, {allowed} allowed")
    due = later(agent.last_received_at, settings.max_age)
    if now > due:
        old = too_old(agent.last_received_at, now, settings.max_age)
        return unknown(f"the newest reading of the clock is {old}", since=due)
    return passes(f"the server's clock is {_off(skew)}, {allowed} allowed", due)


def _off(skew: timedelta) -> str:
    if abs(skew) < timedelta(seconds=1):
        return "in step with central's"
    side = "behind central's" if skew < timedelta() else "ahead of central's"
    return f"{format_duration(abs(skew))} {side}"


def _dated_ahead(case: Case) -> str | None:
    """Say which configured copy lists a restore point that lay in the future at first sight."""
    for obligation in case.plan.obligations:
        asset = obligation.asset
        copy = case.evidence.copy(asset.backup_set, asset.copy)
        points = copy.listing.points if copy is not None and copy.listing is not None else ()
        for point in points:
            if point.future:
                where = f"{asset.backup_set}/{asset.copy}"
                seen = f"when first seen on {date(point.first_seen_at)}"
                return f"{where} has a restore point dated {date(point.made_at)} {seen}"
    return None


CHECK = Check(
    control="agent.clock",
    title="The server's clock is right",
    why="A wrong clock dates backups wrongly: they look fresher than they are, or expire early.",
    remedy=(
        "Mend the time synchronisation of the server (`timedatectl`); "
        "delete restore points that are dated in the future."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.WARNING,
    settings=Settings,
    judge=judge,
)
