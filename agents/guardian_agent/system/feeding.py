"""A command whose output is another one's input."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

from guardian_agent.system import family
from guardian_agent.system.starting import Terms, start


class Feeder:
    """A running feeder, or none."""

    def __init__(self, process: subprocess.Popen[bytes] | None) -> None:
        self._process = process
        self._status: int | None = None

    @property
    def stream(self) -> int | IO[bytes]:
        """What the fed command reads."""
        if self._process is None or self._process.stdout is None:
            return subprocess.DEVNULL
        return self._process.stdout

    def let_go(self) -> None:
        """Close our end, so that the feeder ends (SIGPIPE) when nobody reads any more."""
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def finish(self, seconds: float) -> int | None:
        """Give it `seconds` to end by itself, end it, and return its exit status."""
        if self._process is not None and self._status is None:
            family.wait(self._process, seconds)
            self._status = family.end_group(self._process)
        return self._status


@contextmanager
def fed(arguments: Sequence[str] | None, terms: Terms) -> Iterator[Feeder]:
    """Start the feeder, if there is one, as our own user, and end it on leaving."""
    if arguments is None:
        yield Feeder(None)
        return
    if terms.confinement is not None:
        ours = replace(terms.confinement, user=None)
        terms = replace(terms, confinement=ours)
    feeder = Feeder(start(arguments, terms, stderr=subprocess.DEVNULL))
    try:
        yield feeder
    finally:
        feeder.let_go()
        feeder.finish(0)


def left(deadline: float, most: float) -> float:
    """Return the seconds until `deadline` (monotonic), between 0 and `most`."""
    return min(most, max(0.0, deadline - time.monotonic()))
