from __future__ import annotations

import io

import pytest

from tests.agent.delivery.central import STATE, FakeCentral


def test_token_from_a_file(call, system, central):
    system.files.put("/secrets/token", central.token().encode() + b"\n")
    status, out, err = call("enroll", "--token-file", "/secrets/token")
    assert (status, err) == (0, "")
    assert out.startswith("Enrolled as acme/web1, epoch 1, key ")
    assert system.files.exists(f"{STATE}/identity.json")


def test_token_from_standard_input(call, system, central, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(central.token() + "\n"))
    assert call("enroll", "--token-file", "-")[0] == 0


@pytest.mark.parametrize(
    ("token", "words"),
    [(None, "No such file"), (b"\xff", "plain text"), (b"x" * 9000, "as long as")],
)
def test_token_that_cannot_be_read_is_wrong_usage(call, system, token, words):
    if token is not None:
        system.files.put("/secrets/token", token)
    status, _, err = call("enroll", "--token-file", "/secrets/token")
    assert status == 2
    assert words in err


def test_refusal_is_told(call, system, central):
    system.files.put("/secrets/token", central.token().encode())
    central.refuse = "used_token"
    status, out, err = call("enroll", "--token-file", "/secrets/token")
    assert (status, out) == (1, "")
    assert "refused: used_token" in err


def test_drop_folder_answers_later(call, system):
    central = FakeCentral(url="file:///srv/drop")
    system.files.put("/etc/guardian/agent.toml", b'[central]\nurl = "file:///srv/drop"')
    system.files.make_directory("/srv/drop")
    system.files.put("/secrets/token", central.token().encode())
    status, out, _ = call("enroll", "--token-file", "/secrets/token")
    assert status == 3
    assert "Run this again" in out
    central.ingest(system, "/srv/drop")
    assert call("enroll", "--token-file", "/secrets/token")[0] == 0


def test_not_while_a_pass_is_at_work(call, system, central):
    system.files.put("/secrets/token", central.token().encode())
    system.files.make_directory(STATE)
    with system.files.lock(f"{STATE}/lock"):
        status, _, err = call("enroll", "--token-file", "/secrets/token")
    assert status == 1
    assert "another guardian-agent is at work" in err
