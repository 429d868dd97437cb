"""A throw-away PostgreSQL server: in the room's workshop, as the servant, on a socket alone.

No network, no archive, no library of the operator's, nothing written to stable storage. It is never
root: PostgreSQL itself refuses that, and what it is fed is a stranger's SQL.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.probing.postgresql import Programs
from guardian_agent.probing.tool import RESTORE_SECONDS, find_tool, run_tool
from guardian_agent.restore.postgresql.messages import Message, read_log
from guardian_agent.restore.room import Room
from guardian_agent.system import Background, Completed
from guardian_agent.wire.facts.words import Reason

SUPERUSER = "guardian_restore"
MAINTENANCE = "postgres"
"""The database that every server has."""
START_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LOG_LINE_BYTES = 4096
_READABLE = 0o644

# The socket lies in the data directory, named from there: the kernel takes no more than 107 bytes.
_SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '.'
unix_socket_permissions = 0700
max_connections = 20
max_locks_per_transaction = 256
max_prepared_transactions = 200
shared_buffers = 128MB
maintenance_work_mem = 128MB
dynamic_shared_memory_type = mmap
autovacuum = off
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 512MB
checkpoint_timeout = 1h
archive_mode = off
shared_preload_libraries = ''
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%e '
log_min_messages = error
log_min_error_statement = error
log_error_verbosity = terse
lc_messages = 'C'
"""
_LATER_SETTINGS = ((11, "jit = off\n"), (12, "wal_init_zero = off\n"))
"""By the major version that brought them."""
# Whoever reaches the socket is the servant: its folder is nobody else's.
_WHO_MAY = "local all all trust\n"

_OUR_OWN = {"PGOPTIONS": "-c search_path=pg_catalog"}
"""For our own questions: what was restored may hold functions named like the server's."""
_ONLY_READING = {"PGOPTIONS": "-c default_transaction_read_only=on"}


class Log:
    """The server's log: what was written since the last look is read once."""

    def __init__(self, room: Room, path: str) -> None:
        self._files = room.system.files
        self.path = path
        self._read = 0

    def news(self) -> Iterator[Message]:
        """Yield the errors logged since the last look."""
        yield from read_log(self._lines())

    def skip(self) -> None:
        """Take what was logged so far for read."""
        for _ in self._lines():
            pass

    def _lines(self) -> Iterator[bytes]:
        with contextlib.suppress(FileNotFoundError), self._files.open(self.path) as file:
            file.seek(self._read)
            whole = True
            while line := file.readline(_LOG_LINE_BYTES):
                if whole:
                    yield line
                whole = line.endswith(b"\n")
            self._read = file.tell()


class Instance:
    """A data directory in the workshop, the programs for it, and its log."""

    def __init__(self, room: Room, programs: Programs, name: str = "data") -> None:
        self.room = room
        self.programs = programs
        self.data = f"{room.workshop}/{name}"
        self.log = Log(room, f"{room.folder}/server.log")
        self._settings = f"{room.workshop}/server.conf"
        self._who_may = f"{room.workshop}/server.hba"

    def create(self) -> None:
        """Make an empty cluster.

        Raises:
            ProbeError: QUOTA_EXCEEDED, TIMEOUT; INTERNAL for anything else.
        """
        self.run(
            "initdb",
            ("-D", self.data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"),
            ("--locale=C.UTF-8", "--no-sync"),
        )

    def configure(self) -> None:
        """Write the settings under which alone it ever starts."""
        major = float(self.programs.major)
        later = "".join(line for since, line in _LATER_SETTINGS if major >= since)
        for path, text in ((self._settings, _SETTINGS + later), (self._who_may, _WHO_MAY)):
            with self.room.system.files.create(path, _READABLE) as file:
                file.write(text.encode("ascii"))

    def options(self) -> list[str]:
        """Return the server's options: data, and our settings instead of those that came along."""
        files = {"config_file": self._settings, "hba_file": self._who_may}
        words = [f"{name}={path}" for name, path in files.items()]
        return ["-D", self.data, *(part for word in words for part in ("-c", word))]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run the server; it is ended at once on leaving, without a last checkpoint.

        Raises:
            ProbeError: it does not start.
        """
        server = self.programs(self.room.system, "postgres")
        with self.room.servant.processes.background(
            [server, *self.options()], directory=self.room.workshop, log_path=self.log.path
        ) as background:
            self._wait(background)
            try:
                yield
            finally:
                with contextlib.suppress(ProbeError):
                    self.run("pg_ctl", ("-D", self.data, "-m", "immediate", "-W", "stop"))

    def run(self, program: str, *words: Sequence[str], feeder: Sequence[str] | None = None) -> None:
        """Run one of the server's programs as the servant, successfully.

        Raises:
            ProbeError: INTERNAL when it ends with an error, with what it said.
        """
        arguments = [self.programs(self.room.system, program), *(w for part in words for w in part)]
        done = run_tool(self.room.servant, arguments, directory=self.room.workshop, feeder=feeder)
        if done.status:
            raise ProbeError(Reason.INTERNAL, f"{program}: {_said(done)}")

    def client(
        self,
        program: str,
        words: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        feeder: Sequence[str] | None = None,
        seconds: float = RESTORE_SECONDS,
        output_path: str | None = None,
    ) -> Completed:
        """Run a client that starts no process and writes no file, whatever its input asks for."""
        tied = [find_tool(self.room.system, "prlimit"), "--nproc=0", "--fsize=0"]
        environment = {
            "PGHOST": "/proc/self/cwd",
            "PGUSER": SUPERUSER,
            "PGTZ": "UTC",
            "PGDATESTYLE": "ISO",
            "PGPASSFILE": "/dev/null",
            **(variables or {}),
        }
        return run_tool(
            self.room.servant,
            [*tied, self.programs(self.room.system, program), *words],
            environment=environment,
            seconds=seconds,
            directory=self.data,
            feeder=feeder,
            output_path=output_path,
        )

    def rows(self, database: str, sql: str) -> list[list[str]]:
        """Return what one of our own statements gives.

        Raises:
            ProbeError: DAMAGED when the server finds its data so, INTERNAL otherwise.
        """
        done = self.query(database, sql, _OUR_OWN)
        if done.status:
            raise ProbeError(_why(done), f"{sql[:60]}: {_said(done)}")
        return parse_rows(done.stdout)

    def write_rows(self, database: str, sql: str, path: str) -> None:
        """Write the lines of one of our own statements to a new file of ours.

        Raises:
            ProbeError: as `rows`.
        """
        words = ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        done = self.client("psql", words, variables=_OUR_OWN, output_path=path)
        if done.status:
            raise ProbeError(_why(done), f"{sql[:60]}: {_said(done)}")

    def play(self, database: str, feeder: Sequence[str]) -> bytes:
        """Run the statements that `feeder` writes and return what they print.

        Raises:
            ProbeError: as `rows`.
        """
        words = ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate"]
        done = self.client("psql", [*words, "-d", database], variables=_OUR_OWN, feeder=feeder)
        if done.status:
            raise ProbeError(_why(done), f"while counting: {_said(done)}")
        return done.stdout

    def asked(self, database: str, sql: str) -> Completed:
        """Ask an operator's question, in transactions that may only read."""
        return self.query(database, sql, _ONLY_READING)

    def query(self, database: str, sql: str, variables: Mapping[str, str]) -> Completed:
        """Ask for rows as CSV without a head; errors by their SQLSTATE alone."""
        words = ["-X", "-q", "-t", "--csv", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate"]
        return self.client("psql", [*words, "-d", database, "-c", sql], variables=variables)

    def _wait(self, background: Background) -> None:
        clock = self.room.system.clock
        until = clock.monotonic() + START_SECONDS
        while self.client("psql", ["-X", "-q", "-d", MAINTENANCE, "-c", ""]).status:
            if not background.alive() or clock.monotonic() > until:
                raise ProbeError(Reason.INTERNAL, f"the server did not start: {self._why_not()}")
            clock.sleep(_POLL_SECONDS)
        self.log.skip()  # it turned us away while it started

    def _why_not(self) -> str:
        return "; ".join(message.text for message in self.log.news()) or "it says nothing"


def parse_rows(answer: bytes) -> list[list[str]]:
    """Return the rows of a CSV answer; a line that is empty is one null."""
    text = io.StringIO(answer.decode("utf-8", "replace"), newline="")
    try:
        return [row or [""] for row in csv.reader(text)]
    except csv.Error:  # a field far longer than any number or time
        return []


def _why(done: Completed) -> Reason:
    return Reason.DAMAGED if b"XX00" in done.stderr else Reason.INTERNAL


def _said(done: Completed) -> str:
    return done.stderr[-500:].decode("utf-8", "backslashreplace").strip()
