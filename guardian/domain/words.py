"""Words and sums that checks share: ages, counts and reasons as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.observations import Outcome, Reason

from guardian.domain.evidence import CopyEvidence, Failure

FAR = datetime.max.replace(tzinfo=UTC)
"""The end of the calendar: where a sum would leave it."""


def later(moment: datetime, span: timedelta, times: int = 1) -> datetime:
    """Return `moment` + `span` x `times`; total, so that no configured number breaks a check."""
    try:
        return moment + span * times
    except OverflowError:
        return FAR


def age(moment: datetime, now: datetime) -> str:
    """Say how long ago something was; what lies ahead was just now."""
    return format_duration(max(now - moment, timedelta()))


def too_old(moment: datetime, now: datetime, limit: timedelta) -> str:
    """Say that something is past its limit ("31 h old, 26 h allowed")."""
    old, allowed = format_duration(now - moment), format_duration(limit)
    over = f" ({format_duration(now - moment - limit)} over)" if old == allowed else ""
    return f"{old} old, {allowed} allowed{over}"


def date(moment: datetime) -> str:
    """Say a moment to the minute ("2026-11-21 07:00 UTC")."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"


def count(number: int, thing: str) -> str:
    """Say a number of things ("1 file", "12 files")."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def why(reason: Reason) -> str:
    """Say a reason in words ("wrong password")."""
    return reason.value.replace("_", " ")


def outcome(said: Outcome, reason: Reason) -> str:
    """Say how an attempt ended, with its reason where there is one ("failed: damaged")."""
    words = said.value.replace("_", " ")
    return words if reason is Reason.NONE else f"{words}: {why(reason)}"


def failed_look(failure: Failure) -> str:
    """Say that the newest look at a copy had no answer."""
    return f"the newest look at it failed ({failure.probe}: {why(failure.reason)})"


def nothing_known(copy: CopyEvidence | None) -> str:
    """Say that there is no evidence of a copy yet, and why if the agent told."""
    if copy is None or copy.failure is None:
        return "the agent has reported nothing of it yet"
    return f"nothing is known of it: {failed_look(copy.failure)}"
