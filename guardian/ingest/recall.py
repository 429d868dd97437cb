"""Checkpoints that evidence has forgotten, and the client's log still knows.

Evidence keeps an agent's newest checkpoints, a few days of a talkative one. A canary comes back out
of a weekly or monthly restore point, and a large restore may take days: what they name is looked up
in the log, where the receipt that carried it stands.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from guardian_agent.errors import AgentError
from guardian_agent.wire.observations import RestoreTest
from guardian_agent.wire.receipt import Receipt, read_receipt
from guardian_agent.wire.statement import Statement

from guardian.audit.leaves import Kind
from guardian.domain.evidence import IssuedCheckpoint, ServerEvidence
from guardian.ports import KeyRecord, LogEntry, Unit

MAX_RECALLED = 32
"""Look-ups for one statement, whatever it names."""


def recalled(
    unit: Unit, record: KeyRecord, statement: Statement, evidence: ServerEvidence, signer: bytes
) -> list[IssuedCheckpoint]:
    """Return the checkpoints that a statement's restore tests name and the evidence lacks.

    Only what receipts gave to this very server counts.

    Args:
        unit: the change that is under way.
        record: whose statement it is.
        statement: accepted.
        evidence: what is known before it.
        signer: central's raw public key.
    """
    known = () if evidence.agent is None else evidence.agent.checkpoints
    wanted = set(_named(statement)).difference(each.tree_size for each in known)
    return list(_found(unit, record, sorted(wanted)[-MAX_RECALLED:], signer))


def _named(statement: Statement) -> Iterator[int]:
    """Yield the tree sizes of the checkpoints that drew files or came back in canaries."""
    for fact in statement.observations:
        if isinstance(fact, RestoreTest):
            yield fact.checkpoint_size
            if fact.canary is not None:
                yield fact.canary.tree_size


def _found(
    unit: Unit, record: KeyRecord, sizes: Collection[int], signer: bytes
) -> Iterator[IssuedCheckpoint]:
    for size in sizes:
        leaf = unit.leaf(record.client, size - 1)
        if leaf is None or (leaf.kind, leaf.actor) != (Kind.STATEMENT, record.server):
            continue
        receipt = _receipt(unit, leaf, signer)
        if receipt is not None and receipt.tree_size == size:
            yield IssuedCheckpoint(tree_size=size, root=receipt.root, issued_at=leaf.at)


def _receipt(unit: Unit, leaf: LogEntry, signer: bytes) -> Receipt | None:
    """Return the receipt that answered the statement of a leaf, None where it is kept no more."""
    detail = json.loads(leaf.detail)
    stored = unit.statement(detail["key"], detail["epoch"], detail["number"])
    if stored is None:
        return None
    try:
        return read_receipt(stored.receipt, signer)
    except AgentError:  # signed by a key of central's that is no longer in use
        return None
