"""The one encoder between outside text and the terminal.

File names, reasons and messages may hold what steers a terminal: escape sequences, OSC and C1
codes, characters that turn the direction of writing. All of it is shown, none of it is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import TextIOWrapper
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
    click.echo(visible(text))


def tell(text: str) -> None:
    """Write a message to stderr; only its own line breaks are kept."""
    for line in text.split("\n"):
        click.echo(visible(line), err=True)


def settle_streams() -> None:
    """Let a terminal that lacks a character show its escape, instead of ending the command."""
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
        click.echo(line.rstrip(), color=True)
