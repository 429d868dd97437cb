from __future__ import annotations

import json
from datetime import UTC, datetime

import click
import pytest

from guardian.cli.monthly import formats, month_bounds
from tests.central.cli.central import COPY

NOW = f"{datetime.now(UTC):%Y-%m}"  # noqa: TID251 - the month that is under way has a report


def test_a_report_lies_where_it_says(guardian):
    guardian.client(COPY)
    folder = guardian.folder / "reports"

    done = guardian("report", "build", "acme", "--month", NOW, "--out", str(folder))

    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{folder}/acme-{NOW}.html\n"
    page = (folder / f"acme-{NOW}.html").read_text(encoding="utf-8")
    assert "ACME GmbH" in page
    assert "My company" in page
    assert [each.name for each in folder.iterdir()] == [f"acme-{NOW}.html"]


def test_every_format_at_once_in_the_language_asked_for(guardian):
    guardian.client(COPY)
    folder = guardian.folder / "reports"
    formats = ("--format", "html", "--format", "json", "--format", "csv", "--format", "json")

    words = ("--month", NOW, "--language", "ru", "--out", str(folder), *formats)
    done = guardian("report", "build", "acme", *words)

    assert done.exit_code == 0, done.stderr
    names = [f"acme-{NOW}{suffix}" for suffix in (".html", ".json", ".csv")]
    assert done.stdout.splitlines() == [f"{folder}/{name}" for name in names]
    assert '<html lang="ru">' in (folder / names[0]).read_text(encoding="utf-8")
    proof = json.loads((folder / names[1]).read_bytes())["proof"]
    assert proof["checkpoint"].startswith(f"guardian/acme\n{proof['log_size']}\n")


def test_a_language_that_is_not_there(guardian):
    guardian.client()

    done = guardian("report", "build", "acme", "--month", NOW, "--language", "xx")

    assert done.exit_code == 2
    assert "'en', 'ru'" in done.stderr


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-11", "2026-11\n", "0000-01", "next"])
def test_what_is_no_month(guardian, month):
    done = guardian("report", "build", "acme", "--month", month)

    assert done.exit_code == 2
    assert "expected a month such as 2026-11" in done.stderr


def test_a_month_to_come(guardian):
    guardian.client()

    done = guardian("report", "build", "acme", "--month", "2199-01")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "has not begun" in done.stderr


def test_a_client_that_is_not_there(guardian):
    assert guardian("report", "build", "acme", "--month", NOW).exit_code == 2


def test_a_format_that_is_not_there(guardian):
    guardian.client()

    done = guardian("report", "build", "acme", "--month", NOW, "--format", "docx")

    assert done.exit_code == 2
    assert "there are: csv, html, json, pdf" in done.stderr


def test_a_place_that_cannot_be_written(guardian):
    guardian.client()
    file = guardian.folder / "file"
    file.write_text("")

    done = guardian("report", "build", "acme", "--month", NOW, "--out", str(file / "x"))

    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


def test_months_end_where_the_next_begins():
    assert month_bounds("2026-12") == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert month_bounds("2026-02")[1] == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(click.BadParameter):
        month_bounds("9999-12")


def test_formats_are_those_that_are_there():
    assert "html" in formats()
