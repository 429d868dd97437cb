"""Which looks at a server count, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from guardian_agent.wire.observations import Reason

from guardian.domain.evidence import AgentEvidence, ServerEvidence
from guardian.domain.verdict import Verdict, passes, unknown
from guardian.domain.words import later, too_old, why


def still_told(received_at: datetime, agent: AgentEvidence | None, max_age: timedelta) -> bool:
    """Say whether what nobody asked for still counts: until statements stop speaking of it."""
    return agent is None or agent.last_received_at <= later(received_at, max_age)


def aged(dated: datetime, max_age: timedelta, now: datetime, what: str, good: str) -> Verdict:
    """Return that all is `good`, as long as the newest `what` is not too old to say so."""
    due = later(dated, max_age)
    if now > due:
        return unknown(f"the newest {what} is {too_old(dated, now, max_age)}", since=due)
    return passes(good, due)


def cut_short(what: str, reason: Reason) -> Verdict:
    """Return that nobody knows, for not everything was looked at."""
    cause = "" if reason is Reason.NONE else f" ({why(reason)})"
    return unknown(f"the {what} was cut short{cause}")


def has_files(evidence: ServerEvidence, name: str) -> bool:
    """Say whether a scan found anything under a name: an empty folder may as well be unmounted."""
    return any(
        item.files
        for scan in evidence.exposures
        if scan.fact.name == name
        for item in scan.fact.counts
    )


def nothing_found(name: str) -> Verdict:
    """Return that nobody knows, for there was nothing to look at."""
    return unknown(f"nothing was found in {name}: is it mounted?")
