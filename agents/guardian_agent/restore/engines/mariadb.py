"""MariaDB and MySQL: a throw-away server loads a dump, or starts from a physical backup.

A dump is loaded statement by statement until the first error, never as one transaction: what the
server would take in part it takes in part, and says so. Then the server is started anew without its
own users, as a dump may have brought others, and asked. DATETIME has no zone: it is taken for UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.sql_dump import SqlDump
from guardian_agent.probing.tool import RESTORE_SECONDS
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.kind import Progress
from guardian_agent.restore.mariadb import asking
from guardian_agent.restore.mariadb.configuration import is_foreign, options_of
from guardian_agent.restore.mariadb.definers import make_definers
from guardian_agent.restore.mariadb.errors import error_of
from guardian_agent.restore.mariadb.server import Client, Instance, programs
from guardian_agent.restore.room import Room
from guardian_agent.restore.unpacking import prove_unpacked, unpacker
from guardian_agent.wire.facts.words import Reason

WITHOUT_USERS = "--skip-grant-tables"
_TARGET = "restored"
"""The database of a dump that names none."""


class _Mariadb:
    """See `guardian_agent.restore.engine.Engine`."""

    def load(
        self,
        fetched: Fetched,
        room: Room,
        database: str | None,
        asked: Sequence[str],
        progress: Progress,
    ) -> Loaded:
        """Load a plain dump, or start from a prepared physical backup, and ask."""
        clock = room.system.clock
        instance = Instance(room, programs(room))
        begun = clock.monotonic()
        fixed = 0.0
        options: Sequence[str] = ()
        notices = 0
        if fetched.form is Form.PLAIN:
            fixed, notices = _from_dump(instance, room, fetched.path, database, progress)
        elif fetched.form is Form.CLUSTER:
            options = options_of(room.system.files, fetched.path)
            instance.take(fetched.path)
        else:
            raise ProbeError(Reason.UNSUPPORTED, f"{fetched.form}: not a form of MariaDB's")
        with instance.running(WITHOUT_USERS, *options, fault=Reason.DAMAGED) as client:
            seconds = clock.monotonic() - begun - fixed
            progress("counting and asking", None)
            loaded = _ask(client, database, asked, check=fetched.form is Form.CLUSTER)
        contents = replace(loaded.contents, notices=loaded.contents.notices + notices)
        return replace(loaded, contents=contents, seconds=seconds, fixed_seconds=fixed)


ENGINE = _Mariadb()


def _from_dump(
    instance: Instance, room: Room, path: str, database: str | None, progress: Progress
) -> tuple[float, int]:
    """Load a dump into an empty instance; return the seconds until there was one, and notices."""
    clock = room.system.clock
    deadline = clock.monotonic() + RESTORE_SECONDS
    dump = SqlDump(system=room.system, path=path, deadline=deadline)
    dump.read_through()
    begun = clock.monotonic()
    instance.make()
    with instance.running(fault=Reason.INTERNAL) as client:
        if asking.tables(client):
            raise ProbeError(Reason.NOT_EMPTY, "the throw-away server was not empty")
        fixed = clock.monotonic() - begun
        progress("loading the dump", None)
        notices = _load(client, room, dump, dump.database() or database or _TARGET)
    return fixed, notices


def _load(client: Client, room: Room, dump: SqlDump, target: str) -> int:
    """Run the dump up to its first error; what names no database of its own goes into `target`.

    Returns how many users were made up for it.
    """
    client.rows(f"CREATE DATABASE {asking.quoted(target)};\n")
    feeder = unpacker(room.system, dump.path)
    made_up = make_definers(client, room, feeder)
    done = client.feed(feeder, database=target)
    prove_unpacked(done, dump.path)
    if not done.status:
        return made_up
    error = error_of(done, dump.path)
    made_by = dump.server_version()
    if error.reason is Reason.STATEMENT_FAILED and is_foreign(made_by, asking.version(client)):
        message = f"dumped from {made_by!a}, a server of another kind or a newer one: {error}"
        raise ProbeError(Reason.UNSUPPORTED, message)
    raise error


def _ask(client: Client, database: str | None, asked: Sequence[str], *, check: bool) -> Loaded:
    if check:
        asking.check(client, asking.tables(client))
    found = asking.measured(client)
    name = asking.database_asked(found, database)
    if database is not None:
        found = [table for table in found if table.database == name]
    return Loaded(
        contents=asking.contents(client, found),
        values=tuple(asking.value(client, name, sql) for sql in asked),
        canary=asking.canary(client, name),
        seconds=0.0,
    )
