"""Commands that can write nowhere but in a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from guardian_agent.errors import ProbeError
from guardian_agent.system import Background, Completed, Confinement, Files, Processes
from guardian_agent.wire.facts.words import Reason

FULL_BELOW_BYTES = 1024 * 1024
"""A file system with less than this free is taken for full: tools write in larger pieces."""

NEARLY_FULL = 4
"""With less than this part of the room free a tool that complains of space is believed."""

OUT_OF_SPACE = (b"no space left on device", b"disk quota exceeded")
TOO_LARGE = (b"file too large",)
OUT_OF_MEMORY = (
    b"cannot allocate memory",
    b"out of memory",
    b"memory exhausted",
    b"not enough memory",
    b"memoryerror",
    b"bad_alloc",
)
"""How tools, in lower case, say that the kernel gave them no more.

Of space they may say so and leave some free: what is written in large pieces fits no more.
"""


class ConfinedProcesses:
    """The port `Processes`, every command within one confinement and no file above `limit`.

    A command that fails in a full room has failed for want of space, whatever it says; one that
    complains of memory has met the limit of its confinement. Neither is the backup's fault.
    """

    def __init__(
        self, inner: Processes, files: Files, confinement: Confinement, limit: int
    ) -> None:
        self._inner = inner
        self._files = files
        self._confinement = confinement
        self._limit = limit

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
        """Run within the room; raise `ProbeError`, also for want of space.

        The room's confinement is the only one: `confinement` must be None.
        """
        self._own(confinement)
        done = self._inner.run(
            arguments,
            environment=environment,
            seconds=seconds,
            output_limit=output_limit,
            directory=directory,
            file_size_limit=self._at_most(file_size_limit),
            output_path=output_path,
            confinement=self._confinement,
            feeder=feeder,
        )
        want = self._want(done) if done.status else ""
        if want:
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{arguments[0]} had too little {want}")
        return done

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
        """Start a server within the room; `confinement` must be None."""
        self._own(confinement)
        return self._inner.background(
            arguments,
            environment=environment,
            directory=directory,
            log_path=log_path,
            file_size_limit=self._at_most(file_size_limit),
            confinement=self._confinement,
        )

    def pass_through(self, arguments: Sequence[str]) -> int:
        """Refuse: nothing in a room speaks with the terminal."""
        raise ProbeError(Reason.INTERNAL, f"{arguments[0]} must not run unconfined")

    def _at_most(self, wished: int | None) -> int:
        return self._limit if wished is None else min(wished, self._limit)

    def _want(self, done: Completed) -> str:
        """Say what a command that failed had too little of, if that was it."""
        said, free = done.stderr.lower(), self._free()
        if free < FULL_BELOW_BYTES or _says(said, TOO_LARGE):
            return "space"
        if free < self._limit // NEARLY_FULL and _says(said, OUT_OF_SPACE):
            return "space"
        return "memory" if _says(said, OUT_OF_MEMORY) else ""

    def _free(self) -> int:
        try:
            return self._files.free_bytes(self._confinement.home)
        except OSError:
            return self._limit

    @staticmethod
    def _own(confinement: Confinement | None) -> None:
        if confinement is not None:
            raise ProbeError(Reason.INTERNAL, "a room has one confinement")


def _says(text: bytes, phrases: Sequence[bytes]) -> bool:
    return any(phrase in text for phrase in phrases)


class OutOfReach:
    """The port `Processes` for a user who cannot reach the room: nothing is run."""

    def __init__(self, inner: Processes, message: str) -> None:
        self._inner = inner
        self._message = message

    def find(self, name: str) -> str | None:
        """Return the absolute path of a tool; see `Processes.find`."""
        return self._inner.find(name)

    def run(self, *_: object, **__: object) -> Completed:
        """Refuse."""
        raise self._error()

    def background(self, *_: object, **__: object) -> AbstractContextManager[Background]:
        """Refuse."""
        raise self._error()

    def pass_through(self, *_: object, **__: object) -> int:
        """Refuse."""
        raise self._error()

    def _error(self) -> ProbeError:
        return ProbeError(Reason.PERMISSION_DENIED, self._message)
