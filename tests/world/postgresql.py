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
create table orders (
  id int primary key, customer int references customers, euros numeric, placed timestamptz
);
insert into customers select n, 'Customer ' || n from generate_series(1, 200) n;
insert into orders
  select n, 1 + n % 200, n * 1.19, now() - (5000 - n) * interval '10 s'
  from generate_series(1, 5000) n;
"""


@dataclass(slots=True)
class PostgreSQL:
    """A running server with a database `shop`."""

    folder: Path
    programs: Path
    user: str | None
    shift: str | None = None
    """How far the server's clock is moved ("-10d")."""
    listen: str = ""
    """The addresses that it listens on beside its socket; without, none."""
    port: int = 5432

    def dump(self, target: Path, *words: str, form: str = "custom", database: str = "shop") -> Ran:
        """Dump in a format ("custom", "directory", "plain", "tar") to `target`."""
        target.parent.mkdir(parents=True, exist_ok=True)
        made = self.folder / f"dump-{target.name}"
        done = self("pg_dump", *self.socket, "-F", form, "-f", made, *words, database)
        shutil.move(made, target)
        return done

    def base_backup(self, target: Path, *words: str) -> Ran:
        """Make a base backup; `words` as for pg_basebackup ("-Ft", "-Xnone")."""
        target.parent.mkdir(parents=True, exist_ok=True)
        made = self.folder / f"base-{target.name}"
        done = self(
            "pg_basebackup", *self.socket, "-D", made, "-c", "fast", "--no-sync", *words
        ).checked()
        shutil.move(made, target)
        return done

    def dump_all(self, target: Path, *words: str) -> Ran:
        """Dump all databases and roles to `target`."""
        target.parent.mkdir(parents=True, exist_ok=True)
        done = self("pg_dumpall", *self.socket, *words)
        target.write_text(done.output)
        return done

    def sql(self, text: str, database: str = "shop") -> Ran:
        """Run statements."""
        words = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", text)
        return self("psql", *self.socket, *words).checked()

    def create(self, database: str, *words: str) -> None:
        """Create an empty database."""
        self("createdb", *self.socket, *words, database).checked()

    @contextlib.contextmanager
    def database(self, name: str, *words: str) -> Iterator[str]:
        """Create an empty database for a while: whoever dumps all after it must not meet it."""
        self.create(name, *words)
        try:
            yield name
        finally:
            self("dropdb", *self.socket, "--force", name).checked()

    @property
    def socket(self) -> tuple[Path | str, ...]:
        """How a client finds the server."""
        return ("-h", self.folder, "-p", str(self.port), "-U", "postgres")

    @property
    def data(self) -> Path:
        """The server's data directory."""
        return self.folder / "data"

    def start(self) -> None:
        """Start the server on its socket."""
        listen = f"-c listen_addresses='{self.listen}' -p {self.port}"
        options = f"{listen} -k {self.folder} -c fsync=off"
        start = ("-D", self.data, "-l", self.folder / "log", "-w", "-o", options, "start")
        moved = () if self.shift is None else _moved(self.shift)
        run(*moved, self.programs / "pg_ctl", *start, user=self.user).checked()

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server ("fast": as an operator would)."""
        self("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def __call__(self, program: str, *words: Path | str) -> Ran:
        return run(self.programs / program, *words, user=self.user)


def _moved(shift: str) -> tuple[str, ...]:
    """Return what moves a daemon's clock; the command `faketime` would wait for it to end."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    clock = (f"LD_PRELOAD={library}", f"FAKETIME={shift}", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    return ("env", *clock)


def programs() -> Path:
    """Return the newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run deploy/develop/install.sh")
    return found[-1]


@contextlib.contextmanager
def postgresql(
    *settings: str,
    checksums: bool = False,
    shift: str | None = None,
    listen: str = "",
    port: int = 5432,
) -> Iterator[PostgreSQL]:
    """Start a server that listens on a socket alone, and stop it at the end.

    Args:
        settings: further lines of its configuration.
        checksums: let every page carry one.
        shift: how far the server's clock is moved ("-10d").
        listen: addresses that it listens on, too.
        port: where it listens there; part of its socket's name.
    """
    folder = Path(tempfile.mkdtemp(prefix="guardian-postgresql-"))
    user = None
    if os.geteuid() == 0:
        user = "nobody"
        who = pwd.getpwnam(user)
        os.chown(folder, who.pw_uid, who.pw_gid)
    server = PostgreSQL(folder, programs(), user, shift, listen, port)
    words = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
    words += ["--data-checksums"] if checksums else []
    try:
        server("initdb", "-D", server.data, *words).checked()
        with (server.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{line}\n" for line in settings)
        server.start()
        server.create("shop")
        server.sql(ORDERS)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
