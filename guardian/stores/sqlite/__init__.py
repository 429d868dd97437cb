"""SQLite, in one folder: WAL, `synchronous=FULL`, short writing units, one central."""

from guardian.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
