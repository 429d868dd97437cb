"""Verification: does everything that central keeps for a client still agree with its log?

Every leaf is hashed again, every envelope is verified again with its agent's key and every
receipt with central's, and each leaf must have what it stands for, and the other way round. So a
statement, a key or a finding that was changed, added or removed past Guardian shows.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from guardian_agent.errors import AgentError
from guardian_agent.wire.envelope import open_envelope, read_envelope
from guardian_agent.wire.merkle import EMPTY
from guardian_agent.wire.names import Hash
from guardian_agent.wire.receipt import Receipt, read_receipt
from guardian_agent.wire.statement import PAYLOAD_TYPE

from guardian.audit.leaves import Detail, Kind, canonical, change_digest, entry_hash
from guardian.errors import EvidenceError
from guardian.ports import KeyRecord, LogEntry, Store, StoredStatement, TreeState

ATTEMPTS = 10
BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)
RECEIPT_PRECISION = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification found."""

    client: str
    leaves: int
    root: Hash
    """Of the leaves as they are now."""
    problem: str | None
    """The first thing that does not agree, in words; None when everything does."""

    @property
    def holds(self) -> bool:
        """Say whether everything agrees."""
        return self.problem is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """A client's log, hashed again: `roots[n]` is the root of its first n leaves."""

    entries: Sequence[LogEntry]
    roots: Sequence[Hash]
    tree: TreeState

    def digests(self, kind: Kind) -> Counter[str]:
        """Return what the leaves of one kind commit to."""
        return Counter(entry.digest for entry in self.entries if entry.kind == kind)


def verify(store: Store, client: str, signer: bytes) -> Verified:
    """Check all of a client's evidence.

    Args:
        store: where it is kept.
        client: whose evidence.
        signer: central's raw public key.

    Raises:
        StoreError: the store cannot be read.
        EvidenceError: the log kept growing while it was read.
    """
    for _ in range(ATTEMPTS):
        before = store.tree(client)
        log = _read(store, client)
        problem = next(_problems(store, client, log, before, signer), None)
        # Each change of state has its leaf: while the tree stands still, so does everything.
        if store.tree(client) == before:
            root = log.roots[-1]
            return Verified(client=client, leaves=len(log.entries), root=root, problem=problem)
    raise EvidenceError(f"the evidence log of {client} grew while it was read; try again")


def _read(store: Store, client: str) -> _Log:
    entries = store.log(client)
    frontier, roots = EMPTY, [EMPTY.root()]
    for entry in entries:
        frontier = frontier.append(entry_hash(entry))
        roots.append(frontier.root())
    return _Log(
        entries=entries,
        roots=[Hash(root.hex()) for root in roots],
        tree=TreeState(size=frontier.size, frontier=frontier.hashes),
    )


def _problems(
    store: Store, client: str, log: _Log, kept: TreeState, signer: bytes
) -> Iterator[str]:
    yield from _tree_problems(log, kept)
    everyone = store.keys()
    keys = [record for record in everyone if record.client == client]
    yield from _key_problems(log, keys)
    found: set[int] = set()
    for record in keys:
        for statement in store.statements(record.key_id):
            position = _position(log, record, statement, signer)
            if isinstance(position, str):
                yield f"statement {statement.number} of {_name(record)}: {position}"
            else:
                found.add(position)
    yield from _lost_statements(log, found)
    yield from _finding_problems(store, client, log)


def _tree_problems(log: _Log, kept: TreeState) -> Iterator[str]:
    for position, entry in enumerate(log.entries):
        if entry.index != position:
            yield f"leaf {position} is missing from the log"
    if log.tree != kept:
        yield f"{log.tree.size} leaves do not make the tree of {kept.size} that central kept"


def _key_problems(log: _Log, keys: Sequence[KeyRecord]) -> Iterator[str]:
    everyone = [record.key_id for record in keys]
    ended = [record.key_id for record in keys if record.revoked_at is not None]
    frozen = [record.key_id for record in keys if record.frozen_at is not None]
    yield from _differing("enrolment", everyone, log.digests(Kind.ENROLMENT))
    yield from _differing("revocation", ended, log.digests(Kind.REVOCATION))
    yield from _differing("freeze", frozen, _frozen(log, everyone))


def _frozen(log: _Log, keys: Collection[str]) -> Counter[str]:
    """Return the keys that the log saw sign two statements with one number."""
    because = canonical({"reason": "equivocation"})[1:-1]
    conflicts = [entry.detail for entry in log.entries if entry.kind == Kind.CONFLICT]
    frozen = [detail for detail in conflicts if because in detail]
    return Counter({key for key in keys for detail in frozen if key in detail})


def _differing(what: str, kept: Sequence[str], logged: Counter[str]) -> Iterator[str]:
    counted = Counter(kept)
    for digest in counted - logged:
        yield f"{what} of {digest} is kept but not in the log"
    for digest in logged - counted:
        yield f"{what} of {digest} is in the log but not kept"


def _position(log: _Log, record: KeyRecord, statement: StoredStatement, signer: bytes) -> int | str:
    """Return the index of a statement's leaf, or what is wrong with the statement."""
    try:
        payload = open_envelope(read_envelope(statement.envelope), record.public_key, PAYLOAD_TYPE)
        receipt = read_receipt(statement.receipt, signer)
    except AgentError as error:
        return str(error)
    if hashlib.sha256(payload).hexdigest() != statement.payload_hash:
        return "the envelope holds another payload than was accepted"
    if receipt != _expected(log, statement, receipt.tree_size):
        return "its receipt does not agree with the log"
    if not _stands_for(log.entries[receipt.tree_size - 1], statement):
        return f"leaf {receipt.tree_size - 1} does not stand for it"
    return receipt.tree_size - 1


def _expected(log: _Log, statement: StoredStatement, tree_size: int) -> Receipt | None:
    """Return the only receipt that fits a statement whose leaf is the last of `tree_size`."""
    if not 1 <= tree_size <= len(log.entries):
        return None
    received = statement.received_at
    return Receipt(
        key_id=statement.key_id,
        epoch=statement.epoch,
        number=statement.number,
        payload_hash=statement.payload_hash,
        received_at=received - (received - BEGINNING) % RECEIPT_PRECISION,
        tree_size=tree_size,
        root=log.roots[tree_size],
    )


def _stands_for(entry: LogEntry, statement: StoredStatement) -> bool:
    detail: Detail = {
        "key": statement.key_id,
        "epoch": statement.epoch,
        "number": statement.number,
    }
    wanted = (Kind.STATEMENT, statement.received_at, statement.payload_hash, canonical(detail))
    return (entry.kind, entry.at, entry.digest, entry.detail) == wanted


def _lost_statements(log: _Log, found: Collection[int]) -> Iterator[str]:
    for entry in log.entries:
        if entry.kind == Kind.STATEMENT and entry.index not in found:
            yield f"leaf {entry.index} stands for a statement that is not kept"


def _finding_problems(store: Store, client: str, log: _Log) -> Iterator[str]:
    changes = store.history(client, BEGINNING, END)
    digests = [change_digest(change) for change in changes]
    yield from _differing("finding's change", digests, log.digests(Kind.FINDING))


def _name(record: KeyRecord) -> str:
    return f"{record.client}/{record.server}"
