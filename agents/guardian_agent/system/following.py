"""Read a command's two streams at once, under a deadline and a limit for each."""

from __future__ import annotations

import io
import os
import selectors
import subprocess
import time
from enum import Enum, auto
from typing import IO, BinaryIO

from guardian_agent.system import family
from guardian_agent.system.watching import Watch

_CHUNK = 256 * 1024
_TICK = 0.25
"""How often we ask whether a command ended while a child it left behind still holds its pipe."""


class End(Enum):
    """Why we stopped following a command."""

    EXITED = auto()
    DEADLINE = auto()
    LIMIT = auto()
    QUOTA = auto()
    """More memory, processes or disk was taken than the confinement gives."""


class Capture:
    """The first `limit` bytes of a stream; `endless` throws the rest away without a word."""

    def __init__(self, sink: BinaryIO, limit: int, *, endless: bool = False) -> None:
        self._sink = sink
        self._left = limit
        self._endless = endless

    def take(self, data: bytes) -> bool:
        """Keep what fits; say whether the limit still holds."""
        self._sink.write(data[: self._left])
        fits = len(data) <= self._left
        self._left = max(0, self._left - len(data))
        return fits or self._endless

    def kept(self) -> bytes:
        """Return what is in memory (nothing when it went to a file)."""
        return self._sink.getvalue() if isinstance(self._sink, io.BytesIO) else b""


def follow(
    process: subprocess.Popen[bytes],
    captures: tuple[Capture, Capture],
    deadline: float,
    watch: Watch,
) -> End:
    """Read both streams until the command ended, or a limit of time, output or quota was met.

    One that ended is looked at once more: it may have taken all of it since the last look.
    """
    end = _followed(process, captures, deadline, watch)
    return End.QUOTA if end is End.EXITED and watch.has_overdrawn() else end


def _followed(
    process: subprocess.Popen[bytes],
    captures: tuple[Capture, Capture],
    deadline: float,
    watch: Watch,
) -> End:
    with selectors.DefaultSelector() as selector:
        for stream, capture in zip(_streams(process), captures, strict=True):
            selector.register(stream, selectors.EVENT_READ, capture)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return End.DEADLINE
            if watch.exceeded():
                return End.QUOTA
            ready = selector.select(min(left, _TICK))
            if not ready and family.has_exited(process):
                return End.EXITED  # a child it left behind still holds the pipe
            for key, _ in ready:
                if not _read(selector, key):
                    return End.LIMIT
    return _await(process, deadline, watch)


def _await(process: subprocess.Popen[bytes], deadline: float, watch: Watch) -> End:
    """Wait for the end of a command that closed both its streams."""
    while not family.wait(process, max(0.0, min(_TICK, deadline - time.monotonic()))):
        if time.monotonic() >= deadline:
            return End.DEADLINE
        if watch.exceeded():
            return End.QUOTA
    return End.EXITED


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> bool:
    data = os.read(key.fd, _CHUNK)
    if not data:
        selector.unregister(key.fileobj)
        return True
    capture: Capture = key.data
    return capture.take(data)


def _streams(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdout is None or process.stderr is None:
        raise ValueError("the command was started without pipes")
    return process.stdout, process.stderr


def close(process: subprocess.Popen[bytes]) -> None:
    """Let go of both streams, whoever still holds their other ends."""
    for stream in _streams(process):
        stream.close()
