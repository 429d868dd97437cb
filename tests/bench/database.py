"""What a database test costs beside the tool's own restore of the same dump.

Ours is the installed command, `guardian-agent restore-test --kind database`, from its start to its
end: with a server made and started, the dump loaded, every row counted and a question asked. The
other is pg_restore or psql alone, into an empty database of a server that runs already. Like ours
it does not wait for its disk, and takes the lowest priority, so that whatever else the machine does
weighs on both alike. The dump is pgbench's tables, a gigabyte of rows without packing.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench._result import Result, at_most
from tests.world.commands import run
from tests.world.guardian import Guardian, agent_config
from tests.world.monitor import BackupCopy, BackupSet, Server
from tests.world.postgresql import PostgreSQL, postgresql

SCALE = 105
"""A scale of 1 are 100,000 accounts of about 97 bytes."""
ROWS = SCALE * 100_000
GOAL = 1.25
ROUNDS = 3
SECONDS = 3600.0
ROOM_BYTES = 6 * 10**9
FORMS = {"custom": "pg_restore", "plain": "psql"}


def measure() -> Sequence[Result]:
    """Return the ratio for an archive and for a plain dump."""
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name, postgresql() as server:
        folder = Path(name)
        folder.chmod(0o755)
        _made_low(server)
        words = ("--initialize", "--quiet", f"--scale={SCALE}", "shop")
        _call(server, "pgbench", *server.socket, *words)
        return [result for form in FORMS for result in _of_form(folder, server, form)]


def _of_form(folder: Path, server: PostgreSQL, form: str) -> Iterator[Result]:
    dump = folder / form / "shop.dump"
    dump.parent.mkdir(mode=0o755)
    made = server.folder / "made"
    packing = ("-Z0",) if form == "custom" else ()
    _call(server, "pg_dump", *server.socket, "-F", form, *packing, "-f", made, "shop")
    made.rename(dump)
    agent = _agreed(folder / f"agent-{form}", dump.parent)
    ours, other = [], []
    for _ in range(ROUNDS):
        other.append(_theirs(server, form, dump))
        ours.append(_ours(agent))
    yield at_most(
        GOAL,
        name=f"database-{form}",
        unit="s",
        ours=min(ours),
        other=min(other),
        peer=f"{FORMS[form]} of {dump.stat().st_size / 1e9:.2f} GB",
    )
    dump.unlink()


def _ours(server: Server) -> float:
    words = ("restore-test", "shop-db", "--kind", "database", "--json")
    began = time.perf_counter()
    done = run("guardian-agent", "--config", agent_config(server), *words, seconds=SECONDS)
    took = time.perf_counter() - began
    fact = json.loads(done.checked().output.splitlines()[-1])
    if fact["outcome"] != "passed" or fact["database"]["rows"] < ROWS:
        raise RuntimeError(f"{fact['outcome']} ({fact['reason']})")
    return took


def _theirs(server: PostgreSQL, form: str, dump: Path) -> float:
    server.create("restored")
    into = (*server.socket, "-d", "restored")
    words = ("-q", "-v", "ON_ERROR_STOP=1", "-f", dump) if form == "plain" else (dump,)
    began = time.perf_counter()
    _call(server, FORMS[form], *into, *words)
    took = time.perf_counter() - began
    server("dropdb", *server.socket, "restored").checked()
    return took


def _call(server: PostgreSQL, program: str, *words: Path | str) -> None:
    low = ("nice", "-n", "19", server.programs / program)
    run(*low, *words, user=server.user, seconds=SECONDS).checked()


def _made_low(server: PostgreSQL) -> None:
    """Give the server the priority that ours takes; what it starts inherits it."""
    number = (server.data / "postmaster.pid").read_text().split()[0]
    run("renice", "-n", "19", "-p", number).checked()
    run("ionice", "-c", "3", "-p", number).checked()


def _agreed(folder: Path, dumps: Path) -> Server:
    """Connect a server whose backup set is the folder of dumps, and have a checkpoint given."""
    question = {"name": "accounts", "sql": "select count(*) from pgbench_accounts", "equal": ROWS}
    settings: dict[str, object] = {"tool": "postgres_dump", "path": str(dumps), "pattern": "*"}
    shop = BackupSet(
        name="shop-db",
        copies=(BackupCopy(name="dumps", settings=settings),),
        tests=({"kind": "database", "room_bytes": ROOM_BYTES, "question": [question]},),
    )
    server = Server(client="acme", name="db1", folder=folder / "db1", sets=[shop])
    server.limits["restore_seconds"] = int(SECONDS)
    central = Guardian(folder / "central").create()
    central.protect(server)
    central.look(server)
    return server
