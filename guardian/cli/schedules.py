"""What is asked of each copy, when it is expected next, and what its own history proposes; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from guardian_agent.wire.duration import spell_duration

from guardian.domain.asset import Asset, ServerPlan
from guardian.domain.cadence import Cadence, Run, learned
from guardian.domain.evidence import Listing, ServerEvidence
from guardian.domain.snapshot import CopyFigures, Snapshot

WITHOUT_A_ZONE = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One copy: what is agreed, and what is proposed."""

    figures: CopyFigures
    proposal: Cadence | None
    """What its history looks like, where that is not what is agreed."""

    @property
    def asset(self) -> Asset:
        """Return the copy."""
        return self.figures.asset

    @property
    def asked(self) -> str:
        """Say what is agreed ("30 2 * * *", "26h")."""
        age = self.figures.max_age
        words = (*self.figures.freshness.schedule, *(() if age is None else (_spelt(age),)))
        return "; ".join(words)

    @property
    def proposed(self) -> str:
        """Say what could be agreed instead, as it is written down."""
        if self.proposal is None:
            return ""
        return f'schedule = "{self.proposal.expression}", grace = "{_spelt(self.proposal.grace)}"'


def scheduled(
    snapshot: Snapshot,
    plans: Sequence[ServerPlan],
    evidence: Mapping[tuple[str, str], ServerEvidence],
    clients: Collection[str],
) -> tuple[Scheduled, ...]:
    """Return the copies of these clients in the order of their names.

    Args:
        snapshot: the newest judgement.
        plans: what was agreed.
        evidence: what is known, by (client, server).
        clients: ids of those to look at.
    """
    zones = {(plan.client, plan.server): _zone(plan) for plan in plans}
    found = []
    for copy in sorted(snapshot.copies, key=lambda copy: str(copy.asset)):
        place = (copy.asset.client, copy.asset.server)
        if copy.asset.client in clients:
            history = _history(evidence.get(place), copy.asset, ZoneInfo(zones[place]))
            found.append(Scheduled(figures=copy, proposal=_proposal(copy, history)))
    return tuple(found)


def _spelt(span: timedelta) -> str:
    hours, rest = divmod(span, timedelta(hours=1))
    return spell_duration(span) if rest else f"{hours}h"


def _zone(plan: ServerPlan) -> str:
    return WITHOUT_A_ZONE if plan.calendar is None else plan.calendar.zone


def _history(known: ServerEvidence | None, asset: Asset, zone: ZoneInfo) -> list[Run]:
    copy = None if known is None else known.copy(asset.backup_set, asset.copy)
    listing: Listing | None = None if copy is None else copy.listing
    points = () if listing is None else listing.points
    return [
        Run(
            started_at=point.started_at.astimezone(zone), finished_at=point.made_at.astimezone(zone)
        )
        for point in points
        if not point.future and not point.incomplete
    ]


def _proposal(copy: CopyFigures, history: Sequence[Run]) -> Cadence | None:
    found = learned(history)
    is_agreed = found is not None and found.expression in copy.freshness.schedule
    return None if is_agreed else found
