"""What the freshness of one copy looks like in numbers, beside what was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Obligation, ServerPlan
from guardian.domain.evidence import CopyEvidence
from guardian.domain.schedule import DAILY, Asked, expected_slot
from guardian.domain.slack import Slack, asked_of, slack


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessFigures:
    """When restore points are expected, and how much time there is once they are not."""

    schedule: tuple[str, ...] = ()
    """The expressions agreed."""
    next_expected_at: datetime | None = None
    """The first slot that no complete restore point stands for; None without a schedule."""
    slack: Slack | None = None
    """What would happen if backups silently broke now."""


def oldest_allowed(obligation: Obligation) -> timedelta | None:
    """Return how old the newest complete point may be; None where a schedule alone asks for it."""
    asked = asked_of(obligation) or Asked()
    return asked.max_age or (None if asked.schedule else DAILY)


def freshness_figures(
    plan: ServerPlan, obligation: Obligation, copy: CopyEvidence | None, now: datetime
) -> FreshnessFigures:
    """Return the numbers of one copy of a server at `now`."""
    asked = asked_of(obligation) or Asked()
    listing = None if copy is None else copy.listing
    newest = None if listing is None else listing.newest_complete_at
    return FreshnessFigures(
        schedule=asked.schedule,
        next_expected_at=expected_slot(newest or now, asked, plan, plan.pauses),
        slack=slack(plan, obligation.asset, copy),
    )
