"""The schema's version, and how an older database is brought to it.

All steps that are missing are applied in one transaction, so a kill in the middle leaves the old
schema, and the next start begins again. A body that has another shape now is rewritten by a step
too, with a function of `older.py`: evidence that cannot be read would keep central from starting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from guardian.errors import StoreError
from guardian.stores.sqlite import migrations
from guardian.stores.sqlite.connection import one, sealed, transaction
from guardian.stores.sqlite.older import teach


def steps() -> tuple[str, ...]:
    """Return the scripts of all steps in order; step N stands at N - 1."""
    found = sorted(
        (item.name, item.read_text(encoding="utf-8"))
        for item in files(migrations).iterdir()
        if item.name.endswith(".sql")
    )
    return tuple(script for _, script in found)


def migrate(connection: sqlite3.Connection, path: Path, scripts: Sequence[str]) -> None:
    """Apply the steps that the database lacks; nothing happens when it has them all.

    Raises:
        StoreError: a newer Guardian wrote the database, or a step fails.
    """
    with sealed(path):
        if _version(connection, path, len(scripts)) == len(scripts):
            return
        with transaction(connection):
            teach(connection)
            # Read again: another process may have migrated while this one waited for its turn.
            for script in scripts[_version(connection, path, len(scripts)) :]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(scripts)}")


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    version = int(one(connection, "PRAGMA user_version"))
    if version > newest:
        raise StoreError(
            f"{path}: schema {version} was written by a newer Guardian; this one knows {newest}: "
            "install the newer version"
        )
    return version


def _statements(script: str) -> Iterator[str]:
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
