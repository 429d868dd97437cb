"""How much time is left to act: would anybody know that backups silently broke before it is late?

Two moments decide: when `backup.fresh` would fail, and when the last good restore point would be
gone by the retention. A fault that keeps making restore points which cannot be restored shows later
still, with the next restore test; that moment is told beside (`RestoreFigures.due_at`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Asset, Obligation, ServerPlan
from guardian.domain.evidence import CopyEvidence, Listing
from guardian.domain.ladder import agreed
from guardian.domain.retention import PERIODS
from guardian.domain.schedule import Asked, deadline
from guardian.domain.words import date, later

RETENTION = "backup.retention"
FRESH = "backup.fresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """What would happen if a copy's backups silently broke now."""

    alarm_at: datetime
    """When `backup.fresh` fails if no restore point follows."""
    gone_at: datetime | None
    """When the newest good restore point goes; None: nothing tells how long they live."""
    is_agreed: bool
    """True where the retention is agreed; False where it was read off the points themselves."""

    @property
    def left(self) -> timedelta | None:
        """Return how long there is to act after the alarm; below zero it comes too late."""
        return None if self.gone_at is None else self.gone_at - self.alarm_at

    @property
    def is_too_late(self) -> bool:
        """Say whether the last good restore point would go before the alarm."""
        return self.left is not None and self.left < timedelta()

    @property
    def said(self) -> str:
        """Say it in words, for people."""
        alarm = f"if backups silently broke now: alarm on {date(self.alarm_at)}"
        if self.gone_at is None or self.left is None:
            return f"{alarm}; how long restore points are kept is neither agreed nor seen yet"
        days = int(abs(self.left) / timedelta(days=1))
        act = f"{days} d too late" if self.is_too_late else f"{days} d to act"
        source = "" if self.is_agreed else " as far as was seen"
        return f"{alarm}, last good copy gone on {date(self.gone_at)}{source}, {act}"


def slack(plan: ServerPlan, asset: Asset, copy: CopyEvidence | None) -> Slack | None:
    """Return how much time there would be; None while no restore point counts.

    Args:
        plan: the server, with what was agreed for its copies.
        asset: the copy.
        copy: what is known of it.
    """
    obligation = next((each for each in plan.obligations if each.asset == asset), None)
    listing = None if copy is None else copy.listing
    newest = None if listing is None else listing.newest_complete_at
    asked = None if obligation is None else asked_of(obligation)
    if copy is None or listing is None or newest is None or obligation is None or asked is None:
        return None
    due = deadline(newest, asked, plan, plan.pauses)
    if due is None:
        return None
    promised = _promised(obligation)
    lifetime = promised or _seen(copy, listing)
    return Slack(
        alarm_at=due.at,
        gone_at=None if lifetime is None else later(newest, lifetime),
        is_agreed=promised is not None,
    )


def asked_of(obligation: Obligation) -> Asked | None:
    """Return what was agreed of a copy's freshness; None where that is not judged."""
    agreement = obligation.agreements.get(FRESH)
    settings = None if agreement is None else agreement.settings
    return settings if isinstance(settings, Asked) else None


def _promised(obligation: Obligation) -> timedelta | None:
    """Return how long a good restore point is sure to stay by what was agreed."""
    ends: timedelta | None = agreed(obligation, RETENTION, "delete_after", None)
    reach = max(_reaches(obligation), default=None)
    return min((each for each in (ends, reach) if each is not None), default=None)


def _reaches(obligation: Obligation) -> Iterator[timedelta]:
    """Yield how far back the agreed restore points reach, the youngest of each period counted."""
    reach_back: timedelta | None = agreed(obligation, RETENTION, "reach_back", None)
    if reach_back is not None:
        yield reach_back
    for name, period in PERIODS.items():
        number: int = agreed(obligation, RETENTION, name, None) or 0
        # A week's point may be its last, and stand for none of the days before it.
        sure = number if name == "daily" else number - 1
        if sure > 0:
            yield period * sure


def _seen(copy: CopyEvidence, listing: Listing) -> timedelta | None:
    """Return how far the points reach back where some were seen to go: that shows the retention."""
    if not any(not point.future for point in copy.vanished):
        return None
    return listing.dated - listing.counted[-1]
