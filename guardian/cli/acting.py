"""How much time there is to act if backups silently broke now, the least first; pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from guardian.domain.asset import Asset
from guardian.domain.lifecycle import State
from guardian.domain.slack import Slack
from guardian.domain.snapshot import Snapshot

LITTLE = timedelta(days=7)
"""Below it, a weekend and a day off are all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """One copy, and what would happen to it."""

    asset: Asset
    slack: Slack
    left: timedelta

    @property
    def days(self) -> int:
        """Return whole days, rounded towards none; below zero they are missing."""
        return int(self.left / timedelta(days=1))

    @property
    def in_words(self) -> str:
        """Say how many days there are."""
        return f"{-self.days} d too late" if self.slack.is_too_late else f"{self.days} d to act"


def time_to_act(snapshot: Snapshot, clients: Collection[str]) -> tuple[Acting, ...]:
    """Return the copies of servers in use whose time is known, those with the least first.

    Args:
        snapshot: the newest judgement.
        clients: ids of those to look at.
    """
    aside = {(e.client, e.server) for e in snapshot.servers if e.state is not State.ACTIVE}
    known = [
        Acting(asset=copy.asset, slack=slack, left=slack.left)
        for copy in snapshot.copies
        if copy.asset.client in clients
        and (copy.asset.client, copy.asset.server) not in aside
        and (slack := copy.freshness.slack) is not None
        and slack.left is not None
    ]
    return tuple(sorted(known, key=lambda each: (each.left, str(each.asset))))
