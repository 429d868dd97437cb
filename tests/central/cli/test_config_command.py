from __future__ import annotations

import json

import pytest

from tests.central.cli.central import COPY, OF_A_SERVER

POLICY = """\
    [server.backup_set.policy."backup.fresh"]
    max_age = "2h"
"""

KINDS = """\
    [server.backup_set.policy."restore.tested"]
    kinds = ["full", "database"]
"""


def test_check_counts_what_is_agreed(guardian):
    guardian.client(COPY)

    done = guardian("config", "check")

    assert done.exit_code == 0
    assert done.stdout.endswith("can be used: 1 client, 1 server, 1 copy, 16 controls\n")


def test_check_of_several(guardian):
    guardian.client(COPY.replace('["local"]', '["local", "offsite"]'))

    assert "1 client, 1 server, 2 copies, 25 controls" in guardian("config", "check").stdout


def test_check_names_every_fault(guardian):
    guardian.client("bogus = 1\n")
    (guardian.folder / "clients.d" / "zeta.toml").write_text("x")

    done = guardian("config", "check")

    assert done.exit_code == 2
    assert "clients.d/acme.toml: " in done.stderr
    assert "clients.d/zeta.toml: not TOML" in done.stderr


def test_a_hostile_file_cannot_steer_the_terminal(guardian):
    guardian.client('"\\u001b]0;x\\u0007" = 1\n')

    assert "\x1b" not in guardian("config", "check").stderr


def values(guardian, place):
    done = guardian("config", "explain", place, "--output", "json")
    assert done.exit_code == 0, done.stderr
    return {(each["control"], each["key"]): each for each in json.loads(done.stdout)["values"]}


def test_explain_says_which_line_decided(guardian):
    guardian.client(COPY + POLICY)

    found = values(guardian, "acme/web1/files/local/backup.fresh")

    keys = ("schedule", "grace", "early", "max_age", "severity")
    assert set(found) == {("backup.fresh", key) for key in keys}
    limit = found["backup.fresh", "max_age"]
    assert limit["value"] == "2h"
    text = (guardian.folder / "clients.d" / "acme.toml").read_text()
    assert text.splitlines()[limit["line"] - 1].strip() == 'max_age = "2h"'
    assert limit["origin"].startswith("clients.d/acme.toml: [server.backup_set.policy.")
    assert found["backup.fresh", "severity"]["origin"] == "default"
    assert found["backup.fresh", "severity"]["line"] is None


def test_explain_a_whole_asset(guardian):
    guardian.client(exempt=("agent.clock",))

    found = values(guardian, "acme/web1")

    assert {control for control, _ in found} == set(OF_A_SERVER)
    assert found["agent.clock", "exempt"]["value"] == "until 2099-01-01 by Eve: tried out"


def test_explain_shows_values_as_they_are_written(guardian):
    guardian.client(COPY + KINDS)

    found = values(guardian, "acme/web1/files/local")

    assert found["backup.fresh", "max_age"]["value"] == "26h"
    assert found["restore.tested", "kinds"]["value"] == "full, database"
    assert found["restore.tested", "bad_share"]["value"] == "0.01"
    assert found["restore.tested", "whole_within"]["value"] == "none"
    assert found["restore.proven", "questions"]["value"] == "none"
    assert found["backup.encrypted", "must_be_tried"]["value"] == "false"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("acme/web1/files/local/backup.fersh", "did you mean"),
        ("acme/web1/backup.fresh", "Nothing is configured at"),
        ("zzz", "`guardian client list` shows clients"),
    ],
)
def test_explain_nothing(guardian, place, said):
    guardian.client(COPY)

    done = guardian("config", "explain", place)

    assert done.exit_code == 2
    assert said in done.stderr
