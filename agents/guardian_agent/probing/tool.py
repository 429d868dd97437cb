"""Run a backup tool: find it, bound it, and turn what went wrong into a reason.

What a tool writes to stderr stays here: it is searched for known phrases and never travels, since
it quotes paths, hosts and sometimes secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Reason

ASK_SECONDS = 300.0
RESTORE_SECONDS = 7 * 86400.0
"""More than any restore takes: a test's own deadline, which the operator sets, ends it before."""
VERIFY_SECONDS = 6 * 3600.0
OUTPUT_BYTES = 64 * 1024 * 1024
LISTING_BYTES = 4 * 1024**3
"""For listings of every file, which go to disk and are read line by line."""

_SETTINGS_BYTES = 64 * 1024
_ARGUMENT_BYTES = 256 * 1024
"""Well below Linux's 2 MiB for all arguments and variables together."""
_KILLED = frozenset({128 + 2, 128 + 9, 128 + 15})


class Failures:
    """How one tool says what went wrong: by its exit status, else by a phrase of its stderr."""

    def __init__(
        self, *, exits: Mapping[int, Reason], phrases: Sequence[tuple[bytes, Reason]]
    ) -> None:
        self._exits = exits
        self._phrases = phrases

    def reason(self, done: Completed) -> Reason:
        """Return why a command that did not succeed failed; an unknown status is a failure too."""
        if done.status in self._exits:
            return self._exits[done.status]
        if done.status < 0 or done.status in _KILLED:
            return Reason.INTERRUPTED
        found = (reason for phrase, reason in self._phrases if phrase in done.stderr)
        return next(found, Reason.EXIT_STATUS)

    def error(self, done: Completed, what: str) -> ProbeError:
        """Return the error for a command that did not succeed, with the end of its text."""
        text = done.stderr[-2000:].decode("utf-8", "backslashreplace").strip()
        return ProbeError(self.reason(done), f"{what}: exit status {done.status}: {text}")


def find_tool(system: System, name: str) -> str:
    """Return the absolute path of a tool.

    Raises:
        ProbeError: TOOL_MISSING, or TOOL_UNTRUSTED when others may replace it.
    """
    found = system.processes.find(name)
    if found is None:
        raise ProbeError(Reason.TOOL_MISSING, f"{name}: not found; install it or set `binary`")
    return found


def run_tool(
    system: System,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    seconds: float = ASK_SECONDS,
    directory: str | None = None,
    file_size_limit: int | None = None,
    output_path: str | None = None,
    feeder: Sequence[str] | None = None,
) -> Completed:
    """Run a command to its end, whatever its exit status; see `Processes.run`.

    Raises:
        ProbeError: TIMEOUT or OUTPUT_LIMIT when it was stopped, or the reason it did not start.
    """
    try:
        done = system.processes.run(
            arguments,
            environment=environment,
            seconds=seconds,
            output_limit=OUTPUT_BYTES if output_path is None else LISTING_BYTES,
            directory=directory,
            file_size_limit=file_size_limit,
            output_path=output_path,
            feeder=feeder,
        )
    except OSError as error:
        raise ProbeError(Reason.INTERNAL, f"{arguments[0]}: {error}") from error
    if done.timed_out:
        raise ProbeError(Reason.TIMEOUT, f"{arguments[0]} was stopped after {done.seconds:.0f} s")
    if done.over_limit:
        raise ProbeError(Reason.OUTPUT_LIMIT, f"{arguments[0]} wrote more than it may")
    return done


def read_secret(system: System, path: str) -> str:
    """Return the first line of a password file."""
    return _read(system, path).partition("\n")[0].rstrip("\r")


def read_environment(system: System, path: str) -> dict[str, str]:
    """Return the variables of a file of `KEY=VALUE` lines, as systemd's EnvironmentFile.

    Raises:
        ProbeError: it cannot be read, or a line has another form.
    """
    found = {}
    for line in _read(system, path).splitlines():
        text = line.strip().removeprefix("export ").lstrip()
        if not text or text.startswith(("#", ";")):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ProbeError(Reason.INTERNAL, f"{path}: expected lines of the form KEY=VALUE")
        found[name.strip()] = _unquoted(value.strip())
    return found


def batches(arguments: Sequence[str], limit: int = _ARGUMENT_BYTES) -> Iterator[list[str]]:
    """Split arguments into as few command lines as the kernel takes."""
    batch: list[str] = []
    size = 0
    for argument in arguments:
        length = len(argument.encode("utf-8", "surrogateescape"))
        if batch and size + length > limit:
            yield batch
            batch, size = [], 0
        batch.append(argument)
        size += length
    if batch:
        yield batch


def _read(system: System, path: str) -> str:
    try:
        return system.files.read(path, _SETTINGS_BYTES).decode("utf-8", "surrogateescape")
    except FileNotFoundError as error:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there") from error
    except (OSError, StateError) as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{path}: cannot be read: {error}") from error


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
