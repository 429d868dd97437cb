"""The facts that programs get: nothing rounded, nothing in words, nothing of others."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

from guardian.reports import csv as sheets
from guardian.reports import json as facts
from tests.central.reports import months
from tests.central.reports.months import FAIL, FILES, ORDERS, PASS


def told(month) -> dict[str, Any]:
    return json.loads(facts.FORMAT.render(month))


def test_the_statuses_of_a_control_fill_its_month():
    for row in told(months.troubled())["levels"]:
        seconds = [row[f"{status}_seconds"] for status in ("pass", "fail", "unknown", "exempt")]
        assert sum(seconds) == 30 * 86_400


def test_a_month_that_is_not_over_ends_where_it_was_built():
    built = months.START + timedelta(days=10)
    document = told(months.month([], months.healthy(FILES), built_at=built))
    assert (document["until"], document["is_over"]) == ("2026-11-11T00:00:00Z", False)
    assert {row["pass_seconds"] for row in document["levels"]} == {10 * 86_400}


def test_a_failure_has_its_beginning_and_its_end():
    changes = [
        *months.healthy(FILES),
        months.change(FILES, "backup.fresh", timedelta(days=8, seconds=1), FAIL, "31 h old"),
        months.change(FILES, "backup.fresh", timedelta(days=8, hours=5), PASS),
    ]
    (period,) = told(months.month([], changes))["periods"]
    assert period == {
        "server": "web1",
        "backup_set": "files",
        "copy": "local",
        "control": "backup.fresh",
        "status": "fail",
        "from": "2026-11-09T00:00:01Z",
        "until": "2026-11-09T05:00:00Z",
        "reason": "31 h old",
    }


def test_an_accepted_risk_says_what_is_judged_all_the_same():
    found = [each for each in told(months.troubled())["findings"] if each["status"] == "exempt"]
    assert [(each["judged_status"], each["accepted_by"]) for each in found] == [("fail", "j.doe")]


def test_a_copy_is_told_in_numbers():
    copies = {row["backup_set"]: row for row in told(months.troubled())["copies"]}
    orders = copies["orders-db"]
    assert (orders["rung"], orders["restore_seconds"]) == (6, 734.0)
    assert orders["newest_complete_at"] == "2026-12-02T01:50:00Z"
    assert copies["mailboxes"]["restored_at"] is None


def test_a_sheet_has_the_rows_of_every_table():
    month = months.troubled()
    rows = list(csv.DictReader(io.StringIO(sheets.FORMAT.render(month).decode(), newline="")))
    document = told(month)
    for table in ("findings", "copies", "servers", "levels", "periods", "changes"):
        listed = [row for row in rows if row["table"] == table]
        assert len(listed) == len(document[table])
        for row, expected in zip(listed, document[table], strict=True):
            shown = {key: "" if value is None else str(value) for key, value in expected.items()}
            assert {key: row[key] for key in expected} == shown


def test_what_was_never_seen_is_no_number():
    bare = months.figures(ORDERS, months.Rung.UNKNOWN, last_complete_at=None, size_bytes=None)
    (row,) = told(months.month([], copies=[bare]))["copies"]
    assert (row["newest_complete_at"], row["size_bytes"]) == (None, None)
