"""Connections: how SQLite must be set so that a receipt is never a lie, and whose errors they are.

`synchronous=FULL` waits for the disk at each commit; with NORMAL, acknowledged statements are lost
in a power cut (8 syncs for 50 commits were measured). Settings are read back: SQLite ignores what
it does not know.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from guardian.errors import StoreError, StoreFailure

BUSY_SECONDS = 5.0
"""How long a unit waits for another process's unit before it is refused."""

_SETTINGS = (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1))
_FATAL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes keep the primary one in the lowest byte."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the database with the settings above; transactions are begun by hand.

    Raises:
        StoreError: it cannot be opened, or SQLite refuses a setting.
    """
    with sealed(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _settle(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def _settle(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    for name, wanted in _SETTINGS:
        connection.execute(f"PRAGMA {name} = {wanted}")
        found = one(connection, f"PRAGMA {name}")
        if found != wanted:
            raise StoreError(f"{path}: {name} is {found!r}, {wanted!r} is needed")
    if read_only:
        connection.execute("PRAGMA query_only = 1")


def one(connection: sqlite3.Connection, query: str, *values: object) -> Any:  # noqa: ANN401
    """Return the first column of the first row."""
    return connection.execute(query, values).fetchone()[0]


@contextmanager
def sealed(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into the store's.

    Raises:
        StoreFailure: the disk or the file failed.
        StoreError: anything else: busy, full, refused by a constraint.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code in _FATAL:
            raise StoreFailure(f"{path}: {error}; restore it from a backup if it stays") from error
        raise StoreError(f"{path}: {error}") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the writer's place from the first statement on; commit at the end or roll back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
