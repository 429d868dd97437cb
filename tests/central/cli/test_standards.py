from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.central.cli.central import COPY, Central

TODAY = datetime.now(UTC).date()  # noqa: TID251 - what is configured is dated, and judged now
MEANS = """
[[certified_means]]
name = "Example"
certificate = "000/000-0000"
valid_until = {until}
owner = "Eve"
protects = ["at-rest", "in-transit"]
"""
WORD = """
[[attested]]
question = "mfa"
statement = "Hardware keys"
owner = "Eve"
said_on = {said_on}
"""


def named(guardian: Central, *standards: str, more: str = "") -> None:
    """Let acme's file name standards."""
    guardian.client(COPY + more)
    file = guardian.folder / "clients.d" / "acme.toml"
    listed = f"standards = {json.dumps(list(standards))}\n"
    file.write_text(file.read_text().replace('id = "acme"\n', f'id = "acme"\n{listed}', 1))


def rows(guardian: Central, *words: str) -> list[dict[str, str]]:
    done = guardian("standards", *words, "--output", "json")
    return json.loads(done.stdout)["requirements"]


def test_each_requirement_has_a_row_with_its_answer(guardian):
    named(guardian, "cis-v8", "pci")
    guardian.heard()
    answered = rows(guardian, "acme")
    assert {each["client"] for each in answered} == {"acme"}
    assert [each["standard"] for each in answered] == ["cis-v8"] * 7 + ["pci"] * 6
    weekly = next(each for each in answered if each["requirement"] == "11.2")
    assert weekly["answer"] == "unknown"
    assert weekly["controls"] == "backup.fresh, backup.complete"
    assert weekly["basis"] == "seen"
    assert weekly["note"] is None
    vault = next(each for each in answered if each["requirement"] == "9.4.1.1")
    assert vault["answer"] == "not_covered"


def test_an_id_that_nobody_held_against_the_text_says_so(guardian):
    named(guardian, "hipaa")
    assert "still to be held against" in rows(guardian)[0]["note"]


def test_what_is_not_known_is_never_green(guardian):
    named(guardian, "cis-v8")
    done = guardian("standards")
    assert done.exit_code == 3
    assert "unknown" in done.stdout


def test_what_speaks_against_one_requirement_is_told_by_the_status(guardian):
    named(guardian, "152fz")
    done = guardian("standards", "acme")
    assert done.exit_code == 1
    assert "certified means are needed on web1, and none is named" in done.stdout


def test_named_means_are_told_as_somebodys_word_and_only_until_they_end(guardian):
    named(guardian, "152fz", more="")
    file = guardian.folder / "clients.d" / "acme.toml"
    plain = file.read_text()
    file.write_text(plain + MEANS.format(until=TODAY + timedelta(days=1)))
    assert guardian("standards").exit_code == 3
    file.write_text(plain + MEANS.format(until=TODAY - timedelta(days=2)))
    done = guardian("standards")
    assert done.exit_code == 1
    assert "certificate 000/000-0000 of Example ended on" in done.stdout


def test_no_standard_named_is_nothing_proven(guardian):
    guardian.client(COPY)
    done = guardian("standards")
    assert done.exit_code == 3
    assert "No standard is named" in done.stderr
    assert json.loads(guardian("standards", "--output", "json").stdout)["requirements"] == []


def test_an_unknown_standard_is_wrong_usage(guardian):
    named(guardian, "pcii")
    done = guardian("standards")
    assert done.exit_code == 2
    assert "did you mean 'pci'?" in done.stderr


@pytest.mark.parametrize("command", ["standards", "insurance"])
def test_an_unknown_client_is_wrong_usage(guardian, command):
    guardian.client(COPY)
    done = guardian(command, "acne")
    assert done.exit_code == 2
    assert "did you mean 'acme'?" in done.stderr


def test_insurers_are_told_what_is_behind_each_answer(guardian):
    guardian.client(COPY + WORD.format(said_on=TODAY))
    guardian.heard()
    done = guardian("insurance", "acme", "--output", "json")
    assert done.exit_code == 3
    given = {each["question"]: each for each in json.loads(done.stdout)["answers"]}
    assert given["mfa"]["answer"] == "attested"
    assert given["mfa"]["owner"] == "Eve"
    assert given["mfa"]["said_on"] == TODAY.isoformat()
    assert given["monitored"]["answer"] == "verified"
    assert given["monitored"]["holds_until"] is not None
    assert given["restore-tests"]["figure"] == "no restore test was ever verified"
    assert given["immutable"]["answer"] == "unknown"


def test_what_insurers_ask_is_a_table_too(guardian):
    guardian.client(COPY)
    guardian.heard(ago=timedelta(days=9))
    done = guardian("insurance", "acme", "--output", "csv")
    assert done.exit_code == 1
    given = {each["question"]: each for each in csv.DictReader(io.StringIO(done.stdout))}
    assert given["monitored"]["answer"] == "absent"
    shown = guardian("insurance", "acme").stdout
    assert "Does somebody notice when backups stop?" in shown


def test_a_schedule_is_not_taken_for_the_time_that_a_standard_names(guardian):
    monthly = '[policy."backup.fresh"]\nschedule = ["0 3 1 * *"]\n'
    named(guardian, "cis-v8", more=monthly)
    weekly = next(each for each in rows(guardian) if each["requirement"] == "11.2")
    assert (
        "max_age is to be at most 7d; that is not agreed for web1/files/local" in (weekly["reason"])
    )
