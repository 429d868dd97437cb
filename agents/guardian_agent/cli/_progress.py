"""What is going on, for people who wait: one line on stderr that is redrawn, and then gone."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from guardian_agent.cli._frame import complain, printable
from guardian_agent.system import Clock

_TICK_SECONDS = 1.0
_CLEAR = "\r\x1b[K"
_NARROWEST = 20
_USUAL_COLUMNS = 80


class Progress:
    """Takes what a test says of itself; `last` is the newest of it.

    On a terminal it is one line with the share that is done and the time that has passed. Elsewhere
    nothing is shown, or with `verbose` a line for each new thing that is said.
    """

    def __init__(self, clock: Clock, *, verbose: bool) -> None:
        self.last: str | None = None
        self._clock = clock
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._verbose = verbose and not self._terminal
        self._began = clock.monotonic()
        self._share: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether somebody watches."""
        return self._terminal

    def tell(self, text: str, share: float | None) -> None:
        """Take what is going on now, and what share of it (0 to 1) is done."""
        if text != self.last and self._verbose:
            complain(text)
        self.last, self._share = text, share
        self._draw()

    def restart(self) -> None:
        """Wipe the line: something is over, and a result is written."""
        self.last = None
        self._began = self._clock.monotonic()
        if self._terminal:
            self._write(_CLEAR)

    def wipe(self) -> None:
        """Wipe the line: something is written; what goes on is drawn again when it is told."""
        if self._terminal:
            self._write(_CLEAR)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Redraw every second while the tests run: a restore alone may say nothing for an hour."""
        if not self._terminal:
            yield
            return
        before = signal.signal(signal.SIGALRM, lambda *_: self._draw())
        signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            self.restart()

    def _draw(self) -> None:
        if self._terminal and self.last is not None:
            self._write(f"{_CLEAR}{self.line(_columns())}")

    def line(self, columns: int) -> str:
        """Return the line as it is drawn on a terminal of so many columns."""
        done = "" if self._share is None else f" {self._share:4.0%}"
        left = f"{done}  {_spell(self._clock.monotonic() - self._began)}"
        room = max(_NARROWEST, columns - 1) - len(left)
        text = printable(self.last or "")
        return (text if len(text) <= room else f"{text[: room - 3]}...") + left

    @staticmethod
    def _write(text: str) -> None:
        # Straight to the descriptor: a tick may come while something else is being written.
        with suppress(OSError):
            os.write(sys.stderr.fileno(), text.encode("utf-8", "backslashreplace"))


def _spell(seconds: float) -> str:
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_COLUMNS
    except OSError:
        return _USUAL_COLUMNS
