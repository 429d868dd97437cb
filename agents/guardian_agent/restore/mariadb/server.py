"""A throw-away MariaDB or MySQL server in a room's workshop, and its client.

It has no network, loads no plugin, reads and writes no file of an SQL statement's choice, starts no
event and follows no `DATA DIRECTORY`; what is restored into it may be anybody's. Its client takes
no command from a dump (`system`, `source`), and both run as the servant.

Sources: "mariadbd Options" and "mariadb Command-Line Client" in MariaDB's documentation, and the
same pages of MySQL; `loose-` marks what only one of them knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.probing.tool import RESTORE_SECONDS, find_tool, run_tool
from guardian_agent.restore.handing import move_over
from guardian_agent.restore.mariadb.errors import error_of
from guardian_agent.restore.room import Room
from guardian_agent.system import Background, Completed
from guardian_agent.wire.facts.words import Reason

START_SECONDS = 300.0
LOAD_SECONDS = RESTORE_SECONDS

_PATIENCE = 0.05
"""Seconds between two attempts to reach a server that starts."""
_READY = "SELECT 1;\n"
_SOCKET = "socket"
"""Relative to the data: the path of a socket has little room."""
_OPTIONS = (
    "--no-defaults",
    "--skip-networking",
    f"--socket={_SOCKET}",
    "--pid-file=pid",
    "--skip-log-bin",
    "--skip-slave-start",
    "--skip-symbolic-links",
    "--local-infile=0",
    "--event-scheduler=OFF",
    "--default-time-zone=+00:00",
    "--character-set-server=utf8mb4",
    "--max-allowed-packet=1G",
    "--loose-performance-schema=OFF",
    "--loose-mysqlx=OFF",
    "--loose-persisted-globals-load=OFF",
    "--innodb-strict-mode=OFF",
    # What is thrown away need not survive a power cut.
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-use-native-aio=0",
)
_CLIENT_OPTIONS = (
    "--no-defaults",
    "--protocol=socket",
    f"--socket={_SOCKET}",
    "--user=root",
    "--batch",
    "--skip-column-names",
    "--binary-mode",
    "--loose-sandbox",
    "--local-infile=0",
    "--default-character-set=utf8mb4",
    "--max-allowed-packet=1G",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the server and its client are installed."""

    server: str
    client: str
    install: str | None
    """Makes an empty instance; None where the server does that itself (MySQL)."""


class Client:
    """Speaks with the running server."""

    def __init__(self, room: Room, program: str, data: str) -> None:
        self._room = room
        self._program = program
        self._data = data

    def feed(
        self, feeder: Sequence[str], *, database: str | None = None, seconds: float = LOAD_SECONDS
    ) -> Completed:
        """Run what a command writes; the exit status tells how it ended.

        Raises:
            ProbeError: TIMEOUT, OUTPUT_LIMIT.
        """
        words = [] if database is None else [f"--database={database}"]
        return run_tool(
            self._room.servant,
            [self._program, *_CLIENT_OPTIONS, *words],
            seconds=seconds,
            directory=self._data,
            feeder=feeder,
        )

    def run(
        self, script: str, *, database: str | None = None, seconds: float = LOAD_SECONDS
    ) -> Completed:
        """Run a script of our own, or of the operator's; as `feed`."""
        path = f"{self._room.folder}/script"
        with self._room.system.files.create(path) as file:
            file.write(script.encode("utf-8", "surrogateescape"))
        cat = find_tool(self._room.system, "cat")
        return self.feed([cat, path], database=database, seconds=seconds)

    def rows(self, script: str, *, database: str | None = None) -> list[list[str]]:
        """Return the rows that a script of our own gives; every value must be plain ASCII.

        Raises:
            ProbeError: as `error_of` says; TIMEOUT, OUTPUT_LIMIT.
        """
        done = self.run(script, database=database)
        if done.status:
            raise error_of(done, "asking the restored database")
        lines = done.stdout.decode("ascii", "replace").splitlines()
        return [line.split("\t") for line in lines]


class Instance:
    """One instance: its data lie below the workshop."""

    def __init__(self, room: Room, programs: Programs) -> None:
        self._room = room
        self._programs = programs
        self.data = f"{room.workshop}/data"
        self._empty = f"{room.workshop}/empty"

    def make(self) -> None:
        """Make an instance without a database.

        Raises:
            ProbeError: NOT_EMPTY; INTERNAL when it cannot be made.
        """
        self._prove_none()
        self._make(self.data, self._empty)
        words = (
            [self._programs.server, "--no-defaults", "--initialize-insecure"]
            if self._programs.install is None
            else [
                self._programs.install,
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-use-native-aio=0",
            ]
        )
        done = run_tool(self._room.servant, [*words, f"--datadir={self.data}"])
        if done.status:
            text = (done.stdout + done.stderr)[-2000:].decode("utf-8", "backslashreplace")
            raise ProbeError(Reason.INTERNAL, f"no empty instance can be made: {text}")

    def take(self, folder: str) -> None:
        """Take over the data that lie in a folder of the room's own part.

        Raises:
            ProbeError: NOT_EMPTY; it cannot be given to the servant.
        """
        self._prove_none()
        self._make(self._empty)
        move_over(self._room, folder, self.data)

    @contextmanager
    def running(self, *options: str, fault: Reason) -> Iterator[Client]:
        """Start the server, wait until it answers, and end it on leaving.

        Raises:
            ProbeError: TOOL_MISSING; `fault` when it ends while it starts; TIMEOUT.
        """
        words = [
            self._programs.server,
            *_OPTIONS,
            f"--datadir={self.data}",
            f"--plugin-dir={self._empty}",
            f"--secure-file-priv={self._empty}",
            *options,
        ]
        log = f"{self._room.folder}/server-{self._room.system.randomness.bytes(4).hex()}.log"
        client = Client(self._room, self._programs.client, self.data)
        background = self._room.servant.processes.background
        with background(words, directory=self.data, log_path=log) as server:
            self._await(server, client, fault)
            yield client
            self._end(server, client)

    def _await(self, server: Background, client: Client, fault: Reason) -> None:
        clock = self._room.system.clock
        deadline = clock.monotonic() + START_SECONDS
        while client.run(_READY, seconds=START_SECONDS).status:
            if not server.alive():
                raise ProbeError(fault, "the database server ended while it started")
            if clock.monotonic() > deadline:
                raise ProbeError(Reason.TIMEOUT, "the database server did not start in time")
            clock.sleep(_PATIENCE)

    def _end(self, server: Background, client: Client) -> None:
        """Let it write everything down; one that refuses us is ended without."""
        if client.run("SHUTDOWN;\n").status:
            return
        clock = self._room.system.clock
        deadline = clock.monotonic() + START_SECONDS
        while server.alive() and clock.monotonic() < deadline:
            clock.sleep(_PATIENCE)

    def _prove_none(self) -> None:
        if self._room.system.files.exists(self.data):
            raise ProbeError(Reason.NOT_EMPTY, f"{self.data}: is there already")

    def _make(self, *folders: str) -> None:
        """Make folders of the servant's own."""
        mkdir = find_tool(self._room.system, "mkdir")
        done = run_tool(self._room.servant, [mkdir, "-m", "700", *folders])
        if done.status:
            raise ProbeError(Reason.PERMISSION_DENIED, f"{folders}: cannot be made")


def programs(room: Room) -> Programs:
    """Return the installed server: MariaDB, or else MySQL.

    Raises:
        ProbeError: TOOL_MISSING.
    """
    find = room.system.processes.find
    server = find("mariadbd") or find("mysqld")
    if server is None:
        raise ProbeError(Reason.TOOL_MISSING, "mariadbd: not found; install mariadb-server")
    client = find("mariadb") or find_tool(room.system, "mysql")
    install = find("mariadb-install-db") or find("mysql_install_db")
    return Programs(server=server, client=client, install=install)
