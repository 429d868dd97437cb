"""What falls due: proofs that hold now and will not for long, unless they are made anew; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Asset, ServerPlan
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Finding, Status

AHEAD = timedelta(days=7)
"""How long before its end a proof is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One proof that ends soon, and every control that ends with it."""

    asset: Asset
    controls: tuple[str, ...]
    until: datetime
    left: timedelta

    @property
    def days_left(self) -> int:
        """Return whole days, rounded down."""
        return self.left.days

    @property
    def in_words(self) -> str:
        """Say how long it still holds ("in 5 d")."""
        return f"in {format_duration(self.left)}"


def falls_due(
    snapshot: Snapshot, plans: Iterable[ServerPlan], clients: Collection[str]
) -> tuple[Due, ...]:
    """Return what falls due within a week, the soonest first.

    What is agreed to be renewed within a week anyway (a daily backup, say) always ends soon, and
    says nothing; nor does what fails already.

    Args:
        snapshot: the newest judgement.
        plans: what was agreed.
        clients: ids of those to look at.
    """
    lasting = {each for plan in plans for each in _lasting(plan)}
    ending = [
        (finding.holds_until, finding)
        for finding in snapshot.findings
        if finding.status is Status.PASS
        and finding.holds_until is not None
        and finding.holds_until <= snapshot.judged_at + AHEAD
        and finding.asset.client in clients
        and (finding.asset, finding.control) in lasting
    ]
    grouped = groupby(sorted(ending, key=_order), key=lambda each: (each[0], each[1].asset))
    return tuple(
        Due(
            asset=asset,
            controls=tuple(finding.control for _, finding in group),
            until=until,
            left=max(until - snapshot.judged_at, timedelta()),
        )
        for (until, asset), group in grouped
    )


def _order(ending: tuple[datetime, Finding]) -> tuple[datetime, tuple[str, ...], str]:
    until, finding = ending
    asset = finding.asset
    place = (asset.client, asset.server, asset.backup_set or "", asset.copy or "")
    return until, place, finding.control


def _lasting(plan: ServerPlan) -> Iterable[tuple[Asset, str]]:
    """Return the controls whose proofs are agreed to last longer than the warning."""
    for obligation in plan.obligations:
        for control, agreement in obligation.agreements.items():
            max_age: timedelta | None = getattr(agreement.settings, "max_age", None)
            if max_age is not None and max_age > AHEAD:
                yield obligation.asset, control
