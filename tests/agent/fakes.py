"""A machine in memory: every port of the agent, deterministic and scriptable.

    system = FakeSystem()
    system.files.put("/srv/files/a", b"text")
    system.processes.install("restic")
    system.processes.answer("restic", "snapshots", stdout=b"[]")
    system.clock.advance(hours=3)

The fakes keep the ports' promises (tests/contracts holds them and the real ones to the same
suites) and add the means to plant faults: `files.fail`, `processes.answer(..., seconds=)`,
`network.down`.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import BinaryIO

from guardian_agent.errors import DeliveryError, ProbeError, StateError
from guardian_agent.system import (
    Background,
    Completed,
    Confinement,
    Entry,
    Protections,
    System,
)
from guardian_agent.system.response import Response
from guardian_agent.wire.facts.words import Reason

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FakeClock:
    """Time that moves only when told; `sleep` moves it too and is remembered in `slept`."""

    def __init__(self, start: datetime = START, boot: str = "b0" * 16) -> None:
        self.wall = start
        self.since_boot = 1000.0
        self.boot = boot
        self.local: tzinfo = UTC
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.since_boot

    def boot_id(self) -> str:
        return self.boot

    def zone(self) -> tzinfo:
        return self.local

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds=seconds)

    def advance(self, **words: float) -> None:
        """Let time pass: `advance(hours=3, minutes=1)`."""
        passed = timedelta(**words)
        self.wall += passed
        self.since_boot += passed.total_seconds()

    def nanoseconds(self) -> int:
        return (self.wall - _EPOCH) // timedelta(microseconds=1) * 1000


@dataclass
class _Node:
    kind: str  # "file" | "directory" | "link" | "other"
    mode: int
    modified_ns: int
    changed_ns: int
    inode: int
    data: bytes = b""
    target: str = ""


class FakeFiles:
    """A tree of files in memory.

    `journal` lists every change as (operation, path); `fail` plants an error; `free` is what
    `free_bytes` says; `user` is what `user_id` says; `passing` may change what is read.
    """

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.passing: Callable[[str, bytes], bytes] = lambda _path, data: data
        self.clock = clock or FakeClock()
        self.free = 1 << 40
        self.user = 1000
        self.gave_way = 0
        self.held = 0
        self.opened: list[str] = []
        self.journal: list[tuple[str, str]] = []
        self._faults: dict[tuple[str, str], OSError] = {}
        self._inodes = 1
        self._locked: set[str] = set()
        self._nodes: dict[str, _Node] = {}
        self._nodes["/"] = self._node("directory", 0o755)

    # Means of tests.

    def put(
        self,
        path: str,
        data: bytes = b"",
        *,
        mode: int = 0o644,
        modified_ns: int | None = None,
        changed_ns: int | None = None,
    ) -> None:
        """Place a file and the directories above it, without a trace in the journal."""
        path = _normal(path)
        self._parents(posixpath.dirname(path), 0o755)
        node = self._node("file", mode, data)
        node.modified_ns = node.modified_ns if modified_ns is None else modified_ns
        node.changed_ns = node.changed_ns if changed_ns is None else changed_ns
        self._nodes[path] = node

    def link(self, path: str, target: str) -> None:
        """Place a symbolic link."""
        path = _normal(path)
        self._parents(posixpath.dirname(path), 0o755)
        node = self._node("link", 0o777)
        node.target = target
        self._nodes[path] = node

    def special(self, path: str) -> None:
        """Place something that is no file, directory or link (a FIFO, a socket)."""
        path = _normal(path)
        self._parents(posixpath.dirname(path), 0o755)
        self._nodes[path] = self._node("other", 0o644)

    def fail(self, operation: str, path: str, error: OSError | None = None) -> None:
        """Let `operation` ("read", "write", "scan", ...) on `path` raise; default EACCES."""
        path = _normal(path)
        fault = error or PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        self._faults[operation, path] = fault

    def change_mode(self, path: str, mode: int) -> None:
        """Give what lies there other permissions."""
        self._get(path).mode = mode

    def mend(self) -> None:
        """Forget all planted faults."""
        self._faults.clear()

    def tree(self, path: str = "/") -> dict[str, bytes]:
        """Return every file below `path` with its bytes."""
        prefix = _normal(path).rstrip("/") + "/"
        return {
            name: node.data
            for name, node in sorted(self._nodes.items())
            if node.kind == "file" and name.startswith(prefix)
        }

    # The port.

    def read(self, path: str, limit: int) -> bytes:
        self._check("read", path)
        node = self._file(self._resolve(path))
        if len(node.data) > limit:
            raise StateError(f"{path}: larger than {limit} bytes")
        return self.passing(path, node.data)

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        self.opened.append(_normal(path))
        self._check("open", path)
        if self._get(path).kind == "link":
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        yield io.BytesIO(self.passing(path, self._file(path).data))

    @contextmanager
    def create(self, path: str, mode: int = 0o600) -> Iterator[BinaryIO]:
        self._change("create", path)
        self._store(path, b"", mode)
        buffer = io.BytesIO()
        try:
            yield buffer
        finally:
            self._store(path, buffer.getvalue(), mode)

    def write(self, path: str, data: bytes, mode: int = 0o600) -> None:
        self._change("write", path)
        self._store(path, data, mode)

    def create_exclusively(self, path: str, data: bytes, mode: int = 0o600) -> None:
        self._change("create_exclusively", path)
        if _normal(path) in self._nodes:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        self._store(path, data, mode)

    def scan(self, path: str) -> Iterator[Entry]:
        self._check("scan", path)
        path = self._resolve(path)
        if self._get(path).kind != "directory":
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        children = [name for name in self._nodes if name != "/" and posixpath.dirname(name) == path]
        yield from [self._entry(name) for name in sorted(children, key=os.fsencode)]

    @contextmanager
    def folder(self, path: str) -> Iterator[FakeFolder]:
        self._check("scan", path)
        if self.real(path) != _normal(path):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        if self._get(path).kind != "directory":
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        yield FakeFolder(self, _normal(path))

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        self.gave_way += 1
        yield

    def stat(self, path: str, *, follow: bool = False) -> Entry:
        self._check("stat", path)
        found = self._entry(self._resolve(path) if follow else path)
        return found._replace(path=path)

    def exists(self, path: str) -> bool:
        return _normal(path) in self._nodes

    def real(self, path: str) -> str:
        place = "/"
        for part in _normal(path).split("/"):
            place = posixpath.join(place, part)
            with suppress(FileNotFoundError):
                place = self._resolve(place)
        return place

    def make_directory(self, path: str, mode: int = 0o700) -> None:
        self._change("make_directory", path)
        self._parents(_normal(path), mode)

    def remove(self, path: str) -> None:
        self._change("remove", path)
        node = self._nodes.get(_normal(path))
        if node is not None and node.kind == "directory":
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        self._nodes.pop(_normal(path), None)

    def rename(self, source: str, target: str) -> None:
        self._change("rename", source)
        node = self._get(source)
        self._parent(target)
        below = [name for name in self._nodes if name.startswith(_normal(source) + "/")]
        for name in below:
            self._nodes[_normal(target) + name[len(_normal(source)) :]] = self._nodes.pop(name)
        del self._nodes[_normal(source)]
        self._nodes[_normal(target)] = node

    def remove_tree(self, path: str) -> None:
        self._change("remove_tree", path)
        root = _normal(path)
        if self.exists(root) and not self._is_directory(root):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        for name in [n for n in self._nodes if n == root or n.startswith(root + "/")]:
            del self._nodes[name]

    def free_bytes(self, path: str) -> int:
        self._check("free_bytes", path)
        return self.free

    @contextmanager
    def lock(self, path: str) -> Iterator[None]:
        path = _normal(path)
        if path in self._locked:
            raise StateError(f"{path}: another guardian-agent is at work")
        try:
            self._check("lock", path)
            self._parent(path)
        except OSError as error:
            raise StateError(f"{path} could not be written: {error.strerror}") from error
        self._locked.add(path)
        try:
            yield
        finally:
            self._locked.discard(path)

    def user_id(self) -> int:
        return self.user

    # Inside.

    def _node(self, kind: str, mode: int, data: bytes = b"") -> _Node:
        self._inodes += 1
        now = self.clock.nanoseconds()
        return _Node(kind, mode, now, now, self._inodes, data)

    def _check(self, operation: str, path: str) -> None:
        fault = self._faults.get((operation, _normal(path)))
        if fault is not None:
            raise fault

    def _change(self, operation: str, path: str) -> None:
        self._check(operation, path)
        self.journal.append((operation, _normal(path)))

    def _get(self, path: str) -> _Node:
        found = self._nodes.get(_normal(path))
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return found

    def _resolve(self, path: str) -> str:
        path = _normal(path)
        for _ in range(8):
            node = self._get(path)
            if node.kind != "link":
                return path
            path = _normal(posixpath.join(posixpath.dirname(path), node.target))
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)

    def _file(self, path: str) -> _Node:
        node = self._get(path)
        if node.kind == "directory":
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if node.kind == "other":
            raise OSError(errno.EINVAL, "not a regular file", path)
        return node

    def _parent(self, path: str) -> None:
        parent = self._get(posixpath.dirname(_normal(path)))
        if parent.kind != "directory":
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)

    def _parents(self, path: str, mode: int) -> None:
        if path in self._nodes:
            if self._nodes[path].kind != "directory":
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
            return
        self._parents(posixpath.dirname(path), mode)
        self._nodes[path] = self._node("directory", mode)

    def _store(self, path: str, data: bytes, mode: int) -> None:
        self._parent(path)
        if path.endswith("/") or self._is_directory(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        self._nodes[_normal(path)] = self._node("file", mode, data)

    def _is_directory(self, path: str) -> bool:
        node = self._nodes.get(_normal(path))
        return node is not None and node.kind == "directory"

    def _entry(self, path: str) -> Entry:
        node = self._get(path)
        return Entry(
            path=path,
            is_file=node.kind == "file",
            is_directory=node.kind == "directory",
            is_link=node.kind == "link",
            size=len(node.target.encode() if node.kind == "link" else node.data),
            modified_ns=node.modified_ns,
            changed_ns=node.changed_ns,
            inode=node.inode,
            mode=node.mode,
            device=1,
            blocks=-(-len(node.data) // 512),
        )


class FakeFolder:
    """One folder of the tree."""

    def __init__(self, files: FakeFiles, path: str) -> None:
        self.entry = files.stat(path)
        self._files = files
        self._path = path

    def names(self) -> tuple[list[str], list[str]]:
        found = list(self._files.scan(self._path))
        return (
            [posixpath.basename(each.path) for each in found if each.is_file],
            [posixpath.basename(each.path) for each in found if each.is_directory],
        )

    def stat(self, name: str) -> Entry:
        return self._files.stat(posixpath.join(self._path, name))

    def open(self, name: str) -> FakeHeld:
        path = posixpath.join(self._path, name)
        with self._files.open(path) as file:
            held = FakeHeld(self._files, self._files.stat(path), file.read())
        self._files.held += 1
        return held


class FakeHeld:
    """One file of the tree; a hole is as good as zeros."""

    def __init__(self, files: FakeFiles, entry: Entry, data: bytes) -> None:
        self.entry = entry
        self._files = files
        self._data = data

    def close(self) -> None:
        self._files.held -= 1

    def read(self, offset: int, count: int) -> bytes:
        return self._data[offset : offset + count]

    def next_data(self, offset: int) -> int:
        return offset


def _normal(path: str) -> str:
    return posixpath.normpath(path)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One command that was asked for."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    seconds: float
    output_limit: int
    directory: str | None = None
    file_size_limit: int | None = None
    output_path: str | None = None
    confinement: Confinement | None = None
    feeder: tuple[str, ...] | None = None


class FakeProcesses:
    """Commands with scripted answers; an unscripted one fails the test.

    A feeder is scripted like any command, and takes its time before the one it feeds. A command in
    the background runs as long as its answer says and writes the answer's stdout into its log.
    `passing` may change what is answered.
    """

    def __init__(self) -> None:
        self.passing: Callable[[Call, Completed], Completed] = lambda _call, done: done
        self.calls: list[Call] = []
        self.servers: list[Call] = []
        self.passed_through: list[tuple[str, ...]] = []
        self.exit_status = 0
        self.clock = FakeClock()
        self.files = FakeFiles()
        self._tools: dict[str, str] = {}
        self._scripts: list[tuple[tuple[str, ...], Callable[[Call], Completed]]] = []

    # Means of tests.

    def install(self, *names: str) -> None:
        """Let `find` find these tools in /usr/bin."""
        self._tools.update({name: f"/usr/bin/{name}" for name in names})

    def answer(
        self,
        tool: str,
        *words: str,
        stdout: bytes = b"",
        stderr: bytes = b"",
        status: int = 0,
        seconds: float = 0.1,
    ) -> None:
        """Answer calls of `tool` that have all `words` among their arguments; newest rule first.

        `seconds` is how long it takes: past the caller's deadline it comes back `timed_out`.
        """
        done = Completed(status=status, stdout=stdout, stderr=stderr, seconds=seconds)
        self.answer_with(lambda _: done, tool, *words)

    def answer_with(self, act: Callable[[Call], Completed], tool: str, *words: str) -> None:
        """Answer by a function, for tools that write files or change their mind."""
        self.install(tool)
        self._scripts.append(((tool, *words), act))

    # The port.

    def find(self, name: str) -> str | None:
        return self._tools.get(name)

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
        call = Call(
            arguments=tuple(arguments),
            environment=dict(environment or {}),
            seconds=seconds,
            output_limit=output_limit,
            directory=directory,
            file_size_limit=file_size_limit,
            output_path=output_path,
            confinement=confinement,
            feeder=None if feeder is None else tuple(feeder),
        )
        self.calls.append(call)
        if confinement is not None and confinement.tick is not None:
            confinement.tick()
        done = _within(self._act(call), call)
        if feeder is not None:
            fed = self._act(replace(call, arguments=tuple(feeder), feeder=None))
            done = replace(done, feeder_status=fed.status, seconds=done.seconds + fed.seconds)
        self.clock.advance(seconds=done.seconds)
        if output_path is None:
            return done
        self.files.create_exclusively(output_path, done.stdout)
        return replace(done, stdout=b"")

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
        call = Call(
            arguments=tuple(arguments),
            environment=dict(environment or {}),
            seconds=0,
            output_limit=0,
            directory=directory,
            file_size_limit=file_size_limit,
            confinement=confinement,
        )
        self.servers.append(call)
        if self._tools.get(posixpath.basename(call.arguments[0])) is None:
            raise ProbeError(Reason.TOOL_MISSING, f"{call.arguments[0]}: not there")
        done = self._act(call)
        self.files.put(log_path, done.stdout)
        server = FakeServer(self.clock, done.seconds)
        try:
            yield server
        finally:
            server.ended = True

    def pass_through(self, arguments: Sequence[str]) -> int:
        self.passed_through.append(tuple(arguments))
        self.clock.advance(seconds=1)
        return self.exit_status

    def _act(self, call: Call) -> Completed:
        for (tool, *words), act in reversed(self._scripts):
            named = posixpath.basename(call.arguments[0]) == tool
            if named and all(word in call.arguments for word in words):
                return self.passing(call, act(call))
        raise AssertionError(f"no scripted answer for {call.arguments}")


@dataclass
class FakeServer:
    """A command in the background: alive until its time is over or it is left."""

    clock: FakeClock
    seconds: float
    ended: bool = False

    def __post_init__(self) -> None:
        self.until = self.clock.monotonic() + self.seconds

    def alive(self) -> bool:
        return not self.ended and self.clock.monotonic() < self.until


class FakeVolumes:
    """Places in memory. `mounts` says where fixed-size file systems appear; None: refused.

    `given` lists what was given to whom, `vacated` the folders whose processes were ended; `closed`
    the folders that other users cannot pass.
    """

    def __init__(self) -> None:
        self.files = FakeFiles()
        self.mounts: str | None = None
        self.users = {"nobody"}
        self.given: dict[str, str] = {}
        self.vacated: list[str] = []
        self.closed: set[str] = set()
        self.can = Protections(landlock=7, fixed_size=True, other_user=True, no_network=True)

    def apart(self, act: Callable[[], int]) -> int:
        return act()

    @contextmanager
    def fixed(self, folder: str, size: int) -> Iterator[str | None]:
        if self.mounts is None:
            yield None
            return
        free, self.files.free = self.files.free, size
        self.files.make_directory(self.mounts, 0o711)
        try:
            yield self.mounts
        finally:
            self.files.remove_tree(self.mounts)
            self.files.free = free

    def vacate(self, folder: str) -> None:
        self.vacated.append(folder)

    def give(self, path: str, user: str) -> None:
        if user not in self.users:
            raise OSError(f"no user {user!r}")
        self.given[path] = user

    def knows(self, user: str) -> bool:
        return user in self.users

    def number(self, user: str) -> int | None:
        return 1000 + sorted(self.users).index(user) if user in self.users else None

    def enters(self, path: str, user: str) -> bool:
        return not any(path.startswith(f"{folder}/") for folder in self.closed)

    def protections(self) -> Protections:
        return self.can


def _within(done: Completed, call: Call) -> Completed:
    """Cut a scripted answer as the real port would."""
    if done.seconds > call.seconds:
        return replace(done, status=-9, seconds=call.seconds, timed_out=True)
    if max(len(done.stdout), len(done.stderr)) > call.output_limit:
        limit = call.output_limit
        out, err = done.stdout[:limit], done.stderr[:limit]
        return replace(done, status=-9, stdout=out, stderr=err, over_limit=True)
    return done


@dataclass(frozen=True, kw_only=True)
class Request:
    """One POST that reached the fake server (its pin was right)."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class FakeNetwork:
    """One server with a pin; `handler` answers. Without a handler it cannot be reached."""

    def __init__(self) -> None:
        self.pin = "11" * 32
        self.handler: Callable[[Request], Response] | None = None
        self.requests: list[Request] = []

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
        assert seconds > 0
        if self.handler is None:
            raise DeliveryError(f"{url}: connection refused")
        if pin != self.pin:
            raise DeliveryError(f"{url}: the server's key is not the pinned one")
        request = Request(url=url, body=body, headers=dict(headers))
        self.requests.append(request)
        response = self.handler(request)
        return replace(response, body=response.body[:limit])

    def down(self) -> None:
        """Make the server unreachable."""
        self.handler = None


class FakeRandomness:
    """Bytes that look random and repeat from run to run."""

    def __init__(self, seed: bytes = b"guardian") -> None:
        self._seed = seed
        self._drawn = 0

    def bytes(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            self._drawn += 1
            parts += hashlib.sha256(self._seed + self._drawn.to_bytes(8, "big")).digest()
        return parts[:count]


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeSystem(System):
    """All fakes together, sharing one clock."""

    clock: FakeClock = field(default_factory=FakeClock)
    files: FakeFiles = field(default_factory=FakeFiles)
    processes: FakeProcesses = field(default_factory=FakeProcesses)
    volumes: FakeVolumes = field(default_factory=FakeVolumes)
    network: FakeNetwork = field(default_factory=FakeNetwork)
    randomness: FakeRandomness = field(default_factory=FakeRandomness)

    def __post_init__(self) -> None:
        self.files.clock = self.clock
        self.processes.clock = self.clock
        self.processes.files = self.files
        self.volumes.files = self.files
