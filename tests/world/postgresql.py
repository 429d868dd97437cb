"""A throw-away PostgreSQL server on a socket, run by an ordinary user, and dumps of it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.world.commands import Ran, run

ORDERS = """
create table customers (id int primary key, name text not null);
create table orders (id int primary key, customer int references customers, euros numeric);
insert into customers select n, 'Customer ' || n from generate_series(1, 200) n;
insert into orders select n, 1 + n % 200, n * 1.19 from generate_series(1, 5000) n;
"""


@dataclass(slots=True)
class PostgreSQL:
    """A running server with a database `shop`."""

    folder: Path
    programs: Path
    user: str | None

    def dump(self, target: Path, *, form: str = "custom") -> Ran:
        """Dump `shop` in a format ("custom", "directory", "plain") to `target`."""
        target.parent.mkdir(parents=True, exist_ok=True)
        made = self.folder / f"dump-{target.name}"
        done = self("pg_dump", "-h", self.folder, "-U", "postgres", "-F", form, "-f", made, "shop")
        shutil.move(made, target)
        return done

    def __call__(self, program: str, *words: Path | str) -> Ran:
        return run(self.programs / program, *words, user=self.user)


def programs() -> Path:
    """Return the newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run deploy/develop/install.sh")
    return found[-1]


@contextlib.contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Start a server that listens on a socket alone, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="guardian-postgresql-"))
    user = None
    if os.geteuid() == 0:
        user = "nobody"
        who = pwd.getpwnam(user)
        os.chown(folder, who.pw_uid, who.pw_gid)
    server = PostgreSQL(folder, programs(), user)
    data = folder / "data"
    server(
        "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"
    ).checked()
    options = f"-c listen_addresses= -k {folder} -c fsync=off"
    start = ("-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    server("pg_ctl", *start).checked()
    try:
        server("createdb", "-h", folder, "-U", "postgres", "shop").checked()
        server("psql", "-h", folder, "-U", "postgres", "-q", "-d", "shop", "-c", ORDERS).checked()
        yield server
    finally:
        server("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
