"""Links of proofs that evidence has forgotten, looked up in the client's log.

Evidence keeps an agent's newest checkpoints and manifests: a few days of a talkative one. A canary
comes back out of a weekly or monthly restore point, and a large restore takes days. The receipt
that carried a checkpoint is kept beside its statement, and the manifest that was signed when it was
given stands in that statement or shortly before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.errors import AgentError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.envelope import read_envelope
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Manifest, RestoreTest
from guardian_agent.wire.receipt import read_receipt
from guardian_agent.wire.statement import Statement

from guardian.audit.leaves import Kind
from guardian.domain.evidence import IssuedCheckpoint, ServerEvidence, SignedManifest
from guardian.domain.recalled import Recalled
from guardian.ports import KeyRecord, StoredStatement, Unit

MAX_RECALLED = 32
"""Checkpoints looked up for one statement, whatever it names."""
MAX_MANIFESTS = 2
"""Manifests looked for."""
STATEMENTS_BACK = 8
"""How far before the statement that brought the checkpoint: what was found at once may be told in
several."""


def recall(
    unit: Unit, record: KeyRecord, statement: Statement, evidence: ServerEvidence, signer: bytes
) -> Recalled:
    """Return what a statement's restore tests name and the evidence lacks.

    Args:
        unit: the change that is under way.
        record: whose statement it is.
        statement: accepted.
        evidence: what is known before it.
        signer: central's raw public key.
    """
    log = _Log(unit=unit, record=record, signer=signer)
    tests = [fact for fact in statement.observations if isinstance(fact, RestoreTest)]
    agent = evidence.agent
    known = set() if agent is None else {each.tree_size for each in agent.checkpoints}
    sizes = sorted({size for test in tests for size in _sizes(test)} - known)
    forgotten = [test for test in tests if _is_forgotten(test, evidence)]
    return Recalled(
        checkpoints=tuple(log.checkpoints(sizes[-MAX_RECALLED:])),
        manifests=tuple(log.manifests(forgotten[-MAX_MANIFESTS:])),
    )


def _sizes(test: RestoreTest) -> Iterator[int]:
    """Yield the tree sizes of the checkpoints that a test names."""
    yield test.checkpoint_size
    if test.canary is not None:
        yield test.canary.tree_size


def _is_forgotten(test: RestoreTest, evidence: ServerEvidence) -> bool:
    """Say whether a test names a manifest that the evidence does not have."""
    known = evidence.set(test.backup_set)
    if known is None or test.manifest_root is None:
        return False
    return all(manifest.root != test.manifest_root for manifest in known.manifests)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """A client's log, and the statements of one server in it."""

    unit: Unit
    record: KeyRecord
    signer: bytes

    def checkpoints(self, sizes: list[int]) -> Iterator[IssuedCheckpoint]:
        """Yield the checkpoints of these tree sizes that this server was given."""
        for size in sizes:
            stored = self._statement(size)
            issued = None if stored is None else self._issued(stored)
            if issued is not None and issued.tree_size == size:
                yield issued

    def _statement(self, size: int) -> StoredStatement | None:
        """Return this server's statement whose leaf is the last of a tree of `size`."""
        leaf = self.unit.leaf(self.record.client, size - 1)
        if leaf is None or (leaf.kind, leaf.actor) != (Kind.STATEMENT, self.record.server):
            return None
        detail = json.loads(leaf.detail)
        return self.unit.statement(detail["key"], detail["epoch"], detail["number"])

    def _issued(self, stored: StoredStatement) -> IssuedCheckpoint | None:
        try:
            receipt = read_receipt(stored.receipt, self.signer)
        except AgentError:  # signed by a key of central's that is no longer in use
            return None
        return IssuedCheckpoint(
            tree_size=receipt.tree_size, root=receipt.root, issued_at=stored.received_at
        )

    def manifests(self, tests: list[RestoreTest]) -> Iterator[tuple[Name, SignedManifest]]:
        """Yield the manifests that tests name, signed when their checkpoints were given."""
        for test in tests:
            last = self._statement(test.checkpoint_size)
            if last is None:
                continue
            for number in range(last.number, max(last.number - STATEMENTS_BACK, 0), -1):
                stored = self.unit.statement(last.key_id, last.epoch, number)
                found = None if stored is None else _signed(stored, test)
                if found is not None:
                    yield test.backup_set, found
                    break


def _signed(stored: StoredStatement, test: RestoreTest) -> SignedManifest | None:
    """Return the manifest that a test names out of an accepted statement, if it is there."""
    payload = read_envelope(stored.envelope).payload
    if str(test.manifest_root).encode("ascii") not in payload:
        return None
    for fact in build(Statement, read_json(payload), lenient=True).observations:
        if isinstance(fact, Manifest) and _is_named(fact, test):
            return SignedManifest(
                epoch=stored.epoch,
                number=stored.number,
                root=fact.root,
                files=fact.files,
                received_at=stored.received_at,
            )
    return None


def _is_named(fact: Manifest, test: RestoreTest) -> bool:
    named = (test.backup_set, test.manifest_root, test.manifest_files)
    return (fact.backup_set, fact.root, fact.files) == named
