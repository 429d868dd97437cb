"""Appending to a client's evidence log: no leaf, no change of state."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.wire.merkle import Frontier
from guardian_agent.wire.names import Hash

from guardian.audit.leaves import Detail, Kind, canonical, entry_hash
from guardian.ports import LogEntry, TreeState, Unit


def append(
    unit: Unit, client: str, kind: Kind, *, at: datetime, actor: str, digest: Hash, detail: Detail
) -> TreeState:
    """Append one leaf within the unit of the change that it stands for.

    Args:
        unit: the change that is under way.
        client: whose log it is.
        kind: what happened.
        at: when, by central's clock.
        actor: who did it: a server's id, or `central`.
        digest: SHA-256 of what the leaf stands for.
        detail: ids and counts.

    Returns:
        The log's state with the leaf in it.

    Raises:
        StoreError: it could not be written; the unit must not commit.
    """
    before = unit.tree(client)
    entry = LogEntry(
        index=before.size,
        kind=kind,
        at=at,
        actor=actor,
        digest=digest,
        detail=canonical(detail),
    )
    grown = Frontier(size=before.size, hashes=before.frontier).append(entry_hash(entry))
    after = TreeState(size=grown.size, frontier=grown.hashes)
    unit.append(client, entry, after)
    return after


def root(tree: TreeState) -> Hash:
    """Return the log's Merkle root (RFC 6962), that of nothing for an empty log."""
    return Hash(Frontier(size=tree.size, hashes=tree.frontier).root().hex())
