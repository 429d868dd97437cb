"""Lists as tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import click

from guardian.cli.terminal import draw, put, visible

SCHEMA_VERSION = 1
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", "'")
"""What makes a spreadsheet take a cell for a formula, and the mark that stops it."""
STYLES = dict.fromkeys(("fail", "contrary", "absent"), "bold red")
STYLES |= dict.fromkeys(("unknown", "not_covered"), "yellow")
STYLES |= dict.fromkeys(("exempt", "attested"), "cyan")
STYLES |= dict.fromkeys(("pass", "evidence", "verified"), "green")

Cell = str | int | None


class Output(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list of things with the same columns."""

    name: str
    """What the things are: the key of the list in JSON."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: Mapping[str, Cell] = field(default_factory=dict)
    """What JSON says of the list as a whole."""
    beside: tuple[Table, ...] = ()
    """Further lists that JSON holds."""


output_option = click.option(
    "--output",
    type=click.Choice([each.value for each in Output]),
    default=Output.TABLE.value,
    show_default=True,
    help="How to print the list.",
)


def write(table: Table, output: str) -> None:
    """Write a list to stdout."""
    match Output(output):
        case Output.TABLE:
            _draw(table)
        case Output.JSON:
            put(f"{as_json(table)}\n")
        case Output.CSV:
            put(as_csv(table))


def as_json(table: Table) -> str:
    """Return the list as indented ASCII JSON."""
    body = {
        "schema_version": SCHEMA_VERSION,
        **table.head,
        **{
            each.name: [dict(zip(each.columns, row, strict=True)) for row in each.rows]
            for each in (table, *table.beside)
        },
    }
    # DEL is the one control character that JSON lets through.
    return json.dumps(body, indent=1).replace("\x7f", "\\u007f")


def as_csv(table: Table) -> str:
    """Return the list as CSV (RFC 4180) in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return visible(f"'{cell}" if cell.startswith(FORMULA) else cell)


def _draw(table: Table) -> None:
    from rich.table import Table as Drawing
    from rich.text import Text

    drawing = Drawing(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in table.columns:
        drawing.add_column(column.replace("_", " ").upper(), overflow="fold")
    for row in table.rows:
        drawing.add_row(*(Text(shown, style=STYLES.get(shown, "")) for shown in _shown(row)))
    draw([drawing], whole_lines=True)


def _shown(row: tuple[Cell, ...]) -> Iterator[str]:
    for cell in row:
        yield "-" if cell is None else visible(str(cell))
