"""SQLite: a process of its own reads the copy, checks all of it, and asks.

Nothing is loaded, as the file is the database. A private copy may have a log beside it, which is
played back as a program would that opens it after a restore.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.sqlite_copy import SqliteCopy
from guardian_agent.probing.sqlite_reading import Read, Request, Told, read
from guardian_agent.probing.tool import RESTORE_SECONDS
from guardian_agent.restore.engine import Loaded, Value
from guardian_agent.restore.handing import move_over
from guardian_agent.restore.kind import Progress
from guardian_agent.restore.questions import read_value
from guardian_agent.restore.room import Room
from guardian_agent.system import Files
from guardian_agent.wire.facts.restores import DatabaseContents
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug

QUESTION_SECONDS = 300.0
_NAME = "sqlite"


class _Sqlite:
    """See `guardian_agent.restore.engine.Engine`."""

    def load(
        self,
        fetched: Fetched,
        room: Room,
        database: str | None,
        asked: Sequence[str],
        progress: Progress,
    ) -> Loaded:
        """Check the file and ask; a SQLite file has one database, so `database` must be None."""
        if fetched.form is not Form.FILE or database is not None:
            raise ProbeError(Reason.UNSUPPORTED, "a SQLite copy is one file with one database")
        progress("checking all pages and asking", None)
        clock = room.system.clock
        begun = clock.monotonic()
        copy = SqliteCopy(system=room.system, path=fetched.path, deadline=begun + RESTORE_SECONDS)
        copy.prove_header()
        found = _read_ours(room, copy, asked) if fetched.own else _read_there(room, copy, asked)
        return replace(_loaded(found), seconds=clock.monotonic() - begun)


ENGINE = _Sqlite()


def _read_ours(room: Room, copy: SqliteCopy, asked: Sequence[str]) -> Read:
    """Give the copy and its log to the servant, who reads it without network."""
    files, ours = room.system.files, f"{room.folder}/{_NAME}"
    files.make_directory(ours)
    for suffix in ("", *copy.logs()):
        files.rename(f"{copy.path}{suffix}", f"{ours}/database{suffix}")
    _write(files, f"{ours}/questions", asked)
    place = f"{room.workshop}/{_NAME}"
    move_over(room, ours, place)
    request = Request(
        path=f"{place}/database", own=True, asked=f"{place}/questions", seconds=QUESTION_SECONDS
    )
    try:
        return read(room.servant, request, RESTORE_SECONDS)
    except ProbeError as error:
        if error.reason is not Reason.PERMISSION_DENIED:
            raise
    # An interpreter that only we may run: what reads the file still writes nowhere else.
    return read(room.system, request, RESTORE_SECONDS)


def _read_there(room: Room, copy: SqliteCopy, asked: Sequence[str]) -> Read:
    """Read what is not ours to change, as it lies."""
    questions = f"{room.folder}/questions"
    _write(room.system.files, questions, asked)
    request = Request(path=copy.path, own=False, asked=questions, seconds=QUESTION_SECONDS)
    return read(room.system, request, RESTORE_SECONDS)


def _write(files: Files, path: str, asked: Sequence[str]) -> None:
    with files.create(path) as file:
        file.write(json.dumps(list(asked)).encode("ascii"))


def _loaded(found: Read) -> Loaded:
    if not found.tables:
        raise ProbeError(Reason.NOTHING_RESTORED, "the database has no table")
    return Loaded(
        contents=DatabaseContents(
            engine=Slug("sqlite"),
            engine_version=found.version,
            tables=found.tables,
            rows=found.rows,
            bytes=found.bytes,
            notices=found.notices,
        ),
        values=tuple(_value(told) for told in found.values),
        canary=None if found.canary is None else bytes.fromhex(found.canary),
        seconds=0.0,
    )


def _value(told: Told) -> Value:
    return read_value(told.text) if told.reason is Reason.NONE else Value(reason=told.reason)
