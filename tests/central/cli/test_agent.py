from __future__ import annotations

import json
from datetime import timedelta

import pytest
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import Name

from guardian.app import open_app
from guardian.ports import KeyRecord

PUBLIC = SigningKey.from_seed(b"k" * 32).public
KEY_ID = key_id(PUBLIC)
WEB = ("--client", "acme", "--server", "web1")


def enrolled(guardian, **more):
    app = open_app(guardian.config)
    record = KeyRecord(
        key_id=KEY_ID,
        public_key=PUBLIC,
        client=Name("acme"),
        server=Name("web1"),
        epoch=1,
        enrolled_at=app.clock.now(),
        **more,
    )
    with app.store.unit() as unit:
        unit.put_key(record)
    app.close()


def test_the_token_alone_goes_to_stdout(guardian):
    guardian.client()

    done = guardian("agent", "token", *WEB)

    assert done.exit_code == 0
    assert done.stdout.startswith("gdn1.")
    assert done.stdout.count("\n") == 1
    assert "guardian-agent enroll" in done.stderr
    assert done.stdout.strip() not in done.stderr


def test_a_token_lives_as_long_as_asked(guardian):
    guardian.client()

    guardian("agent", "token", *WEB, "--ttl", "30m")

    app = open_app(guardian.config)
    (kept,) = app.store.tokens()
    app.close()
    assert kept.expires_at - kept.created_at == timedelta(minutes=30)


@pytest.mark.parametrize("ttl", ["0s", "30s", "32d", "60", "soon", ""])
def test_what_is_no_life_for_a_token(guardian, ttl):
    guardian.client()

    done = guardian("agent", "token", *WEB, "--ttl", ttl)

    assert done.exit_code == 2
    assert 'expected a duration from "1m" to "31d"' in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("client", "server", "said"),
    [("acne", "web1", "did you mean 'acme'?"), ("acme", "web2", "there are: web1")],
)
def test_only_what_is_configured_gets_a_token(guardian, client, server, said):
    guardian.client()

    done = guardian("agent", "token", "--client", client, "--server", server)

    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_agents_are_listed_with_the_state_of_their_key(guardian):
    enrolled(guardian)

    (agent,) = json.loads(guardian("agent", "list", "--output", "json").stdout)["agents"]

    assert agent["client"] == "acme"
    assert agent["state"] == "enrolled"
    assert agent["key_id"] == KEY_ID


def test_a_frozen_key_says_why(guardian):
    app = open_app(guardian.config)
    now = app.clock.now()
    app.close()
    enrolled(guardian, frozen_at=now, frozen_because="equivocation")

    assert ": equivocation" in guardian("agent", "list").stdout


def test_revoking_is_for_ever(guardian):
    enrolled(guardian)

    done = guardian("agent", "revoke", *WEB)

    assert (done.exit_code, done.stdout) == (0, "")
    assert f"Revoked acme/web1, key {KEY_ID}" in done.stderr
    assert "revoked 20" in guardian("agent", "list").stdout
    again = guardian("agent", "revoke", *WEB)
    assert again.exit_code == 2
    assert "No agent of acme/web1 has a living key" in again.stderr
