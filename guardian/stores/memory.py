"""A store in memory: for tests, and as the plainest statement of what a store does.

A unit writes into a layer above what is committed; committing merges the layer, and rolling back
forgets it. None stands for "removed".
"""

from __future__ import annotations

import threading
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from guardian.domain.asset import Asset
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Finding
from guardian.errors import StoreError
from guardian.ports import (
    FindingChange,
    KeyRecord,
    LogEntry,
    StoredStatement,
    StreamState,
    TokenRecord,
    TreeState,
    Unit,
)

ACCEPTED = "accepted"
EMPTY_TREE = TreeState(size=0, frontier=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """Everything kept, each table by its key."""

    keys: MutableMapping[str, KeyRecord] = field(default_factory=dict)
    tokens: MutableMapping[str, TokenRecord] = field(default_factory=dict)
    streams: MutableMapping[tuple[str, int], StreamState] = field(default_factory=dict)
    statements: MutableMapping[tuple[str, int, int], StoredStatement] = field(default_factory=dict)
    evidence: MutableMapping[tuple[str, str], tuple[int, ServerEvidence]] = field(
        default_factory=dict
    )
    log: MutableMapping[tuple[str, int], LogEntry] = field(default_factory=dict)
    trees: MutableMapping[str, TreeState] = field(default_factory=dict)
    findings: MutableMapping[tuple[Asset, str], Finding | None] = field(default_factory=dict)
    changes: MutableMapping[int, FindingChange] = field(default_factory=dict)
    results: MutableMapping[str, int] = field(default_factory=dict)

    def layer(self) -> _Tables:
        """Return tables that read through to these and write beside them."""
        layers: dict[str, Any] = {
            table.name: ChainMap({}, getattr(self, table.name)) for table in fields(self)
        }
        return _Tables(**layers)

    def merge(self, layer: _Tables) -> None:
        """Take over what a layer wrote."""
        for table in fields(self):
            getattr(self, table.name).update(getattr(layer, table.name).maps[0])


class MemoryStore:
    """`guardian.ports.Store` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._writing = threading.Lock()

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Begin an atomic change; it commits when the block ends, and rolls back on an error."""
        with self._writing:
            layer = self._tables.layer()
            yield _MemoryUnit(layer)
            merged = replace(self._tables)
            merged.merge(layer)
            self._tables = merged

    def keys(self) -> Sequence[KeyRecord]:
        """Return every agent, revoked ones too."""
        found = self._tables.keys.values()
        return sorted(found, key=lambda record: (record.client, record.server, record.epoch))

    def tokens(self) -> Sequence[TokenRecord]:
        """Return every token, used ones too."""
        found = self._tables.tokens.values()
        return sorted(found, key=lambda record: (record.created_at, record.token_hash))

    def all_evidence(self) -> Sequence[ServerEvidence]:
        """Return all servers' evidence."""
        return self.changed_evidence(0)[1]

    def changed_evidence(self, after: int) -> tuple[int, Sequence[ServerEvidence]]:
        """Return the evidence put after revision `after`, and the newest revision (0: none yet)."""
        found = sorted(self._tables.evidence.values(), key=lambda row: row[0])
        newest = found[-1][0] if found else 0
        return newest, [evidence for revision, evidence in found if revision > after]

    def findings(self) -> Sequence[Finding]:
        """Return the current findings."""
        found = (finding for finding in self._tables.findings.values() if finding is not None)
        return sorted(found, key=lambda finding: (_names(finding.asset), finding.control))

    def history(self, client: str, start: datetime, end: datetime) -> Sequence[FindingChange]:
        """Return a client's changes in [start, end) and, for each finding, the last one before."""
        changes = [change for change in self._tables.changes.values() if change.client == client]
        changes.sort(key=lambda change: change.at)
        before = {_subject(change): change for change in changes if change.at < start}
        within = [change for change in changes if start <= change.at < end]
        return [*sorted(before.values(), key=lambda change: change.at), *within]

    def statements(self, key_id: str) -> Sequence[StoredStatement]:
        """Return an agent's accepted statements in order."""
        found = sorted(self._tables.statements.items(), key=lambda item: item[0])
        return [statement for _, statement in found if statement.key_id == key_id]

    def log(self, client: str) -> Sequence[LogEntry]:
        """Return a client's evidence log."""
        size = self.tree(client).size
        return [self._tables.log[client, index] for index in range(size)]

    def tree(self, client: str) -> TreeState:
        """Return a client's evidence log's state."""
        return self._tables.trees.get(client, EMPTY_TREE)

    def count_refusal(self, reason: str) -> None:
        """Count a refused statement."""
        with self._writing:
            _count(self._tables.results, reason)

    def refusals(self) -> Mapping[str, int]:
        """Return the refused statements by reason."""
        found = sorted(self._tables.results.items())
        return {reason: total for reason, total in found if reason != ACCEPTED}

    def accepted_total(self) -> int:
        """Return how many statements were accepted."""
        return self._tables.results.get(ACCEPTED, 0)

    def close(self) -> None:
        """Release the store."""


class _MemoryUnit:
    """Reads and writes within one layer; see `guardian.ports.Unit` for what each does."""

    def __init__(self, layer: _Tables) -> None:
        self._layer = layer

    def key(self, key_id: str) -> KeyRecord | None:
        """Return an agent's record."""
        return self._layer.keys.get(key_id)

    def keys_of(self, client: str, server: str) -> Sequence[KeyRecord]:
        """Return every key that a server ever enrolled, by epoch."""
        found = [
            record
            for record in self._layer.keys.values()
            if (record.client, record.server) == (client, server)
        ]
        return sorted(found, key=lambda record: record.epoch)

    def put_key(self, record: KeyRecord) -> None:
        """Insert or replace an agent's record."""
        for other in self.keys_of(record.client, record.server):
            if other.epoch == record.epoch and other.key_id != record.key_id:
                raise StoreError(f"epoch {record.epoch} of {record.server} has another key")
        self._layer.keys[record.key_id] = record

    def token(self, token_hash: str) -> TokenRecord | None:
        """Return a token."""
        return self._layer.tokens.get(token_hash)

    def put_token(self, record: TokenRecord) -> None:
        """Insert or replace a token."""
        self._layer.tokens[record.token_hash] = record

    def stream(self, key_id: str, epoch: int) -> StreamState | None:
        """Return how far a stream has come; None before its first statement."""
        return self._layer.streams.get((key_id, epoch))

    def statement(self, key_id: str, epoch: int, number: int) -> StoredStatement | None:
        """Return an accepted statement."""
        return self._layer.statements.get((key_id, epoch, number))

    def put_statement(self, statement: StoredStatement) -> None:
        """Keep an accepted statement and move its stream on; its place must be free."""
        stream = (statement.key_id, statement.epoch)
        last = self._layer.streams.get(stream)
        if statement.key_id not in self._layer.keys:
            raise StoreError(f"no key {statement.key_id}")
        if last is not None and statement.number <= last.number:
            raise StoreError(f"statement {statement.number} would move a stream back")
        self._layer.statements[*stream, statement.number] = statement
        self._layer.streams[stream] = StreamState(
            number=statement.number,
            payload_hash=statement.payload_hash,
            received_at=statement.received_at,
        )
        _count(self._layer.results, ACCEPTED)

    def evidence(self, client: str, server: str) -> ServerEvidence | None:
        """Return what is folded so far."""
        found = self._layer.evidence.get((client, server))
        return None if found is None else found[1]

    def put_evidence(self, evidence: ServerEvidence) -> None:
        """Replace a server's evidence."""
        newest = max((revision for revision, _ in self._layer.evidence.values()), default=0)
        self._layer.evidence[evidence.client, evidence.server] = (newest + 1, evidence)

    def tree(self, client: str) -> TreeState:
        """Return a client's evidence log's state; size 0 before its first leaf."""
        return self._layer.trees.get(client, EMPTY_TREE)

    def leaf(self, client: str, index: int) -> LogEntry | None:
        """Return one leaf of a client's evidence log; None where the log does not have it."""
        return self._layer.log.get((client, index))

    def append(self, client: str, entry: LogEntry, after: TreeState) -> None:
        """Append a leaf and the tree state after it."""
        size = self.tree(client).size
        if (entry.index, after.size) != (size, size + 1):
            raise StoreError(f"leaf {entry.index} of {client} does not follow {size}")
        self._layer.log[client, entry.index] = entry
        self._layer.trees[client] = after

    def finding(self, asset: Asset, control: str) -> Finding | None:
        """Return the current finding of an asset and control."""
        return self._layer.findings.get((asset, control))

    def put_finding(self, finding: Finding) -> None:
        """Insert or replace the current finding of its asset and control."""
        self._layer.findings[finding.asset, finding.control] = finding

    def drop_finding(self, finding: Finding) -> None:
        """Remove a finding whose asset is configured no more."""
        self._layer.findings[finding.asset, finding.control] = None

    def add_change(self, change: FindingChange) -> None:
        """Add to the findings' history."""
        self._layer.changes[len(self._layer.changes)] = change


def _count(results: MutableMapping[str, int], result: str) -> None:
    results[result] = results.get(result, 0) + 1


def _names(asset: Asset) -> tuple[str, str, str, str]:
    return (asset.client, asset.server, asset.backup_set or "", asset.copy or "")


def _subject(change: FindingChange) -> tuple[str, str | None, str | None, str]:
    return (change.server, change.backup_set, change.copy, change.control)
