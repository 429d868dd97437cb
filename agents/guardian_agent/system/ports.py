"""What the agent asks of a machine, as Protocols; one file beside this one for each real part."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, tzinfo

    from guardian_agent.system.response import Response


class Entry(NamedTuple):
    """One directory entry as `lstat` saw it; times in nanoseconds since 1970.

    A tuple, as a scan makes one of every file that there is.
    """

    path: str
    is_file: bool
    is_directory: bool
    is_link: bool
    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    mode: int
    device: int
    blocks: int = 0
    user: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A finished command. `timed_out` and `over_limit` mean it was killed with all its children."""

    status: int
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    over_limit: bool = False
    feeder_status: int | None = None
    """Exit status of the command that fed it; None where none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What a command that handles a stranger's data may do; all its children inherit it.

    Where the machine cannot keep one of these promises it keeps the others; `doctor` tells which.
    """

    writable: tuple[str, ...]
    """Folders below which it may write; nowhere else (but `/dev/null`)."""
    home: str
    """Its HOME and TMPDIR: empty folders below a writable one."""
    network: bool = True
    """False: a network namespace of its own in which nothing answers."""
    user: str | None = None
    """Whom it runs as, where this process may change users."""
    memory_bytes: int | None = None
    """Of all commands of this process together, what they share counted once."""
    processes: int | None = None
    disk_bytes: int | None = None
    """What may lie below the writable folders; None: their file system is of fixed size."""
    kept_free_bytes: int = 0
    """What must stay free on the writable folders' file system, whoever fills it."""
    tick: Callable[[], None] | None = None
    """Called a few times a second while a command runs: to tell how far it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protections:
    """What a machine, and what this process may do on it, gives to keep a restore apart."""

    landlock: int
    """Version of the kernel's interface; 0: tools can write wherever their user may."""
    fixed_size: bool
    """A file system of fixed size can be mounted where only the test sees it."""
    other_user: bool
    """Commands can run as another user."""
    no_network: bool
    """Commands can be kept from every network."""


class Background(Protocol):
    """A server that was started and goes on beside us."""

    def alive(self) -> bool:
        """Say whether it still runs."""


class Clock(Protocol):
    """Wall and monotonic time."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds since boot, sleep included."""

    def boot_id(self) -> str:
        """Return 32 hexadecimal digits that change with each boot."""

    def zone(self) -> tzinfo:
        """Return the server's own time zone, its changes of the clock included."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Held(Protocol):
    """One regular file, held open for reading until `close`."""

    def close(self) -> None:
        """Let go of it."""

    @property
    def entry(self) -> Entry:
        """What it was when it was opened."""

    def read(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes; fewer at the end; raise `OSError`."""

    def next_data(self, offset: int) -> int:
        """Return where the next stored byte lies; the file's size where only a hole follows."""


class Folder(Protocol):
    """One folder, held open: whatever its path leads to by now, what it gives lies in it."""

    @property
    def entry(self) -> Entry:
        """What it was when it was opened."""

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        """Return the names of its regular files and of its folders, each in byte order.

        Links, devices, sockets and FIFOs are left out. Raises `OSError`.
        """

    def stat(self, name: str) -> Entry:
        """Return one of its entries; raise `FileNotFoundError` and other `OSError`s."""

    def open(self, name: str) -> Held:
        """Open one of its regular files for reading, access time kept if allowed.

        Its beginning may be read ahead meanwhile: whoever opens some before reading the first
        waits less. Raises `OSError`, also where it is no regular file any more.
        """


class Files(Protocol):
    """Files, read with limits and written so that a power cut leaves old or new, never half."""

    def read(self, path: str, limit: int) -> bytes:
        """Return the file's bytes; raise `StateError` when larger than `limit`, `OSError` else."""

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open for reading without following a final symbolic link, access time kept if allowed."""

    def create(self, path: str, mode: int = 0o600) -> AbstractContextManager[BinaryIO]:
        """Open a new or emptied file for writing (not durable: for caches and sandboxes)."""

    def write(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Replace the file durably: write beside, fsync, rename, fsync the directory."""

    def create_exclusively(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Write a file that must not exist yet, durably; raise `FileExistsError`."""

    def scan(self, path: str) -> Iterator[Entry]:
        """Yield the entries of one directory in byte order of their names; raise `OSError`."""

    def folder(self, path: str) -> AbstractContextManager[Folder]:
        """Hold a folder open; raise `OSError`, ELOOP where `path` has a symbolic link in it."""

    def giving_way(self) -> AbstractContextManager[None]:
        """Let other processes go first at processor and disk, as far as the machine allows."""

    def stat(self, path: str, *, follow: bool = False) -> Entry:
        """Return one entry; raise `FileNotFoundError` and other `OSError`s."""

    def exists(self, path: str) -> bool:
        """Say whether anything is there."""

    def real(self, path: str) -> str:
        """Return the path without symbolic links and dots; a part that is not there stays."""

    def make_directory(self, path: str, mode: int = 0o700) -> None:
        """Make a directory and its parents; nothing happens when it is there."""

    def remove(self, path: str) -> None:
        """Remove a file durably; nothing happens when it is gone."""

    def rename(self, source: str, target: str) -> None:
        """Rename within one file system, durably."""

    def remove_tree(self, path: str) -> None:
        """Remove a directory and all in it, following no link."""

    def free_bytes(self, path: str) -> int:
        """Return the bytes an unprivileged user may still write on the path's file system."""

    def lock(self, path: str) -> AbstractContextManager[None]:
        """Hold an exclusive lock on `path`; raise `StateError` when another has it, or none can."""

    def user_id(self) -> int:
        """Return the numeric user this process runs as."""


class Processes(Protocol):
    """Commands under a deadline and an output limit, in a process group of their own."""

    def find(self, name: str) -> str | None:
        """Return the absolute path of a tool that nobody but root and we may replace, or None."""

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
        """Run to the end or kill the whole group.

        Args:
            arguments: the command, its first item an absolute path; never a shell line.
            environment: added to a minimal clean one (`TZ=UTC`, `LC_ALL=C.UTF-8`, a bare `PATH`).
            seconds: deadline; past it the group gets TERM, then KILL.
            output_limit: bytes of stdout and of stderr each that are kept; past it the group ends.
            directory: working directory.
            file_size_limit: RLIMIT_FSIZE of the command, in bytes.
            output_path: write stdout to this new file instead of keeping it (`output_limit` holds).
            confinement: what it may do; None: whatever we may.
            feeder: another command, under the same bounds, whose stdout is the command's stdin
                (`zstd -dc dump.zst`); where it fails, `Completed.feeder_status` tells. It keeps
                our user, whatever `confinement.user` says: it reads what the command may not.

        Raises:
            ProbeError: it cannot be started, or QUOTA_EXCEEDED when it took more memory, processes
                or disk than its confinement gives.
        """

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
        """Start a server and end it, with all its descendants, on leaving; it logs to `log_path`.

        It must stay in the foreground. What it takes counts in the confinement of the commands that
        run meanwhile. Raises `ProbeError` when it cannot be started.
        """

    def pass_through(self, arguments: Sequence[str]) -> int:
        """Run with our own stdin, stdout and stderr and return the exit status (`exec`)."""


class Twin(Protocol):
    """A copy of this process that does what it is asked, one thing at a time."""

    def ask(self, question: object) -> None:
        """Give it something to do; raise `ChildProcessError` where it has ended."""

    def has_answered(self) -> bool:
        """Say whether an answer is there, or none will come."""

    def answer(self) -> object:
        """Wait for what came of it; raise `ChildProcessError` where it has ended."""


class Twins(Protocol):
    """Work that is shared with a second processor."""

    def twin(self, act: Callable[[Any], Any]) -> AbstractContextManager[Twin | None]:
        """Make a copy of this process that answers with what `act` returns; it ends with the block.

        It knows what this one knew by then, and neither sees what the other does from then on.
        What it is asked and answers is copied between them, and must be small data.

        Returns:
            None where there is no second processor, or no other process may be made.
        """


class Alone:
    """No second processor."""

    def twin(self, act: Callable[[Any], Any]) -> AbstractContextManager[Twin | None]:
        """Give none."""
        del act
        return nullcontext()


class Volumes(Protocol):
    """Places that are kept apart from the rest of the machine."""

    def apart(self, act: Callable[[], int]) -> int:
        """Return what `act` returns; nothing that it mounts or starts outlives it or this process.

        Where the kernel refuses, `act` runs all the same, and `fixed` gives nothing.
        """

    def fixed(self, folder: str, size: int) -> AbstractContextManager[str | None]:
        """Give an empty file system of `size` bytes, or None where that is refused.

        Where it is mounted nobody else sees it, every user may enter, and nothing in it is a
        program, a device or gains privileges. Its bytes lie in `folder` or in memory.
        """

    def vacate(self, folder: str) -> None:
        """End every process whose HOME lies below `folder`: one that outlived a killed test."""

    def give(self, path: str, user: str) -> None:
        """Let a folder belong to a user; raise `OSError`, also when there is no such user."""

    def knows(self, user: str) -> bool:
        """Say whether there is such a user."""

    def number(self, user: str) -> int | None:
        """Return the number of a user, None where there is no such user."""

    def enters(self, path: str, user: str) -> bool:
        """Say whether a user may pass through every folder on the way to `path`."""

    def protections(self) -> Protections:
        """Say what can be kept apart here."""


class Network(Protocol):
    """HTTPS to one pinned server."""

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        pin: str,
        seconds: float,
        limit: int,
    ) -> Response:
        """POST after checking that the server's key has SHA-256 `pin` (SPKI, hex).

        Nothing is sent before the check. Raises `DeliveryError` for everything that goes wrong.
        """


class Randomness(Protocol):
    """Unpredictable bytes."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes fit for keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The ports of one machine."""

    clock: Clock
    files: Files
    processes: Processes
    volumes: Volumes
    network: Network
    randomness: Randomness
    environment: Mapping[str, str] = field(default_factory=dict)
    twins: Twins = field(default_factory=Alone)
