"""The machine's commands: under a deadline and an output limit, and never outlived by children."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import BinaryIO

from guardian_agent.errors import ProbeError
from guardian_agent.system import family
from guardian_agent.system.feeding import fed, left
from guardian_agent.system.following import Capture, End, close, follow
from guardian_agent.system.ports import Background, Completed, Confinement
from guardian_agent.system.relaying import signals_passed_on
from guardian_agent.system.starting import Terms, start
from guardian_agent.system.tools import find_trusted
from guardian_agent.system.watching import Watch
from guardian_agent.wire.facts.words import Reason

GRACE_SECONDS = 5.0
"""How long a command may tidy up (release its lock) between TERM and KILL."""

EXIT_NOT_EXECUTABLE = 126
EXIT_NOT_FOUND = 127
_SIGNAL_BASE = 128


class RealProcesses:
    """Commands in a session of their own, with a clean environment."""

    def __init__(self, grace: float = GRACE_SECONDS) -> None:
        self._grace = grace

    def find(self, name: str) -> str | None:
        """Return the absolute path of a tool that nobody but root and we may replace, or None.

        Raises:
            ProbeError: TOOL_UNTRUSTED when it is there, but others may replace it.
        """
        return find_trusted(name)

    def run(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        seconds: float,
        output_limit: int,
        directory: str | None = None,
        file_size_limit: int | None = None,
        output_path: str | None = None,
        confinement: Confinement | None = None,
        feeder: Sequence[str] | None = None,
    ) -> Completed:
        """Run to the end or kill it with all its descendants; see the port.

        `LD_*` never reaches the command. Raises `ProbeError` when it cannot be started or takes
        more than it may, and `OSError` when `output_path` cannot be written.
        """
        begun = time.monotonic()
        terms = Terms(
            environment=environment,
            directory=directory,
            file_size_limit=file_size_limit,
            confinement=confinement,
        )
        with family.orphans_ended(), _destination(output_path) as out, fed(feeder, terms) as source:
            process = start(arguments, terms, stdin=source.stream)
            source.let_go()
            taken = (Capture(out, output_limit), Capture(io.BytesIO(), output_limit))
            watch = Watch(confinement)
            try:
                end = follow(process, taken, begun + seconds, watch)
                if end in (End.DEADLINE, End.LIMIT):  # who takes too much gets no grace
                    self._ask_to_stop(process)
            finally:
                status = family.end_group(process)
                close(process)
            patience = left(begun + seconds, self._grace) if end is End.EXITED else 0.0
            feeder_status = source.finish(patience)
        if end is End.QUOTA:
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{arguments[0]} was ended: {watch.breach}")
        return Completed(
            status=status,
            stdout=taken[0].kept(),
            stderr=taken[1].kept(),
            seconds=time.monotonic() - begun,
            timed_out=end is End.DEADLINE,
            over_limit=end is End.LIMIT,
            feeder_status=feeder_status,
        )

    @contextmanager
    def background(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        log_path: str,
        file_size_limit: int | None = None,
        confinement: Confinement | None = None,
    ) -> Iterator[Background]:
        """Start a server and end it, with all its descendants, on leaving; see the port."""
        terms = Terms(
            environment=environment,
            directory=directory,
            file_size_limit=file_size_limit,
            confinement=confinement,
        )
        with family.orphans_ended():
            with _log(log_path) as log:
                process = start(arguments, terms, stdout=log, stderr=log)
            try:
                yield _Running(process)
            finally:
                family.signal_group(process, signal.SIGTERM)
                family.wait(process, self._grace)
                family.end_group(process)

    def pass_through(self, arguments: Sequence[str]) -> int:
        """Run with our own stdin, stdout, stderr and environment; return the exit status.

        As in a shell: 128 and the signal's number when killed, 127 when there is no such command,
        126 when it cannot be executed. TERM and HUP are passed on to the command.
        """
        with signals_passed_on() as relay:
            try:
                process = subprocess.Popen(arguments)
            except FileNotFoundError:
                return EXIT_NOT_FOUND
            except OSError:
                return EXIT_NOT_EXECUTABLE
            relay.aim(process.pid)
            status = process.wait()
        return status if status >= 0 else _SIGNAL_BASE - status

    def _ask_to_stop(self, process: subprocess.Popen[bytes]) -> None:
        """Send TERM and give the grace, reading on: a full pipe would keep it from ending."""
        family.signal_group(process, signal.SIGTERM)
        rest = (Capture(io.BytesIO(), 0, endless=True), Capture(io.BytesIO(), 0, endless=True))
        follow(process, rest, time.monotonic() + self._grace, Watch(None))


class _Running:
    """A server at work; see `Background`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._process.returncode is None and not family.has_exited(self._process)


@contextmanager
def _log(path: str) -> Iterator[BinaryIO]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise ProbeError(Reason.PERMISSION_DENIED, message) from error
    with os.fdopen(descriptor, "ab") as file:
        yield file


@contextmanager
def _destination(path: str | None) -> Iterator[BinaryIO]:
    if path is None:
        with nullcontext(io.BytesIO()) as memory:
            yield memory
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        yield file
