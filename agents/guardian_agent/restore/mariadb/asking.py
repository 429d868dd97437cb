"""What stands in a running server: which databases, how many rows, what answers a question gets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.restore.engine import Value
from guardian_agent.restore.mariadb.errors import error_of
from guardian_agent.restore.mariadb.server import Client
from guardian_agent.restore.questions import read_value
from guardian_agent.wire.facts.restores import DatabaseContents
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug

QUESTION_SECONDS = 300.0
_NOT_ANSWERED = frozenset({Reason.TIMEOUT, Reason.INTERRUPTED})
"""What says nothing of the database; any other error is the question's answer."""

_OWN = "('mysql', 'information_schema', 'performance_schema', 'sys')"
_TABLES = f"""
SELECT HEX(table_schema), HEX(table_name), COALESCE(data_length, 0) + COALESCE(index_length, 0)
  FROM information_schema.tables
  WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND table_schema NOT IN {_OWN}
    AND table_name <> 'guardian_canary';
"""  # noqa: S608 - constants
"""The canary's own table says nothing of the data."""
_BROKEN_VIEWS = f"""
SELECT COUNT(*) FROM information_schema.tables
  WHERE table_type = 'VIEW' AND table_comment <> 'VIEW' AND table_schema NOT IN {_OWN};
"""  # noqa: S608 - constants
"""Views whose definer or table is not here; the definer of a view need not be on this server."""
_CANARY = """
SELECT HEX(LEFT(canary, 4096)) FROM guardian_canary
  ORDER BY LENGTH(canary) DESC, canary DESC LIMIT 1;
"""
"""A restored table has lost the order of its rows; a later canary's tree is larger."""
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its size in bytes."""

    database: str
    name: str
    bytes: int

    @property
    def quoted(self) -> str:
        """Return its whole name as SQL."""
        return f"{quoted(self.database)}.{quoted(self.name)}"


def quoted(name: str) -> str:
    """Return a name as SQL."""
    return "`" + name.replace("`", "``") + "`"


def version(client: Client) -> str:
    """Return what the server says that it is ("10.11.19-MariaDB-0+deb12u1").

    Raises:
        ProbeError: it cannot be asked.
    """
    return client.rows("SELECT VERSION();\n")[0][0]


def tables(client: Client) -> list[Table]:
    """Return all tables that are not the server's own, their sizes as last measured.

    Raises:
        ProbeError: they cannot be listed.
    """
    return [
        Table(database=_name(database), name=_name(name), bytes=int(size))
        for database, name, size in client.rows(_TABLES)
    ]


def measured(client: Client) -> list[Table]:
    """Return the tables with their sizes as they are now; the server measures them now and then.

    Raises:
        ProbeError: they cannot be listed.
    """
    script = "".join(f"ANALYZE TABLE {table.quoted};\n" for table in tables(client))
    client.run(script)
    return tables(client)


def database_asked(found: Sequence[Table], wanted: str | None) -> str:
    """Return which database is asked: the one wanted, or the largest.

    Raises:
        ProbeError: INCOMPLETE when the one wanted has no table, NOTHING_RESTORED when none has.
    """
    if not found:
        raise ProbeError(Reason.NOTHING_RESTORED, "no table was restored")
    sizes: dict[str, int] = {}
    for table in found:
        sizes[table.database] = sizes.get(table.database, 0) + table.bytes
    if wanted is None:
        return max(sizes, key=lambda name: (sizes[name], name))
    if wanted not in sizes:
        raise ProbeError(Reason.INCOMPLETE, f"database {wanted!a} is not in the backup")
    return wanted


def contents(client: Client, found: Sequence[Table]) -> DatabaseContents:
    """Count the rows of the tables, one by one.

    Raises:
        ProbeError: DAMAGED when a table cannot be read; TIMEOUT, INTERRUPTED.
    """
    script = "".join(f"SELECT COUNT(*) FROM {table.quoted};\n" for table in found)  # noqa: S608
    try:
        counts = [int(row[0]) for row in client.rows(script)]
    except ProbeError as error:
        raise _unreadable(error) from error
    found_version = _VERSION.match(version(client))
    return DatabaseContents(
        engine=Slug("mariadb"),
        engine_version=Slug(found_version[0]) if found_version else None,
        tables=len(found),
        rows=sum(counts),
        bytes=sum(table.bytes for table in found),
        notices=int(client.rows(_BROKEN_VIEWS)[0][0]),
    )


def check(client: Client, found: Sequence[Table]) -> None:
    """Let the server check every page of the tables.

    Raises:
        ProbeError: DAMAGED, naming none of them.
    """
    script = "".join(f"CHECK TABLE {table.quoted};\n" for table in found)
    rows = client.rows(script)
    bad = [row for row in rows if row[-2:-1] == ["error"] or row[-1] in {"Corrupt", "Crashed"}]
    if bad:
        raise ProbeError(Reason.DAMAGED, f"{len(bad)} of the tables are damaged")


def value(client: Client, database: str, sql: str) -> Value:
    """Return what one statement gives, in a transaction that may only read."""
    statement = sql.strip().rstrip(";").rstrip()
    script = f"START TRANSACTION READ ONLY;\n{statement}\n;\n"
    try:
        done = client.run(script, database=database, seconds=QUESTION_SECONDS)
        if done.status:
            raise error_of(done, "a question")
    except ProbeError as error:
        answers = error.reason in _NOT_ANSWERED
        return Value(reason=error.reason if answers else Reason.STATEMENT_FAILED)
    lines = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
    if len(lines) != 1:
        return Value(reason=Reason.NO_ANSWER)
    return read_value(lines[0])


def canary(client: Client, database: str) -> bytes | None:
    """Return the newest row's canary, if there is such a table with such a column."""
    try:
        rows = client.rows(_CANARY, database=database)
        return bytes.fromhex(rows[0][0]) if rows else None
    except (ProbeError, ValueError):
        return None


def _unreadable(error: ProbeError) -> ProbeError:
    """A table that was listed and cannot be counted is no good."""
    if error.reason is not Reason.STATEMENT_FAILED:
        return error
    return ProbeError(Reason.DAMAGED, str(error))


def _name(told: str) -> str:
    return bytes.fromhex(told).decode("utf-8", "surrogateescape")
