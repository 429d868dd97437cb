"""One atomic change of the SQLite store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

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
)
from guardian.stores.sqlite import queries, rows
from guardian.stores.sqlite.connection import sealed
from guardian.stores.sqlite.decoded import Decoded
from guardian.stores.sqlite.evidence import evidence_columns, server_evidence
from guardian.stores.sqlite.rows import Row

ACCEPTED = "accepted"
"""The result under which accepted statements are counted."""


class SqliteUnit:
    """Reads and writes within one transaction; see `guardian.ports.Unit` for what each does."""

    def __init__(self, connection: sqlite3.Connection, path: Path, decoded: Decoded) -> None:
        self._connection = connection
        self._path = path
        self._decoded = decoded

    def _run(self, command: str, *values: object) -> int:
        with sealed(self._path):
            return self._connection.execute(command, values).rowcount

    def _rows(self, query: str, *values: object) -> list[Row]:
        with sealed(self._path):
            return self._connection.execute(query, values).fetchall()

    def _row(self, query: str, *values: object) -> Row | None:
        found = self._rows(query, *values)
        return found[0] if found else None

    def key(self, key_id: str) -> KeyRecord | None:
        """Return an agent's record."""
        row = self._row(queries.KEY, key_id)
        return None if row is None else rows.key_record(row)

    def keys_of(self, client: str, server: str) -> Sequence[KeyRecord]:
        """Return every key that a server ever enrolled, by epoch."""
        return [rows.key_record(row) for row in self._rows(queries.KEYS_OF, client, server)]

    def put_key(self, record: KeyRecord) -> None:
        """Insert or replace an agent's record."""
        self._run(queries.PUT_KEY, *rows.key_row(record))

    def token(self, token_hash: str) -> TokenRecord | None:
        """Return a token."""
        row = self._row(queries.INVITATION, token_hash)
        return None if row is None else rows.token_record(row)

    def put_token(self, record: TokenRecord) -> None:
        """Insert or replace a token."""
        self._run(queries.PUT_INVITATION, *rows.token_row(record))

    def stream(self, key_id: str, epoch: int) -> StreamState | None:
        """Return how far a stream has come; None before its first statement."""
        row = self._row(queries.STREAM, key_id, epoch)
        return None if row is None else rows.stream_state(row)

    def statement(self, key_id: str, epoch: int, number: int) -> StoredStatement | None:
        """Return an accepted statement."""
        row = self._row(queries.STATEMENT, key_id, epoch, number)
        return None if row is None else rows.stored_statement(row)

    def put_statement(self, statement: StoredStatement) -> None:
        """Keep an accepted statement and move its stream on; its place must be free."""
        columns = rows.statement_row(statement)
        self._run(queries.PUT_STATEMENT, *columns)
        if self._run(queries.MOVE_STREAM, *columns[:5]) != 1:
            raise StoreError(f"{self._path}: statement {statement.number} would move a stream back")
        self._run(queries.COUNT, ACCEPTED)

    def evidence(self, client: str, server: str) -> ServerEvidence | None:
        """Return what is folded so far."""
        row = self._row(queries.EVIDENCE, client, server)
        return None if row is None else server_evidence(row, self._decoded)

    def put_evidence(self, evidence: ServerEvidence) -> None:
        """Replace a server's evidence."""
        body, packed, digest = evidence_columns(evidence)
        name = (evidence.client, evidence.server)
        self._run(queries.PUT_EVIDENCE, *name, body, packed, digest)
        self._decoded.keep(digest, evidence)

    def tree(self, client: str) -> TreeState:
        """Return a client's evidence log's state; size 0 before its first leaf."""
        return rows.tree_state(self._row(queries.TREE, client))

    def leaf(self, client: str, index: int) -> LogEntry | None:
        """Return one leaf of a client's evidence log; None where the log does not have it."""
        row = self._row(queries.LEAF, client, index)
        return None if row is None else rows.log_entry(row)

    def append(self, client: str, entry: LogEntry, after: TreeState) -> None:
        """Append a leaf and the tree state after it."""
        size = self.tree(client).size
        if (entry.index, after.size) != (size, size + 1):
            raise StoreError(f"{self._path}: leaf {entry.index} of {client} does not follow {size}")
        self._run(queries.PUT_LEAF, client, *rows.log_row(entry))
        self._run(queries.PUT_TREE, client, after.size, b"".join(after.frontier))

    def finding(self, asset: Asset, control: str) -> Finding | None:
        """Return the current finding of an asset and control."""
        row = self._row(queries.FINDING, *rows.place(asset), control)
        return None if row is None else rows.unpack(Finding, row, f"finding {control} of {asset}")

    def put_finding(self, finding: Finding) -> None:
        """Insert or replace the current finding of its asset and control."""
        place = (*rows.place(finding.asset), finding.control)
        self._run(queries.PUT_FINDING, *place, *rows.body(finding))

    def drop_finding(self, finding: Finding) -> None:
        """Remove a finding whose asset is configured no more."""
        self._run(queries.DROP_FINDING, *rows.place(finding.asset), finding.control)

    def add_change(self, change: FindingChange) -> None:
        """Add to the findings' history."""
        self._run(queries.PUT_CHANGE, *rows.change_row(change))
