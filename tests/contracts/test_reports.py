"""What every report format must do, whichever there are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from guardian.cli.monthly import formats
from guardian.domain.ladder import Rung
from guardian.domain.snapshot import ServerFigures
from guardian.errors import ReportError
from tests.central.reports import months
from tests.central.reports.months import FAIL, FILES, WEB

FORMATS = formats()
LANGUAGES = ("en", "ru")
every_format = pytest.mark.parametrize("name", sorted(FORMATS))


def small(**more: object):
    findings = [*months.all_pass(WEB), *months.all_pass(FILES)]
    findings[-1] = months.finding(FILES, "restore.time", FAIL, "31 h old")
    changes = [
        *months.healthy(WEB),
        months.change(FILES, "backup.fresh", timedelta(days=8), FAIL, "31 h old"),
    ]
    return months.month(findings, changes, [months.figures(FILES, Rung.RESTORED)], **more)


def test_the_promised_formats_are_there() -> None:
    assert {"html", "pdf", "json", "csv"} <= FORMATS.keys()
    assert len({form.suffix for form in FORMATS.values()}) == len(FORMATS)


@every_format
def test_a_format_has_a_name_and_a_suffix(name: str) -> None:
    form = FORMATS[name]
    assert form.name == name
    assert re.fullmatch(r"\.[a-z]+", form.suffix)


@every_format
def test_equal_months_give_equal_bytes(name: str) -> None:
    assert FORMATS[name].render(small()) == FORMATS[name].render(small())


@every_format
def test_a_month_that_has_not_begun_is_refused(name: str) -> None:
    with pytest.raises(ReportError, match="has not begun"):
        FORMATS[name].render(small(built_at=months.START))


@every_format
def test_only_the_clients_own_data_can_be_read_out_of_it(name: str) -> None:
    """Two providers that differ in another client's data alone give one report."""
    alone = small()
    assert FORMATS[name].render(beside(alone, "quiet", 1)) == FORMATS[name].render(
        beside(alone, "loud", 40)
    )


def beside(month, whose: str, changes: int):
    """Return the month in a fleet with another client, whose server has the same name."""
    other = months.copy("web1", "files", "local", client=whose)
    shot = month.snapshot
    server = ServerFigures(
        client=whose,
        server="web1",
        last_statement_at=months.BUILT,
        clock_skew_seconds=changes,
        agent_version=whose,
        exposed=(("csv", changes),),
    )
    found = months.finding(other, "backup.fresh", FAIL, f"{whose} {changes}")
    mixed = replace(
        shot,
        findings=(found, *shot.findings),
        copies=(*shot.copies, months.figures(other, Rung(changes % 7), size_bytes=changes)),
        servers=(server, *shot.servers),
        judgement_seconds=changes / 10,
    )
    told = [
        months.change(other, "backup.fresh", timedelta(hours=hour), FAIL, whose)
        for hour in range(changes)
    ]
    return replace(month, snapshot=mixed, changes=(*told, *month.changes))


@pytest.mark.parametrize("name", ["csv", "json"])
def test_what_programs_read_is_the_same_in_every_language(name: str) -> None:
    english, russian = (FORMATS[name].render(small(language=each)) for each in LANGUAGES)
    assert english == russian


def test_what_people_read_is_in_their_language() -> None:
    english, russian = (FORMATS["html"].render(small(language=each)) for each in LANGUAGES)
    assert english != russian
