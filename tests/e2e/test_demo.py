"""Every case of the demo is told as it is, by the commands and files that a user holds on to."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from tests.demo.cases import BAKERY, CASES, CLINIC, LAW, PROVIDER
from tests.demo.outcome import outcomes
from tests.demo.story import tell

pytestmark = pytest.mark.tools

FIELDS = {
    "client",
    "server",
    "backup_set",
    "copy",
    "control",
    "status",
    "severity",
    "reason",
    "since",
    "holds_until",
    "evidence",
}


@pytest.fixture(scope="module")
def central():
    # Not pytest's own folder, which it closes to the ordinary user who backs up one of the servers.
    with tempfile.TemporaryDirectory(prefix="guardian-demo-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield tell(folder, lambda _: None)


@pytest.fixture(scope="module")
def told(central):
    found = outcomes(CASES, central.findings())
    return {(each.case.client, each.case.server): each for each in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.client}-{case.server}")
def test_the_control_that_names_it_finds_it(told, case):
    outcome = told[case.client, case.server]
    assert outcome.told, outcome.said


@pytest.mark.parametrize(("client", "status"), [(BAKERY, 0), (LAW, 1), (CLINIC, 1), (PROVIDER, 1)])
def test_check_exits_by_the_worst_finding(central, client, status):
    assert central("check", client).status == status


def test_the_findings_have_the_form_that_scripts_hold_on_to(central):
    said = json.loads(central("check", "--output", "json").output)
    assert said["schema_version"] == 1
    assert {frozenset(finding) for finding in said["findings"]} == {frozenset(FIELDS)}
    assert {finding["status"] for finding in said["findings"]} <= {
        "pass",
        "fail",
        "unknown",
        "exempt",
    }


def test_the_evidence_log_holds_for_every_client(central):
    assert central("audit", "verify").status == 0


def test_every_client_gets_a_report(central, tmp_path):
    month = json.loads(central("check", "--output", "json").output)["judged_at"][:7]
    for client in (BAKERY, LAW, CLINIC):
        words = ("report", "build", client, "--month", month, "--out", str(tmp_path))
        central(*words).checked()
    pages = {path.name.split("-20")[0]: path.read_text() for path in tmp_path.glob("*.html")}
    assert sorted(pages) == sorted((BAKERY, LAW, CLINIC))
    assert all("<script" not in page and "http://" not in page for page in pages.values())
    assert all("Who else can read it" in page for page in pages.values())
    assert "40 payment card numbers" in pages[CLINIC]
    assert "Your data in our own custody" in pages[CLINIC]
    assert "custody" not in pages[BAKERY]
