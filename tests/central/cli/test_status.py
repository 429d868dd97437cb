from __future__ import annotations

import json
from datetime import timedelta

from tests.central.cli.central import COPY, OF_A_SERVER


def test_it_says_what_is_wrong_how_we_know_and_what_to_do(guardian):
    guardian.client(COPY)
    guardian.heard(timedelta(days=3))

    done = guardian("status")

    assert done.exit_code == 0
    assert "My company: 1 client, 1 server, judged " in done.stdout
    assert "ACME GmbH (acme)" in done.stdout
    for word in ("FAIL", "what is wrong", "how we know", "what to do", "silent for 3 d"):
        assert word in done.stdout
    assert "\x1b" not in done.stdout


def test_an_accepted_risk_is_no_task(guardian):
    guardian.client(exempt=OF_A_SERVER)

    done = guardian("status")

    assert "the risk" in done.stdout
    assert "accepted by Eve until 2099-01-01: tried out" in " ".join(done.stdout.split())
    assert "what to do" not in done.stdout


def test_it_says_what_falls_due(guardian):
    guardian.client(COPY)
    guardian.tested(timedelta(days=90, hours=12))

    done = guardian("status")

    (line,) = [line for line in done.stdout.splitlines() if line.startswith("in ")]
    assert line.split("  ")[0] == "in 36 h"
    assert "acme/web1/files/local" in line
    listed = json.loads(guardian("status", "--output", "json").stdout)["falls_due"]
    assert {each["control"] for each in listed} == {"restore.tested", "restore.proven"}
    assert {(each["copy"], each["days_left"]) for each in listed} == {("local", 1)}


def test_nothing_falls_due(guardian):
    guardian.client(COPY)

    assert "FALLS DUE" not in guardian("status").stdout
    assert json.loads(guardian("status", "--output", "json").stdout)["falls_due"] == []


def test_numbers_for_programs(guardian):
    guardian.client(COPY)

    (client,) = json.loads(guardian("status", "--output", "json").stdout)["clients"]

    assert client["client"] == "acme"
    assert client["unknown"] == 16
    assert client["fail"] == client["pass"] == client["exempt"] == 0
    assert guardian("status", "--output", "csv").stdout.startswith("client,name,pass,fail,")


def test_a_client_alone(guardian):
    guardian.client()

    assert "ACME" in guardian("status", "acme").stdout
    assert guardian("status", "nobody").exit_code == 2


def test_no_client_yet(guardian):
    done = guardian("status")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "No client is configured yet" in done.stderr


def test_all_well_is_one_line(guardian):
    guardian.client()
    guardian.heard()
    lines = guardian("status").stdout.splitlines()

    assert lines[3].split()[:3] == ["ACME", "GmbH", "(acme)"]


def test_clients_are_listed(guardian):
    guardian.client(COPY)

    done = guardian("client", "list", "--output", "json")

    assert json.loads(done.stdout)["clients"] == [
        {
            "client": "acme",
            "name": "ACME GmbH",
            "servers": 1,
            "backup_sets": 1,
            "copies": 1,
            "timezone": "UTC",
            "file": "clients.d/acme.toml",
        }
    ]
