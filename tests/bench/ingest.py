"""What central's ingest costs beyond the work that nobody can leave out.

Ours is `guardian serve` over HTTPS on loopback: eight enrolled agents of four clients post signed
statements of 4 KB that were made beforehand, from another process, each over one connection that
stays open. The limit is the sum of the parts in one plain loop, a statement at a time: verify
Ed25519, decode strictly, commit one row to SQLite (WAL, `synchronous=FULL`). Half of the limit is
measured before and half after ours.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.envelope import open_envelope, read_envelope
from guardian_agent.wire.statement import PAYLOAD_TYPE, Statement

from guardian.app import open_app
from tests.bench import _posting
from tests.bench._posting import Posted
from tests.bench._result import Result, at_least
from tests.bench._speakers import SETS, Speaker, enrolled
from tests.world.commands import run
from tests.world.guardian import Guardian
from tests.world.monitor import BackupCopy, BackupSet, Server
from tests.world.serving import serving

CLIENTS = ("acme", "birch", "cedar", "delta")
SERVERS = ("web1", "web2")
STATEMENTS = 2000
SECONDS = 20
"""After these the client stops, however many statements are left."""
GOAL = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many statements in how much time."""

    statements: int
    cpu: float
    wall: float


def measure() -> Sequence[Result]:
    """Return the ratios by CPU time and by the clock on the wall."""
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name:
        folder = Path(name)
        guardian = Guardian(folder / "central").create()
        guardian.speak_https()
        speakers = _speakers(guardian)
        given = _in_turn(speakers)
        parts = [_parts(folder / "a.db", given[::2])]
        commits = [_commits(folder / "b.db", given[::2])]
        ours = _ingest(guardian, speakers)
        parts.append(_parts(folder / "c.db", given[1::2]))
        commits.append(_commits(folder / "d.db", given[1::2]))
    return (
        at_least(
            GOAL,
            name="ingest-cpu",
            unit="statements/CPU s",
            ours=ours.statements / ours.cpu,
            other=sum(each.statements for each in parts) / sum(each.cpu for each in parts),
            peer="verify + decode + commit",
        ),
        at_least(
            GOAL,
            name="ingest-wall",
            unit="statements/s",
            ours=ours.statements / ours.wall,
            other=sum(each.statements for each in commits) / sum(each.wall for each in commits),
            peer="commits alone",
        ),
    )


def _speakers(guardian: Guardian) -> Sequence[Speaker]:
    copies = (BackupCopy(name="offsite", settings={"tool": "restic"}),)
    for client in CLIENTS:
        for server in SERVERS:
            sets = [BackupSet(name=each, copies=copies) for each in SETS]
            folder = guardian.folder / "servers" / client / server
            guardian.configure(Server(client=client, name=server, folder=folder, sets=sets))
    each = STATEMENTS // (len(CLIENTS) * len(SERVERS))
    app = open_app(guardian.config)
    try:
        return [enrolled(app, client, name, each) for client in CLIENTS for name in SERVERS]
    finally:
        app.close()


def _in_turn(speakers: Sequence[Speaker]) -> list[tuple[bytes, bytes]]:
    """Return every (public key, envelope) as they come when all agents speak at once."""
    streams = [[(each.public_key, envelope) for envelope in each.envelopes] for each in speakers]
    return [one for turn in zip_longest(*streams) for one in turn if one is not None]


def _ingest(guardian: Guardian, speakers: Sequence[Speaker]) -> Rate:
    with serving(guardian) as address:
        process = int((guardian.folder / "store" / "guardian.lock").read_text())
        job = _posting.job(address, SECONDS, [each.envelopes for each in speakers])
        before = _cpu_seconds(process)
        done = run(
            sys.executable,
            "-m",
            "tests.bench._posting",
            stdin=job,
            directory=Path(__file__).parents[2],
        ).checked()
        cpu = _cpu_seconds(process) - before
    posted = Posted(**json.loads(done.output))
    return Rate(statements=posted.accepted, cpu=cpu, wall=posted.seconds)


def _cpu_seconds(process: int) -> float:
    """Return a process's time in user and kernel mode, all threads (proc(5), fields 14 and 15)."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def _parts(database: Path, given: Sequence[tuple[bytes, bytes]]) -> Rate:
    connection = _connect(database)

    def one(public_key: bytes, raw: bytes) -> None:
        envelope = read_envelope(raw)
        payload = open_envelope(envelope, public_key, PAYLOAD_TYPE)
        statement = build(Statement, read_json(payload), lenient=True)
        _commit(connection, envelope.key_id, statement.number, raw)

    return _timed(one, given)


def _commits(database: Path, given: Sequence[tuple[bytes, bytes]]) -> Rate:
    connection = _connect(database)
    numbers = iter(range(len(given)))
    return _timed(lambda key, raw: _commit(connection, key.hex(), next(numbers), raw), given)


def _connect(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE statements (key_id TEXT, number INTEGER, envelope BLOB,"
        " PRIMARY KEY (key_id, number)) STRICT"
    )
    return connection


def _commit(connection: sqlite3.Connection, key_id: str, number: int, raw: bytes) -> None:
    connection.execute("INSERT INTO statements VALUES (?, ?, ?)", (key_id, number, raw))


def _timed(one: Callable[[bytes, bytes], None], given: Sequence[tuple[bytes, bytes]]) -> Rate:
    wall, cpu = time.perf_counter(), time.process_time()
    for public_key, raw in given:
        one(public_key, raw)
    return Rate(
        statements=len(given), cpu=time.process_time() - cpu, wall=time.perf_counter() - wall
    )
