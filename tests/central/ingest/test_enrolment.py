from __future__ import annotations

import threading

import pytest
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.enrolment import make_request
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.token import Token

from guardian.errors import EnrolmentError
from guardian.ingest.enrolment import NotEnrolledError, revoke
from guardian.stores.memory import MemoryStore
from guardian.stores.sqlite import SqliteStore
from tests.central.ingest.speaker import ADDRESS, HOUR, NOON, Central, Speaker

NEW_KEY = SigningKey.from_seed(b"n" * 32)
IDENTITY_POINT = bytes([1]) + bytes(31)


@pytest.fixture
def central():
    return Central(MemoryStore())


def kinds(central, client="acme"):
    return [leaf.kind for leaf in central.store.log(client)]


def refused(central, raw, reason):
    before = (central.store.keys(), central.store.tokens(), kinds(central))
    with pytest.raises(NotEnrolledError) as caught:
        central.ingest.enrol(raw)
    assert caught.value.reason == reason
    assert (central.store.keys(), central.store.tokens(), kinds(central)) == before


def test_a_token_keeps_only_the_hash_of_its_secret(central):
    token = central.token()
    (record,) = central.store.tokens()
    assert record.token_hash == token.secret_hash
    assert token.secret.hex() not in repr(record)
    assert (token.url, token.pin, token.signer) == (ADDRESS.url, ADDRESS.pin, ADDRESS.signer)
    assert (record.created_at, record.expires_at) == (NOON, NOON + HOUR)


def test_an_agent_becomes_what_its_token_says(central):
    agent = central.enrol("beta", "db1")
    grant = agent.grant
    assert (grant.client, grant.agent, grant.epoch) == ("beta", "db1", 1)
    (record,) = central.store.keys()
    (token,) = central.store.tokens()
    (evidence,) = central.store.all_evidence()
    (leaf,) = central.store.log("beta")
    assert (record.key_id, record.enrolled_at) == (agent.key_id, NOON)
    assert (token.used_at, evidence.enrolled_at) == (NOON, NOON)
    assert (leaf.kind, leaf.digest) == ("enrolment", agent.key_id)


def test_the_same_request_again_gets_the_same_grant_again(central):
    token, agent = central.token(), Speaker(NEW_KEY)
    first = agent.enrol(central, token)
    central.clock.time += 2 * HOUR
    assert agent.enrol(central, token) == first
    assert kinds(central) == ["enrolment"]


def test_a_used_token_is_refused_for_another_key(central):
    token = central.token()
    Speaker(NEW_KEY).enrol(central, token)
    refused(central, make_request(token, SigningKey.from_seed(b"o" * 32)), "used_token")


def test_a_used_token_does_not_bring_a_revoked_key_back(central):
    token, agent = central.token(), Speaker(NEW_KEY)
    agent.enrol(central, token)
    revoke(central.store, agent.key_id, NOON)
    refused(central, make_request(token, NEW_KEY), "used_token")


def test_a_used_token_serves_no_key_of_another_enrolment(central):
    first, second = central.token(), central.token(server="web2")
    Speaker(NEW_KEY).enrol(central, first)
    central.clock.time += HOUR / 2
    Speaker(SigningKey.from_seed(b"o" * 32)).enrol(central, second)
    refused(central, make_request(second, NEW_KEY), "used_token")


def test_an_expired_token_is_refused(central):
    token = central.token()
    central.clock.time += HOUR
    refused(central, make_request(token, NEW_KEY), "expired_token")


def test_an_unknown_token_is_refused(central):
    token = Token(url=ADDRESS.url, pin=ADDRESS.pin, signer=ADDRESS.signer, secret=b"?" * 32)
    refused(central, make_request(token, NEW_KEY), "unknown_token")


def test_a_key_enrols_once(central):
    Speaker(NEW_KEY).enrol(central, central.token())
    refused(central, make_request(central.token(server="web2"), NEW_KEY), "known_key")


def test_a_proof_for_another_central_is_refused(central):
    told = central.token()
    token = Token(url=told.url, pin=told.pin, signer=NEW_KEY.public, secret=told.secret)
    refused(central, make_request(token, NEW_KEY), "bad_proof")


def test_a_key_of_small_order_is_refused(central):
    token = central.token()
    forged = {
        "secret": token.secret.hex(),
        "public_key": IDENTITY_POINT.hex(),
        "proof": "AQ" + "A" * 84 + "==",
    }
    refused(central, to_json(forged), "bad_proof")


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b'{"secret":1}'])
def test_nonsense_is_refused(central, raw):
    refused(central, raw, "malformed")


def test_enrolling_anew_ends_the_older_keys(central):
    first = central.enrol()
    central.clock.time += HOUR
    second = central.enrol()
    third = central.enrol()
    old, middle, new = central.store.keys()
    assert [record.epoch for record in (old, middle, new)] == [1, 2, 3]
    assert (old.key_id, old.revoked_at) == (first.key_id, NOON + HOUR)
    assert (middle.key_id, middle.revoked_at) == (second.key_id, NOON + HOUR)
    assert (new.key_id, new.revoked_at) == (third.key_id, None)
    assert kinds(central) == ["enrolment", *["revocation", "enrolment"] * 2]


def test_revocation_is_for_ever(central):
    agent = central.enrol()
    assert revoke(central.store, agent.key_id, NOON).revoked_at == NOON
    assert kinds(central) == ["enrolment", "revocation"]
    with pytest.raises(EnrolmentError, match="was revoked"):
        revoke(central.store, agent.key_id, NOON)
    with pytest.raises(EnrolmentError, match="no agent"):
        revoke(central.store, key_id(NEW_KEY.public), NOON)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_token_raced_by_200_agents_enrols_one(kind, tmp_path):
    central = Central(MemoryStore() if kind == "memory" else SqliteStore(tmp_path))
    token = central.token()
    requests = [
        make_request(token, SigningKey.from_seed(bytes([number]) * 32)) for number in range(200)
    ]
    outcomes = []

    def attempt(raw):
        try:
            central.ingest.enrol(raw)
            outcomes.append("enrolled")
        except NotEnrolledError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=attempt, args=(raw,)) for raw in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["enrolled"] + ["used_token"] * 199
    assert len(central.store.keys()) == 1
    assert kinds(central) == ["enrolment"]
    central.store.close()
