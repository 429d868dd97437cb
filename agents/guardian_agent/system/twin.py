"""A copy of this process that works beside it, where there is a second processor to do so.

It is made by `fork`, so it knows all that we know and may do all that we may; what it is asked and
what it answers goes through a socket between us. When we end, however we end, it ends too. It never
speaks for itself: where it fails it ends, and its work is left to us.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, cast

from guardian_agent.system.apart import die_with_parent

_BROKEN = (OSError, EOFError, pickle.PickleError)


class RealTwin:
    """One such process; see `Twin`."""

    def __init__(self, act: Callable[[Any], Any]) -> None:
        """Make it; raise `OSError`."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = _forked(act, ours, theirs)
        self._socket = ours
        self._wire = cast("BinaryIO", ours.makefile("rwb"))

    def ask(self, question: object) -> None:
        """Give it something to do; raise `ChildProcessError` where it has ended."""
        try:
            pickle.dump(question, self._wire)
            self._wire.flush()
        except _BROKEN as error:
            raise ChildProcessError from error

    def has_answered(self) -> bool:
        """Say whether an answer is there, or none will come."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def answer(self) -> object:
        """Wait for what came of it; raise `ChildProcessError` where it has ended."""
        try:
            return cast("object", pickle.load(self._wire))  # noqa: S301 - it is ourselves
        except _BROKEN as error:
            raise ChildProcessError from error

    def end(self) -> None:
        """End it, whatever it does: it has nothing to tidy up."""
        with suppress(OSError):
            self._wire.close()
        self._socket.close()
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def _forked(act: Callable[[Any], Any], ours: socket.socket, theirs: socket.socket) -> int:
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    try:
        ours.close()
        die_with_parent()
        if os.getppid() == parent:  # else it ended before the kernel knew of it
            _serve(act, cast("BinaryIO", theirs.makefile("rwb")))
    finally:
        os._exit(0)  # whatever happened: what is below on the stack belongs to another process


def _serve(act: Callable[[Any], Any], wire: BinaryIO) -> None:
    while True:
        done = act(pickle.load(wire))  # noqa: S301 - our other half wrote it
        pickle.dump(done, wire)
        wire.flush()
