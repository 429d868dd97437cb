"""More than three hundred hostile strings through every format: they are shown, and do nothing."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest

from guardian.cli.terminal import visible as on_a_terminal
from guardian.domain.ladder import Rung
from guardian.months import LONGEST, visible
from guardian.ports import ReportInput
from guardian.reports import csv as sheets
from guardian.reports import html, pdf
from guardian.reports import json as facts
from tests.central.reports import months
from tests.central.reports.hostile import HOSTILE, commands
from tests.central.reports.months import EXEMPT, FAIL, UNKNOWN
from tests.central.reports.test_html_safety import HARMLESS, Elements, restores_of
from tests.central.reports.test_html_safety import page_of as elements_of

CONTROLS = ("backup.fresh", "backup.encrypted", "restore.tested")


def told(texts: tuple[str, ...], **more: object) -> ReportInput:
    """Return a month in which each text stands wherever a text can."""
    findings, changes, copies = [], [], []
    for text in texts:
        asset = months.copy(text, text, text)
        for control, status in zip(CONTROLS, (FAIL, EXEMPT, UNKNOWN), strict=True):
            how = {"remedy": text, "exempt_owner": text}
            findings.append(months.finding(asset, control, status, text, **how))
        changes.append(months.change(asset, "backup.fresh", timedelta(days=3), FAIL, text))
        copies.append(months.figures(asset, Rung.OBSERVED, restores=restores_of(text)))
    names = {"client_name": texts[0], "provider_name": texts[-1]}
    return months.month(findings, changes, copies, **{**names, **more})


def test_there_are_strings_enough() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 300


def test_on_the_page_nothing_is_an_element() -> None:
    for text in HOSTILE:
        page = elements_of(text)
        assert page.found == HARMLESS, text[:100]
        assert not commands("".join(page.words).replace("\n", "")), text[:100]


def test_in_another_language_nothing_is_an_element_either() -> None:
    known = {*HARMLESS, ("span", ("lang",))}
    for place in range(0, len(HOSTILE), 40):
        page = Elements()
        page.feed(html.FORMAT.render(told(HOSTILE[place : place + 40], language="ru")).decode())
        assert set(page.found) <= known
        assert not commands("".join(page.words).replace("\n", ""))


def test_to_programs_every_string_is_what_it_was() -> None:
    document = facts.FORMAT.render(told(HOSTILE))
    assert all(32 <= byte < 127 or byte == 10 for byte in document)
    findings = json.loads(document)["findings"]
    assert {each["reason"] for each in findings} == {visible(text) for text in HOSTILE}
    assert not commands("".join(each["reason"] + each["server"] for each in findings))


def test_in_a_sheet_no_cell_is_a_formula() -> None:
    document = sheets.FORMAT.render(told(HOSTILE)).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(document, newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in rows)
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.strip().startswith(sheets.FORMULA[:8])]
    assert not commands("".join(cells))
    guarded = {row["reason"] for row in rows}
    shown = guarded | {reason.removeprefix("'") for reason in guarded}
    assert {visible(text) for text in HOSTILE} <= shown


def test_a_number_stays_a_number_in_a_sheet() -> None:
    month = months.month([], servers=["web1"])
    (server,) = month.snapshot.servers
    behind = replace(month.snapshot, servers=(replace(server, clock_skew_seconds=-5.0),))
    document = sheets.FORMAT.render(replace(month, snapshot=behind)).decode()
    (row,) = csv.DictReader(io.StringIO(document, newline=""))
    assert row["clock_skew_seconds"] == "-5.0"


FORBIDDEN = (
    "/JavaScript", "/JS", "/Launch", "/URI", "/GoToR", "/SubmitForm", "/ImportData", "/OpenAction",
    "/AA", "/RichMedia", "/Widget",
)  # fmt: skip


def prose(texts: tuple[str, ...], **more: object) -> ReportInput:
    """Return a month with each text where sentences stand; names never have more than 63 letters.

    A layout engine takes minutes over a table's cell that is longer than its page.
    """
    findings = []
    for number, text in enumerate(texts):
        where = months.server(f"web{number}")
        how = {"remedy": text, "exempt_owner": text}
        findings.append(months.finding(where, "agent.clock", FAIL, text, **how))
    return months.month(findings, client_name=texts[0], provider_name=texts[-1], **more)


@pytest.mark.tools
def test_on_paper_nothing_acts_and_nothing_is_embedded() -> None:
    short = [text[:60] for text in HOSTILE]
    joined = tuple(" ".join(short[place : place + 12]) for place in range(0, len(short), 12))
    with pikepdf.open(io.BytesIO(pdf.FORMAT.render(prose(joined, language="ru")))) as made:
        assert list(made.attachments) == [pdf.EVIDENCE]
        for thing in made.objects:
            keys = set(thing.keys()) if isinstance(thing, pikepdf.Dictionary) else set()
            kinds = {str(thing.get(key)) for key in keys & {"/S", "/Subtype", "/Type"}}
            assert not (keys | kinds) & set(FORBIDDEN)
            assert "/Annots" not in keys


def test_on_a_terminal_nothing_steers() -> None:
    assert [text for text in HOSTILE if commands(on_a_terminal(text))] == []


def test_a_value_of_a_megabyte_buries_nothing() -> None:
    document = json.loads(facts.FORMAT.render(told(("a" * 1_000_000,))))
    assert len(document["findings"][0]["reason"]) == LONGEST + 1
