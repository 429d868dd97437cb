"""What every command shares: how it gets its configuration, and how it speaks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from guardian_agent.errors import AgentError

if TYPE_CHECKING:
    from guardian_agent.config import AgentConfig

Load = Callable[[], "AgentConfig"]
"""Reads `agent.toml`; raises `ConfigError`."""


def say(text: str) -> None:
    """Write one line to stdout.

    Raises:
        BrokenPipeError: its reader has gone.
        AgentError: it cannot be written for another reason, such as a full disk.
    """
    with _stdout():
        _line(sys.stdout, text)


def complain(text: str) -> None:
    """Write one line to stderr; where that is impossible there is nobody to tell."""
    with suppress(OSError):
        _line(sys.stderr, text)


def flush() -> None:
    """Hand over what was said and still waits; raises as `say` does."""
    with _stdout():
        if sys.stdout is not None:
            sys.stdout.flush()


def printable(text: str) -> str:
    """Return `text` with everything that could steer a terminal shown as an escape.

    File names come from strangers: they may hold newlines, escape sequences, bytes that are no
    text at all.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


@contextmanager
def _stdout() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # The interpreter flushes once more at its end, and would complain in its own words.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if isinstance(error, BrokenPipeError):
            raise
        raise AgentError(f"stdout cannot be written: {error.strerror}") from error


def _line(stream: TextIO | None, text: str) -> None:
    if stream is None:  # whoever called us closed it (`>&-`)
        return
    shown = printable(text)
    encoding = stream.encoding or "utf-8"
    stream.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")
