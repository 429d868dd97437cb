"""What stands in the server once something was loaded: which database, how much, what it says."""

from __future__ import annotations

from guardian_agent.errors import ProbeError
from guardian_agent.probing.tool import find_tool
from guardian_agent.restore.engine import Value
from guardian_agent.restore.postgresql.loading import TARGET
from guardian_agent.restore.postgresql.server import MAINTENANCE, Instance, parse_rows
from guardian_agent.restore.questions import read_value
from guardian_agent.wire.facts.restores import DatabaseContents
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug

_SIZES = """\
select datname, pg_database_size(oid) from pg_database
where datallowconn and not datistemplate order by datname"""

_TABLES = """\
select format('select count(*) from only %I.%I;', n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and c.relispopulated and c.relpersistence <> 't'
and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relname <> 'guardian_canary'
and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass
and d.objid = c.oid and d.deptype = 'e')"""
"""Tables of the database's own, partitions each for itself; an extension's say nothing of it."""

_CANARY_TABLE = """\
select format('%I.%I', n.nspname, c.relname) from pg_class c
join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relname = 'guardian_canary' and c.relkind = 'r' and a.attname = 'canary'
order by n.nspname limit 1"""
# A restored table has lost the order of its rows; a later canary's tree is larger.
_CANARY = "select canary from {} order by length(canary) desc, canary desc limit 1"


def choose(server: Instance, database: str | None) -> str:
    """Return the database to ask: the named one, or the largest.

    A dump of one database need not say its name: what was loaded into the target is the named one
    unless the dump made databases of its own.

    Raises:
        ProbeError: INCOMPLETE when the named one is not there.
    """
    sizes = {name: int(size) for name, size in server.rows(MAINTENANCE, _SIZES)}
    own = [name for name in sizes if name not in (TARGET, MAINTENANCE)]
    if own:
        sizes.pop(TARGET, None)
    if database in sizes:
        return database
    if database is not None and (own or TARGET not in sizes):
        raise ProbeError(Reason.INCOMPLETE, f"database {database!r} is not in the backup")
    return max(sizes, key=lambda name: (sizes[name], name != MAINTENANCE))


def contents(server: Instance, database: str, notices: int) -> DatabaseContents:
    """Count tables and, exactly, their rows: every page of every table is read.

    Raises:
        ProbeError: DAMAGED when a page cannot be read.
    """
    counts = _counts(server, database)
    ((size,),) = server.rows(database, "select pg_database_size(current_database())")
    ((version,),) = server.rows(database, "show server_version_num")
    return DatabaseContents(
        engine=Slug("postgresql"),
        engine_version=Slug(_spelt(int(version))),
        tables=len(counts),
        rows=sum(counts),
        bytes=int(size),
        notices=notices,
    )


def canary(server: Instance, database: str) -> bytes | None:
    """Return the newest row of the canary table, if there is one."""
    tables = server.rows(database, _CANARY_TABLE)
    found = server.rows(database, _CANARY.format(tables[0][0])) if tables else []
    return found[0][0].encode() if found else None


def value(server: Instance, database: str, sql: str) -> Value:
    """Ask an operator's question: one row of one column, a number or a time."""
    try:
        done = server.asked(database, sql)
    except ProbeError as error:
        # No number or time is as long as what a client may print.
        over = error.reason is Reason.OUTPUT_LIMIT
        return Value(reason=Reason.NO_ANSWER if over else error.reason)
    if done.status:
        return Value(reason=Reason.DAMAGED if b"XX00" in done.stderr else Reason.STATEMENT_FAILED)
    rows = parse_rows(done.stdout)
    if len(rows) != 1 or len(rows[0]) != 1:
        return Value(reason=Reason.NO_ANSWER)
    return read_value(rows[0][0])


def _counts(server: Instance, database: str) -> list[int]:
    """Count in one session; the statements, one for each table, are written down by the server."""
    statements = f"{server.room.folder}/counts.sql"
    server.write_rows(database, _TABLES, statements)
    cat = [find_tool(server.room.system, "cat"), statements]
    return [int(line) for line in server.play(database, cat).split()]


def _spelt(number: int) -> str:
    """Return a version number as people write it: 150020 is 15.20."""
    return f"{number // 10000}.{number % 10000}"
