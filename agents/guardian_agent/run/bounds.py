"""Hold every command of a step to one deadline and one output limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.system import (
    Background,
    Clock,
    Completed,
    Confinement,
    Processes,
    System,
)
from guardian_agent.wire.facts.words import Reason


class BoundedProcesses:
    """The port `Processes`, its commands ended at `deadline` (monotonic) whatever they ask for."""

    def __init__(self, inner: Processes, clock: Clock, deadline: float, output_bytes: int) -> None:
        self._inner = inner
        self._clock = clock
        self._deadline = deadline
        self._output_bytes = output_bytes

    def find(self, name: str) -> str | None:
        """Return the absolute path of a tool; see `Processes.find`."""
        return self._inner.find(name)

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
        """Run within what is left of the time; raise `ProbeError` when nothing is."""
        left = self._left(arguments[0])
        kept = output_limit if output_path else min(output_limit, self._output_bytes)
        return self._inner.run(
            arguments,
            environment=environment,
            seconds=min(seconds, left),
            output_limit=kept,
            directory=directory,
            file_size_limit=file_size_limit,
            output_path=output_path,
            confinement=confinement,
            feeder=feeder,
        )

    def background(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        log_path: str,
        file_size_limit: int | None = None,
        confinement: Confinement | None = None,
    ) -> AbstractContextManager[Background]:
        """Start a server unless the time is over; the commands that ask it keep the deadline."""
        self._left(arguments[0])
        return self._inner.background(
            arguments,
            environment=environment,
            directory=directory,
            log_path=log_path,
            file_size_limit=file_size_limit,
            confinement=confinement,
        )

    def pass_through(self, arguments: Sequence[str]) -> int:
        """Refuse: nothing that is bounded may speak with the terminal."""
        raise ProbeError(Reason.INTERNAL, f"{arguments[0]} must not run unbounded")

    def _left(self, command: str) -> float:
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise ProbeError(Reason.TIMEOUT, f"no time left to run {command}")
        return left


def bounded(system: System, *, seconds: float, output_bytes: int) -> System:
    """Return the machine with all commands together held to `seconds` from now."""
    processes = BoundedProcesses(
        system.processes, system.clock, system.clock.monotonic() + seconds, output_bytes
    )
    return replace(system, processes=processes)
