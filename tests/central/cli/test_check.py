from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest

from tests.central.cli.central import BUT_SILENCE, COPY, OF_A_SERVER


def test_exits_0_when_all_pass(guardian):
    guardian.client(exempt=BUT_SILENCE)
    guardian.heard()

    done = guardian("check", "--output", "json")

    assert done.exit_code == 0, done.output
    statuses = {each["control"]: each["status"] for each in json.loads(done.stdout)["findings"]}
    assert statuses["agent.reporting"] == "pass"
    assert statuses["agent.clock"] == "exempt"


def test_exits_1_when_something_fails_whatever_is_unknown(guardian):
    guardian.client(COPY)
    guardian.heard(timedelta(days=3))

    done = guardian("check")

    assert done.exit_code == 1
    assert "the agent has been silent for 3 d" in done.stdout


def test_exits_3_when_something_is_unknown_and_nothing_fails(guardian):
    guardian.client()

    assert guardian("check").exit_code == 3


def test_nothing_configured_is_not_all_well(guardian):
    done = guardian("check")

    assert done.exit_code == 3
    assert "Nothing is configured, so nothing is proven" in done.stderr


LEFT = '[client]\nid = "acme"\nname = "ACME GmbH"\noffboarded = 2026-11-01\n'
HOLDER = '[client]\nid = "us"\nname = "Us"\n[[server]]\nid = "nas"\ncustody_of = "acme"\n'


def test_a_client_that_left_has_nothing_to_judge(guardian):
    (guardian.folder / "clients.d" / "acme.toml").write_text(LEFT)

    done = guardian("check", "acme")

    assert done.exit_code == 3
    assert "ACME GmbH left on 2026-11-01" in done.stderr
    assert "Nothing is configured" not in done.stderr


def test_what_is_held_of_a_client_that_left_is_judged_where_it_lies(guardian):
    (guardian.folder / "clients.d" / "acme.toml").write_text(LEFT)
    (guardian.folder / "clients.d" / "us.toml").write_text(HOLDER)

    assert "guardian check us" in guardian("check", "acme").stderr
    done = guardian("check", "us", "--output", "json")
    assert "data.custody" in {each["control"] for each in json.loads(done.stdout)["findings"]}


def test_json_is_what_the_interface_promises(guardian):
    guardian.client(COPY)
    guardian.heard(timedelta(days=3))

    done = guardian("check", "--output", "json")
    body = json.loads(done.stdout)

    assert list(body) == ["schema_version", "judged_at", "findings"]
    assert body["schema_version"] == 1
    assert body["judged_at"].endswith("Z")
    first = body["findings"][0]
    assert list(first) == [
        "client", "server", "backup_set", "copy", "control", "status", "severity", "reason",
        "since", "holds_until", "evidence",
    ]  # fmt: skip
    assert first["control"] == "agent.reporting"
    assert first["status"] == "fail"
    assert first["severity"] == "critical"
    assert first["backup_set"] is None
    assert first["evidence"] == "claimed"
    assert datetime.fromisoformat(first["since"]).microsecond == 0
    assert {each["copy"] for each in body["findings"]} == {None, "local"}
    assert done.stderr == ""


def test_csv(guardian):
    guardian.client()

    rows = list(csv.DictReader(io.StringIO(guardian("check", "--output", "csv").stdout)))

    assert {row["control"] for row in rows} == set(OF_A_SERVER)
    assert {row["copy"] for row in rows} == {""}


def test_one_client_alone(guardian):
    guardian.client()
    other = (guardian.folder / "clients.d" / "acme.toml").read_text()
    other = other.replace('"acme"', '"zeta"').replace("ACME GmbH", "Zeta")
    (guardian.folder / "clients.d" / "zeta.toml").write_text(other)

    body = json.loads(guardian("check", "zeta", "--output", "json").stdout)

    assert {each["client"] for each in body["findings"]} == {"zeta"}


def test_a_client_that_is_not_there(guardian):
    guardian.client()

    done = guardian("check", "acne")

    assert done.exit_code == 2
    assert "did you mean 'acme'?" in done.stderr
    assert "there are: acme" in guardian("check", "zzzz").stderr


def test_a_broken_configuration_exits_2(guardian):
    guardian.client("nonsense = 1\n")

    done = guardian("check")

    assert done.exit_code == 2
    assert "clients.d/acme.toml: at $.server[0]: unknown key 'nonsense'" in done.stderr
    assert done.stdout == ""


def test_a_store_that_cannot_be_read_is_not_knowing(guardian):
    guardian.client()
    (guardian.folder / "store" / "guardian.db").write_bytes(b"no database" * 1000)

    done = guardian("check")

    assert done.exit_code == 3
    assert "guardian.db" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("ago", "exempt", "status", "word"),
    [
        (None, (), 3, "UNKNOWN"),
        (timedelta(days=3), (), 2, "CRITICAL"),
        (timedelta(), BUT_SILENCE, 0, "OK"),
    ],
)
def test_as_a_plugin(guardian, ago, exempt, status, word):
    guardian.client(exempt=exempt)
    if ago is not None:
        guardian.heard(ago)

    done = guardian("check", "--nagios")

    assert done.exit_code == status
    first, *_ = done.stdout.splitlines()
    assert first.startswith(f"GUARDIAN {word} - ")
    text, performance = first.split(" | ")
    assert "|" not in text
    assert [each.split("=")[0] for each in performance.split()] == [
        "'pass'", "'fail'", "'unknown'", "'exempt'"
    ]  # fmt: skip


def test_a_plugin_that_warns(guardian):
    guardian.client('[server.policy."agent.reporting"]\nseverity = "warning"\n')
    guardian.heard(timedelta(days=3))

    assert guardian("check", "--nagios").exit_code == 1


@pytest.mark.parametrize(
    "words", [["--nagios", "--bogus"], ["--nagios", "nobody"], ["--nagios", "--output", "csv"]]
)
def test_wrong_usage_is_unknown_to_a_monitor(guardian, words):
    guardian.client()

    done = guardian("check", *words)

    assert done.exit_code == 3
    assert done.stdout.startswith("GUARDIAN UNKNOWN - ")
    assert done.stderr == ""


def test_a_broken_configuration_is_unknown_to_a_monitor(guardian):
    guardian.client("nonsense = 1\n")

    done = guardian("check", "--nagios")

    assert (done.exit_code, done.stdout.count("\n")) == (3, 1)


def test_a_store_that_cannot_be_read_is_unknown_to_a_monitor(guardian):
    (guardian.folder / "store" / "guardian.db").write_bytes(b"no database" * 1000)

    done = guardian("check", "--nagios")

    assert done.exit_code == 3
    assert done.stdout.startswith("GUARDIAN UNKNOWN - ")
