"""A throw-away MariaDB server on a socket, run by an ordinary user, and backups of it."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.world.commands import Ran, run

SHOP = """
CREATE DATABASE shop;
USE shop;
CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(80) NOT NULL);
CREATE TABLE orders (
  id INT PRIMARY KEY, customer INT REFERENCES customers (id), euros DECIMAL(10, 2), placed DATETIME,
  note TEXT, KEY (customer)
);
INSERT INTO customers SELECT seq, CONCAT('Customer ', seq) FROM seq_1_to_200;
INSERT INTO orders
  SELECT seq, 1 + seq % 200, seq * 1.19, '2026-11-01 08:00:00' + INTERVAL (seq % 20) DAY,
    'a\\nb\\'c'
  FROM seq_1_to_5000;
CREATE VIEW dear AS SELECT * FROM orders WHERE euros > 1000;
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n;
"""
"""5,200 rows in two tables; the last orders were placed on 2026-11-20."""

_OPTIONS = (
    "--no-defaults",
    "--skip-networking",
    "--innodb-flush-method=nosync",
    "--innodb-use-native-aio=0",
    "--innodb-log-file-size=16M",
)


@dataclass(slots=True)
class MariaDB:
    """A running server with a database `shop`."""

    folder: Path
    user: str | None

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def sql(self, script: str, database: str = "") -> str:
        """Run a script and return what it printed."""
        words = ("--no-defaults", f"--socket={self.socket}", "--user=root", "-BN")
        named = (database,) if database else ()
        return run("mariadb", *words, *named, stdin=script).checked().output

    def dump(self, target: Path, *words: str) -> Ran:
        """Dump to a file; `words` say what ("shop", "--all-databases")."""
        target.parent.mkdir(parents=True, exist_ok=True)
        connect = ("--no-defaults", f"--socket={self.socket}", "--user=root")
        done = run("mariadb-dump", *connect, "--routines", *words).checked()
        target.write_text(done.output)
        return done

    def back_up(self, target: Path, *, base: Path | None = None) -> Ran:
        """Back up physically; only what changed since `base`, where there is one."""
        target.parent.mkdir(parents=True, exist_ok=True)
        connect = ("--no-defaults", f"--socket={self.socket}", "--user=root")
        words = () if base is None else (f"--incremental-basedir={base}",)
        aim = (
            "--backup",
            f"--target-dir={target}",
            f"--datadir={self.folder / 'data'}",
            f"--tmpdir={self.folder}",
        )
        return run("mariadb-backup", *connect, *aim, *words).checked()


@contextlib.contextmanager
def mariadb(script: str = SHOP, *options: str) -> Iterator[MariaDB]:
    """Start a server that listens on a socket alone, and end it at the end."""
    with tempfile.TemporaryDirectory(
        prefix="guardian-mariadb-", ignore_cleanup_errors=True
    ) as made:
        server = MariaDB(Path(made), "nobody" if os.geteuid() == 0 else None)
        process = _started(server, options)
        try:
            _await(server, process)
            server.sql(script)
            yield server
        finally:
            process.terminate()
            process.wait(60)


def _started(server: MariaDB, options: Sequence[str]) -> subprocess.Popen[bytes]:
    folder, user = server.folder, server.user
    if user is not None:
        who = pwd.getpwnam(user)
        os.chown(folder, who.pw_uid, who.pw_gid)
    # A server that starts removes what others have in its folder for temporary tables.
    own = (f"--datadir={folder / 'data'}", f"--tmpdir={folder}")
    make = ("--no-defaults", *own, "--auth-root-authentication-method=normal")
    run("mariadb-install-db", *make, "--skip-test-db", "--skip-name-resolve", user=user).checked()
    words = ["/usr/sbin/mariadbd", *_OPTIONS, *own, f"--socket={server.socket}", *options]
    groups = None if user is None else []
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            words, stdout=log, stderr=log, user=user, extra_groups=groups, cwd="/"
        )


def _await(server: MariaDB, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.socket.exists() and process.poll() is None:
            with contextlib.suppress(RuntimeError):
                server.sql("SELECT 1;")
                return
        time.sleep(0.05)
    raise RuntimeError((server.folder / "log").read_text())
