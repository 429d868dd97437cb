"""The SQLite store: one writing connection, one reading connection, short units.

Readers have a connection of their own, so they see only what is committed and never wait for a
unit; a lock for each keeps threads apart.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Finding
from guardian.errors import StoreError, StoreFailure
from guardian.ports import (
    FindingChange,
    KeyRecord,
    LogEntry,
    StoredStatement,
    TokenRecord,
    TreeState,
    Unit,
)
from guardian.stores.sqlite import queries, rows
from guardian.stores.sqlite.connection import connect, one, sealed, transaction
from guardian.stores.sqlite.decoded import Decoded
from guardian.stores.sqlite.evidence import server_evidence
from guardian.stores.sqlite.lock import CentralLock
from guardian.stores.sqlite.rows import Row
from guardian.stores.sqlite.schema import migrate, steps
from guardian.stores.sqlite.unit import ACCEPTED, SqliteUnit

DATABASE = "guardian.db"
LOCK = "guardian.lock"


class SqliteStore:
    """`guardian.ports.Store` in `<directory>/guardian.db`."""

    def __init__(self, directory: Path, *, central: bool = False) -> None:
        """Open the store, and make or migrate its database.

        Args:
            directory: the store's folder; it must exist.
            central: be the one long-running central of this store: a second one is refused, and
                the database is checked (`quick_check`) before anything is served.

        Raises:
            StoreError: the folder or the database cannot be used, or another central has it.
        """
        self._path = directory / DATABASE
        self._decoded = Decoded()
        self._lock = _lock(directory) if central else None
        try:
            self._writer, self._reader = self._connections()
            self._writing, self._reading = threading.Lock(), threading.Lock()
            self._epoch = self._take_over() if central else None
        except BaseException:
            self._release()
            raise

    def _connections(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        _create(self._path)
        writer = connect(self._path)
        try:
            migrate(writer, self._path, steps())
            return writer, connect(self._path, read_only=True)
        except BaseException:
            writer.close()
            raise

    def _take_over(self) -> int:
        """Check the database, and fence off a central that believes it still has the store."""
        self.check()
        with self._writing, sealed(self._path), transaction(self._writer):
            self._writer.execute(queries.NEXT_EPOCH)
            return int(one(self._writer, queries.EPOCH))

    def check(self) -> None:
        """Read every page of the database.

        Raises:
            StoreFailure: it is damaged.
        """
        with sealed(self._path):
            answer = one(self._reader, "PRAGMA quick_check(1)")
        if answer != "ok":
            raise StoreFailure(f"{self._path}: damaged: {answer}; restore it from a backup")

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Begin an atomic change; it commits when the block ends, and rolls back on an error."""
        with self._writing, sealed(self._path), transaction(self._writer):
            self._refuse_if_fenced()
            yield SqliteUnit(self._writer, self._path, self._decoded)

    def _refuse_if_fenced(self) -> None:
        if self._epoch is None:
            return
        newest = one(self._writer, queries.EPOCH)
        if newest != self._epoch:
            raise StoreFailure(f"{self._path}: another central took this store over; this one ends")

    def _rows(self, query: str, *values: object) -> list[Row]:
        with self._reading, sealed(self._path):
            return self._reader.execute(query, values).fetchall()

    def keys(self) -> Sequence[KeyRecord]:
        """Return every agent, revoked ones too."""
        return [rows.key_record(row) for row in self._rows(queries.KEYS)]

    def tokens(self) -> Sequence[TokenRecord]:
        """Return every token, used ones too."""
        return [rows.token_record(row) for row in self._rows(queries.INVITATIONS)]

    def all_evidence(self) -> Sequence[ServerEvidence]:
        """Return all servers' evidence."""
        return self.changed_evidence(0)[1]

    def changed_evidence(self, after: int) -> tuple[int, Sequence[ServerEvidence]]:
        """Return the evidence put after revision `after`, and the newest revision (0: none yet)."""
        found = self._rows(queries.CHANGED_EVIDENCE, after)
        newest = found[-1][3] if found else after
        return newest, [server_evidence(row, self._decoded) for row in found]

    def findings(self) -> Sequence[Finding]:
        """Return the current findings."""
        found = self._rows(queries.FINDINGS)
        return [
            rows.unpack(Finding, row, f"finding {row[4]} of {row[2]}/{row[3]}") for row in found
        ]

    def history(self, client: str, start: datetime, end: datetime) -> Sequence[FindingChange]:
        """Return a client's changes in [start, end) and, for each finding, the last one before."""
        found = self._rows(queries.HISTORY, client, rows.text(start), rows.text(end))
        return [rows.finding_change(row) for row in found]

    def statements(self, key_id: str) -> Sequence[StoredStatement]:
        """Return an agent's accepted statements in order."""
        return [rows.stored_statement(row) for row in self._rows(queries.STATEMENTS, key_id)]

    def log(self, client: str) -> Sequence[LogEntry]:
        """Return a client's evidence log."""
        return [rows.log_entry(row) for row in self._rows(queries.LOG, client)]

    def tree(self, client: str) -> TreeState:
        """Return a client's evidence log's state."""
        found = self._rows(queries.TREE, client)
        return rows.tree_state(found[0] if found else None)

    def count_refusal(self, reason: str) -> None:
        """Count a refused statement."""
        with self._writing, sealed(self._path), transaction(self._writer):
            self._writer.execute(queries.COUNT, (reason,))

    def refusals(self) -> Mapping[str, int]:
        """Return the refused statements by reason."""
        return {reason: total for reason, total in self._results().items() if reason != ACCEPTED}

    def accepted_total(self) -> int:
        """Return how many statements were accepted."""
        return self._results().get(ACCEPTED, 0)

    def _results(self) -> dict[str, int]:
        return dict(self._rows(queries.RESULTS))

    def close(self) -> None:
        """Release the store."""
        self._reader.close()
        self._writer.close()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()


def _lock(directory: Path) -> CentralLock:
    try:
        return CentralLock(directory / LOCK)
    except OSError as error:
        raise StoreError(f"{directory}: no store can be kept here: {error.strerror}") from error


def _create(path: Path) -> None:
    """Make an empty private file, durably in its folder, if there is none."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
