"""Reads a SQLite database that a stranger may have written, in a process of its own.

    python -I -B -m guardian_agent.probing.sqlite_child REQUEST

REQUEST is a JSON object: `path`; `own`: the file is a private copy in which a log that lies beside
it may be played back, else the file is read as it lies; `asked`: a file with a JSON list of SQL
statements, null to check the file alone; `seconds`: for each statement. One line of JSON answers.

It is the only part of the agent that imports sqlite3, and is never imported by the others: whatever
a hostile file does to the library, it does to a confined process without secrets. It imports
nothing of the agent either, so that it starts at once.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

_REASONS = {
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_FULL: "quota_exceeded",
    sqlite3.SQLITE_NOMEM: "quota_exceeded",
    sqlite3.SQLITE_CANTOPEN: "permission_denied",
    sqlite3.SQLITE_INTERRUPT: "timeout",
    sqlite3.SQLITE_IOERR: "internal",
    sqlite3.SQLITE_BUSY: "locked",
}
"""Anything else says that the file wants what is not here: a collation, a function, a module."""
_CHECKED = ("NULL value in ", "CHECK constraint failed in ", "TEXT value in ", "NUMERIC value in ")
"""What `integrity_check` says of rows that break a rule of their table: written so, not damaged."""
_MESSAGES = 1000
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
_CANARY_BYTES = 4096
_VALUE_BYTES = 100
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_OF_MODULES = frozenset(
    {(sqlite3.SQLITE_PRAGMA, "data_version"), (sqlite3.SQLITE_UPDATE, "sqlite_master")}
)
"""What SQLite asks on behalf of full text search; `sqlite_master` itself is never writable."""
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer"})


def main() -> int:
    """Answer one request; return the exit status."""
    request = json.loads(sys.argv[1])
    try:
        answer = _answer(request)
    except sqlite3.Error as error:
        answer = {"reason": _reason(error)}
    except UnicodeDecodeError:
        answer = {"reason": "damaged"}  # a name that is no text stands in a complaint
    except MemoryError:
        answer = {"reason": "quota_exceeded"}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with closing(_opened(request["path"], own=request["own"])) as database:
        notices = _checked(database)
        if notices is None:
            return {"reason": "damaged"}
        if request["asked"] is None:
            return {"reason": "none"}
        broken = database.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()[0]
        size = _size(database)
        _restrict(database)
        names = list(_tables(database))
        with open(request["asked"], encoding="utf-8") as file:  # noqa: PTH123 - starts at once
            asked = json.load(file)
        return {
            "reason": "none",
            "version": sqlite3.sqlite_version,
            "tables": len(names),
            "rows": sum(_rows(database, name) for name in names),
            "bytes": size,
            "notices": notices + broken,
            "values": [_value(database, sql, request["seconds"]) for sql in asked],
            "canary": _canary(database),
        }


def _opened(path: str, *, own: bool) -> sqlite3.Connection:
    """Open the file: a private copy as any program would, else as it lies, whatever is beside."""
    place = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    mode = "mode=rw" if own else "mode=ro&immutable=1"
    database = sqlite3.connect(f"file:{place}?{mode}", uri=True, isolation_level=None, timeout=5)
    database.text_factory = bytes
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _checked(database: sqlite3.Connection) -> int | None:
    """Return how many rows break a rule of their table; None when the file is damaged."""
    said = [row[0] for row in database.execute(f"PRAGMA integrity_check({_MESSAGES})")]
    if said == [b"ok"]:
        return 0
    told = [line.decode("utf-8", "replace") for line in said]
    return len(told) if told and all(line.startswith(_CHECKED) for line in told) else None


def _size(database: sqlite3.Connection) -> int:
    count: int = database.execute("PRAGMA page_count").fetchone()[0]
    size: int = database.execute("PRAGMA page_size").fetchone()[0]
    return count * size


def _restrict(database: sqlite3.Connection) -> None:
    """From here on the database is only read: no ATTACH, no PRAGMA, no writing, no extension."""

    def allow(action: int, first: str | None, second: str | None, *_: object) -> int:
        refused = action == sqlite3.SQLITE_FUNCTION and second in _REFUSED_FUNCTIONS
        fine = (action in _ALLOWED and not refused) or (action, first) in _OF_MODULES
        return sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY

    database.set_authorizer(allow)


def _tables(database: sqlite3.Connection) -> Iterator[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\' AND sql NOT LIKE 'create virtual%' AND name <> 'guardian_canary'"
    )
    for (name,) in rows:
        yield name.decode("utf-8", "surrogateescape")


def _rows(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    count: int = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608
    return count


def _value(database: sqlite3.Connection, sql: str, seconds: float) -> dict[str, Any]:
    """Return a statement's one value as text, or the reason why there is none."""
    database.set_progress_handler(_late(seconds), _STEPS)
    try:
        rows = database.execute(sql).fetchmany(2)
    except sqlite3.Error as error:
        reason = _reason(error)
        return {"reason": "statement_failed" if reason == "unsupported" else reason}
    except (UnicodeDecodeError, sqlite3.Warning):
        return {"reason": "statement_failed"}
    finally:
        database.set_progress_handler(None, 0)
    if len(rows) != 1 or len(rows[0]) != 1:
        return {"reason": "no_answer"}
    return _told(rows[0][0])


def _told(found: object) -> dict[str, Any]:
    """Return a value as text; what no number and no time can be written with is no answer."""
    if isinstance(found, bytes):
        text = found[:_VALUE_BYTES].decode("ascii", "replace")
    else:
        text = "" if found is None else str(found)
    printable = text.isascii() and text.isprintable()
    return {"reason": "none", "text": text} if printable else {"reason": "no_answer"}


def _late(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _canary(database: sqlite3.Connection) -> str | None:
    """Return the newest row's canary in hexadecimal: a later canary's tree is larger."""
    sql = "SELECT canary FROM guardian_canary ORDER BY length(canary) DESC, canary DESC LIMIT 1"
    try:
        row = database.execute(sql).fetchone()
    except sqlite3.Error:
        return None
    found = row[0] if row is not None else None
    return found[:_CANARY_BYTES].hex() if isinstance(found, bytes) else None


def _reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return _REASONS.get(code & 0xFF, "unsupported")


if __name__ == "__main__":
    sys.exit(main())
