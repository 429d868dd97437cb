"""Load a dump into an empty server, and tell benign errors from real ones.

psql and pg_restore disagree on exit statuses and say too little of an error, so the server's own
log is judged, every line of it; a client's complaint that never reached the server counts as well.
"""

from __future__ import annotations

import re

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.dump import TOC
from guardian_agent.restore.handing import copy_over
from guardian_agent.restore.postgresql.dump import DumpFile
from guardian_agent.restore.postgresql.messages import Judged, judge
from guardian_agent.restore.postgresql.server import MAINTENANCE, Instance
from guardian_agent.system import Completed
from guardian_agent.wire.facts.words import Reason

TARGET = "guardian_restored"
"""The database that a dump of one database is loaded into, unless it makes its own."""

_USUAL = "UTF8"
_OF_CLIENTS_ALONE = frozenset({"BIG5", "GB18030", "GBK", "JOHAB", "SHIFT_JIS_2004", "SJIS", "UHC"})
"""Encodings that no database has: somebody told pg_dump to write them."""

_OBJECTS = """\
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""
_DATABASES = "select datname from pg_database where not datistemplate order by datname"

_NO_OWNERS = ("--no-owner", "--no-privileges", "--no-tablespaces")
"""Roles and tablespaces belong to a server and are in no dump of one database. What is proven is
the data; roles made up here would prove nothing of those that are missing."""

_DBNAME = re.compile(rb"^; +dbname: (.*)$", re.MULTILINE)
_COMPLAINT = re.compile(rb"^(psql|pg_restore)(:<stdin>:[0-9]+)?: error: (.*)$", re.MULTILINE)
_REPEATED = (b"could not execute query: ERROR:", b"COPY failed for table")
"""What pg_restore only passes on from the server, whose log has it."""
_WORDS = (
    (b"server closed the connection", Reason.INTERNAL),
    (b"connection to server was lost", Reason.INTERNAL),
    (b"connection to server", Reason.INTERNAL),
    (b"invalid command \\restrict", Reason.UNSUPPORTED),
    (b"unsupported version", Reason.UNSUPPORTED),
    (b"does not support compression", Reason.UNSUPPORTED),
    (b"non-seekable input", Reason.UNSUPPORTED),
    (b"\\!: failed", Reason.UNSAFE_CONTENTS),
    (b"backslash commands are restricted", Reason.UNSAFE_CONTENTS),
    (b"could not execute command", Reason.UNSAFE_CONTENTS),
    (b"could not initiate", Reason.UNSAFE_CONTENTS),
    (b"Resource temporarily unavailable", Reason.UNSAFE_CONTENTS),
    (b"Permission denied", Reason.UNSAFE_CONTENTS),
    (b"File too large", Reason.UNSAFE_CONTENTS),
    (b"invalid command", Reason.STATEMENT_FAILED),
)
"""psql may start no process and write no file: a dump that makes it try is not one of pg_dump's."""


def prove_empty(server: Instance) -> None:
    """Make the target and prove that nothing is in it, nor in the server beside it.

    Raises:
        ProbeError: NOT_EMPTY.
    """
    databases = [row[0] for row in server.rows(MAINTENANCE, _DATABASES)]
    if databases != [MAINTENANCE] or server.rows(MAINTENANCE, _OBJECTS) != [["0"]]:
        raise ProbeError(Reason.NOT_EMPTY, "the throw-away server was not empty")


def make_target(server: Instance, encoding: str) -> None:
    """Make the target in the dump's encoding: rows of a database without one fit no other."""
    if encoding in _OF_CLIENTS_ALONE:
        encoding = _USUAL
    # The server's own locale is one of UTF-8; C goes with every encoding.
    locale = "" if encoding == _USUAL else "lc_collate 'C' lc_ctype 'C'"
    words = f"template template0 encoding '{encoding}' {locale}"
    server.rows(MAINTENANCE, f"create database {TARGET} {words}")
    if server.rows(TARGET, _OBJECTS) != [["0"]]:
        raise ProbeError(Reason.NOT_EMPTY, f"{TARGET} was not empty")


def load(server: Instance, fetched: Fetched, database: str | None) -> int:
    """Load a dump and return how many benign messages there were.

    Raises:
        ProbeError: STATEMENT_FAILED, DAMAGED, INCOMPLETE, UNSAFE_CONTENTS; or what kept it from
            being loaded here.
    """
    prove_empty(server)
    if fetched.form is Form.DIRECTORY:
        return _load_directory(server, fetched, database)
    dump = DumpFile(server.room, fetched.path)
    if fetched.form is Form.ARCHIVE or dump.head.startswith(b"PGDMP"):
        make_target(server, dump.encoding)
        return _load_archive(server, dump, database)
    dump.prove_whole()
    return _load_plain(server, dump)


def _load_plain(server: Instance, dump: DumpFile) -> int:
    """Stop at the first error; where it is a benign one, begin again and judge them all.

    Never in one transaction: a benign error would roll all of it back and leave an empty database.
    """
    found = _psql(server, dump, stop=True)
    if found.reason is Reason.NONE and found.notices:
        _start_again(server)
        found = _psql(server, dump, stop=False)
    return _proven(found)


def _psql(server: Instance, dump: DumpFile, *, stop: bool) -> Judged:
    database = MAINTENANCE
    if not dump.of_all_databases:
        make_target(server, dump.encoding)
        database = TARGET
    words = ["-X", "-q", "-v", f"ON_ERROR_STOP={int(stop)}", "-o", "/dev/null", "-d", database]
    done = server.client("psql", [*words, "-f", "-"], feeder=dump.feeder)
    return _judged(server, done)


def _start_again(server: Instance) -> None:
    for row in server.rows(MAINTENANCE, _DATABASES):
        if row[0] != MAINTENANCE:
            quoted = row[0].replace('"', '""')
            server.rows(MAINTENANCE, f'drop database "{quoted}"')


def _load_archive(server: Instance, dump: DumpFile, database: str | None) -> int:
    listed = server.client("pg_restore", ["--list"], feeder=dump.feeder)
    _prove_named(listed, database)
    words = [*_NO_OWNERS, "--dbname", TARGET]
    return _proven(_judged(server, server.client("pg_restore", words, feeder=dump.feeder)))


def _load_directory(server: Instance, fetched: Fetched, database: str | None) -> int:
    place = f"{server.room.workshop}/dump"
    copy_over(server.room, fetched.path, place)
    make_target(server, DumpFile(server.room, f"{fetched.path}/{TOC}").encoding)
    listed = server.client("pg_restore", ["--list", place])
    _prove_named(listed, database)
    words = [*_NO_OWNERS, "--dbname", TARGET, place]
    return _proven(_judged(server, server.client("pg_restore", words)))


def _prove_named(listed: Completed, database: str | None) -> None:
    """Raise when the archive cannot be read at all, or says that it is of another database."""
    if listed.status:
        raise _raised(_complained(listed) or Judged(notices=0, reason=Reason.DAMAGED))
    named = _DBNAME.search(listed.stdout)
    if database is not None and named is not None and named[1] != database.encode():
        raise ProbeError(Reason.INCOMPLETE, f"the dump is of another database than {database!r}")


def _judged(server: Instance, done: Completed) -> Judged:
    """Return what the server's log says, else what the client or its feeder complained of.

    Of a statement that the server refused the client knows the cause, where the cause is the dump
    (it ends too early) or itself (it may start no process).
    """
    found = judge(server.log.news())
    if found.reason not in (Reason.NONE, Reason.STATEMENT_FAILED):
        return found
    complained = _complained(done)
    if complained is not None:
        return complained
    if found.reason is not Reason.NONE:
        return found
    if done.feeder_status and not done.status:
        text = "the dump cannot be unpacked to its end"
        return Judged(notices=found.notices, reason=Reason.DAMAGED, text=text)
    if done.status and not found.notices:
        text = f"the client ended with {done.status}"
        return Judged(notices=0, reason=Reason.INTERNAL, text=text)
    return found


def _complained(done: Completed) -> Judged | None:
    """Return the weight of what a client said that it does not only pass on from the server."""
    for line in _COMPLAINT.finditer(done.stderr):
        text = line[3]
        if any(phrase in text for phrase in _REPEATED):
            continue
        default = Reason.STATEMENT_FAILED if line[1] == b"psql" else Reason.DAMAGED
        reason = next((reason for phrase, reason in _WORDS if phrase in text), default)
        return Judged(notices=0, reason=reason, text=text.decode("utf-8", "backslashreplace"))
    return None


def _proven(found: Judged) -> int:
    if found.reason is not Reason.NONE:
        raise _raised(found)
    return found.notices


def _raised(found: Judged) -> ProbeError:
    return ProbeError(found.reason, f"while loading: {found.text}")
