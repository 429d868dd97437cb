"""The month for programs: every fact behind the page, with the proof; the same in every language.

`docs/reference/report.schema.json` describes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from guardian import __version__, months
from guardian.ports import ReportInput

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonReport:
    """Writes a month as one JSON object of plain ASCII."""

    name: str = "json"
    suffix: str = ".json"

    def render(self, month: ReportInput) -> bytes:
        """Return the document; equal inputs give equal bytes.

        Raises:
            ReportError: when the month had not begun at the time of building.
        """
        body = {
            "schema_version": SCHEMA_VERSION,
            **months.head(month),
            **{
                table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
                for table in months.tables(month)
            },
            "proof": {
                "log_size": month.log_size,
                "log_root": months.visible(month.log_root),
                "key_fingerprint": months.visible(month.key_fingerprint),
                "checkpoint": month.checkpoint,
                "guardian_version": __version__,
            },
        }
        # DEL is the one control character that JSON lets through.
        return json.dumps(body, indent=1).replace("\x7f", "\\u007f").encode("ascii") + b"\n"


FORMAT = JsonReport()
