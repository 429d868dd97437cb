"""The one encoder between outside text and the terminal.

File names, reasons and messages may hold what steers a terminal: escape sequences, OSC and C1
codes, characters that turn the direction of writing. All of it is shown, none of it is sent.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPE_WIDTH = 100_000
"""Columns where nobody looks at a screen: whoever reads a pipe wants whole lines."""


def visible(text: str) -> str:
    """Return one line with everything that is no plain character shown as an escape."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def say(text: str = "") -> None:
    """Write one line of data to stdout."""
    put(visible(text) + "\n")


def put(text: str, *, color: bool | None = None) -> None:
    """Write to stdout what is fit for it already.

    Args:
        text: as it is written, its line breaks included.
        color: False takes colours away, True keeps them, None keeps them on a terminal.

    Raises:
        click.ClickException: it cannot be written, such as on a full disk; the one error of this
            kind that click ends quietly is a reader that has gone.
    """
    try:
        click.echo(text, nl=False, color=color)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        _abandon_stdout()
        raise click.ClickException(f"stdout cannot be written: {error.strerror}") from error


def _abandon_stdout() -> None:
    """Keep the interpreter from trying once more at its end, and complaining in its own words."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def tell(text: str) -> None:
    """Write a message to stderr; only its own line breaks are kept."""
    for line in text.split("\n"):
        click.echo(visible(line), err=True)


def settle_streams() -> None:
    """Let no stream end a command: one that is closed, or a terminal that lacks a character."""
    if sys.stdout is None:  # `>&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def draw(parts: Iterable[RenderableType], *, whole_lines: bool) -> None:
    """Write tables and paragraphs to stdout, plain where NO_COLOR asks for it or nobody looks.

    Args:
        parts: what to draw.
        whole_lines: do not fold lines that go into a pipe: a program reads them.
    """
    from rich.console import Console

    width = PIPE_WIDTH if whole_lines and not sys.stdout.isatty() else None
    screen = Console(file=sys.stdout, markup=False, emoji=False, highlight=False, width=width)
    with screen.capture() as drawn:
        for part in parts:
            screen.print(part)
    for line in drawn.get().splitlines():
        # The blanks that fill a column go; the colours that were asked for stay.
        put(f"{line.rstrip()}\n", color=True)
