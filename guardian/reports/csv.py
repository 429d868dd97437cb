"""The month for spreadsheets: the rows of every table one below the other, none of them a formula.

The first column names the table; a column that a table does not have is empty. The same in every
language, so that a sheet of one month fits the next.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from guardian import months
from guardian.months import Cell
from guardian.ports import ReportInput

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", "'")
"""What makes a spreadsheet take a cell for a formula, and the mark that stops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvReport:
    """Writes a month as one sheet (RFC 4180)."""

    name: str = "csv"
    suffix: str = ".csv"

    def render(self, month: ReportInput) -> bytes:
        """Return the sheet; equal inputs give equal bytes.

        Raises:
            ReportError: when the month had not begun at the time of building.
        """
        tables = months.tables(month)
        columns = dict.fromkeys(column for table in tables for column in table.columns)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(["table", *columns])
        for table in tables:
            for row in table.rows:
                cells = dict(zip(table.columns, row, strict=True))
                writer.writerow([table.name, *(_harmless(cells.get(each)) for each in columns)])
        return text.getvalue().encode("utf-8")


def _harmless(cell: Cell) -> Cell:
    """Return a cell that is text to a spreadsheet, also behind spaces that it would trim."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return cell


FORMAT = CsvReport()
