"""What every command shares: how it gets its configuration, and how it speaks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from guardian_agent.config import AgentConfig

Load = Callable[[], "AgentConfig"]
"""Reads `agent.toml`; raises `ConfigError`."""


def say(text: str) -> None:
    """Write one line to stdout."""
    _line(sys.stdout, text)


def complain(text: str) -> None:
    """Write one line to stderr."""
    _line(sys.stderr, text)


def printable(text: str) -> str:
    """Return `text` with everything that could steer a terminal shown as an escape.

    File names come from strangers: they may hold newlines, escape sequences, bytes that are no
    text at all.
    """
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def _line(stream: TextIO, text: str) -> None:
    shown = printable(text)
    encoding = stream.encoding or "utf-8"
    stream.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")
