"""Pass signals on to a process that does our work."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

BY_US = frozenset({signal.SIGTERM, signal.SIGHUP})
"""What a process of our own group gets from us alone: INT and QUIT reach it from the terminal."""
ALL = frozenset({signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT})
"""What a process of another session gets from us alone."""


class Relay:
    """Passes signals on to one process; those that come before it is known wait for it."""

    def __init__(self, passed: Collection[int]) -> None:
        self._passed = passed
        self._receiver: int | None = None
        self._early: list[int] = []

    def handle(self, number: int, _: object) -> None:
        """Take a signal."""
        if number not in self._passed:
            return
        if self._receiver is None:
            self._early.append(number)
        else:
            self._send(self._receiver, number)

    def aim(self, receiver: int) -> None:
        """Name the receiver and give it what came early."""
        self._receiver = receiver
        for number in self._early:
            self._send(receiver, number)

    def _send(self, receiver: int, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(receiver, number)


@contextmanager
def signals_passed_on(passed: Collection[int] = BY_US) -> Iterator[Relay]:
    """Take all signals that would end us, and pass some on."""
    relay = Relay(passed)
    earlier = {number: signal.getsignal(number) for number in ALL}
    # What was ignored stays ignored, for the command too: that is how `nohup` works.
    taken = [number for number in ALL if earlier[number] is not signal.SIG_IGN]
    for number in taken:
        signal.signal(number, relay.handle)
    try:
        yield relay
    finally:
        for number in taken:
            signal.signal(number, earlier[number])
