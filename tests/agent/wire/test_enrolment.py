"""A key is enrolled by who holds it, with the token, at the central that the token names."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import replace

import pytest
from guardian_agent.errors import DecodeError, TrustError
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.enrolment import (
    GRANT_TYPE,
    PROOF_TYPE,
    EnrolmentGrant,
    check_request,
    make_request,
    open_grant,
    read_request,
    seal_grant,
)
from guardian_agent.wire.envelope import pae, seal
from guardian_agent.wire.keys import key_id
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.token import Token
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire.examples import (
    AGENT_KEY,
    CENTRAL_KEY,
    STRANGER_KEY,
    flipped,
    json_values,
)

TOKEN = Token(
    url="https://guardian.example",
    pin=Hash("1a" * 32),
    signer=CENTRAL_KEY.public,
    secret=b"s" * 32,
)
RAW = make_request(TOKEN, AGENT_KEY)
REQUEST = read_request(RAW)
GRANT = EnrolmentGrant(
    client=Name("acme"), agent=Name("web1"), epoch=1, key_id=key_id(AGENT_KEY.public)
)


def test_a_request_proves_its_key_and_names_its_token():
    assert REQUEST.public_key == AGENT_KEY.public
    assert check_request(REQUEST, CENTRAL_KEY.public) == TOKEN.secret_hash


def test_what_is_proven_is_fixed():
    message = hashlib.sha256(TOKEN.secret).digest() + AGENT_KEY.public + CENTRAL_KEY.public
    assert REQUEST.proof == AGENT_KEY.sign(pae(PROOF_TYPE, message))


@pytest.mark.parametrize(
    "change",
    [
        {"secret": b"t" * 32},
        {"public_key": STRANGER_KEY.public},
        {"proof": STRANGER_KEY.sign(b"")},
        {"proof": b""},
        {"public_key": b"\x01" + bytes(31), "proof": b"\x01" + bytes(63)},
        {"public_key": b"\xff" * 32},
        {"public_key": b"short"},
    ],
)
def test_an_altered_request_is_refused(change):
    with pytest.raises(TrustError):
        check_request(replace(REQUEST, **change), CENTRAL_KEY.public)


def test_a_proof_for_another_central_is_refused():
    with pytest.raises(TrustError, match="does not hold"):
        check_request(REQUEST, STRANGER_KEY.public)


def test_no_flipped_bit_enrols():
    for raw in flipped(RAW):
        with pytest.raises((DecodeError, TrustError)):
            check_request(read_request(raw), CENTRAL_KEY.public)


@pytest.mark.parametrize(
    "change",
    [{"secret": "x"}, {"public_key": 3}, {"proof": "x"}, {"client": "acme"}, {"proof": None}],
)
def test_another_form_is_refused(change):
    with pytest.raises(DecodeError):
        read_request(json.dumps({**json.loads(RAW), **change}).encode())


def test_the_secret_is_not_shown():
    assert "ssss" not in repr(REQUEST)


def test_a_grant_comes_back():
    assert open_grant(seal_grant(GRANT, CENTRAL_KEY), CENTRAL_KEY.public, GRANT.key_id) == GRANT


def test_a_grant_may_say_more_one_day():
    raw = seal(CENTRAL_KEY, GRANT_TYPE, to_json(GRANT)[:-1] + b',"since":1}')
    assert open_grant(raw, CENTRAL_KEY.public, GRANT.key_id) == GRANT


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (seal_grant(GRANT, STRANGER_KEY), "names another key"),
        (seal(CENTRAL_KEY, PROOF_TYPE, to_json(GRANT)), "another type of message"),
        (seal_grant(replace(GRANT, key_id=Hash("0" * 64)), CENTRAL_KEY), "to another key"),
    ],
)
def test_a_grant_for_others_or_by_others_is_refused(raw, message):
    with pytest.raises(TrustError, match=message):
        open_grant(raw, CENTRAL_KEY.public, GRANT.key_id)


@pytest.mark.parametrize("payload", [b"", b"{}", to_json({"client": "A"})])
def test_a_grant_of_another_form_is_refused(payload):
    with pytest.raises(DecodeError):
        open_grant(seal(CENTRAL_KEY, GRANT_TYPE, payload), CENTRAL_KEY.public, GRANT.key_id)


def test_no_flipped_bit_of_a_grant_is_believed():
    for raw in flipped(seal_grant(GRANT, CENTRAL_KEY)):
        with pytest.raises((DecodeError, TrustError)):
            open_grant(raw, CENTRAL_KEY.public, GRANT.key_id)


@given(json_values().map(json.dumps).map(str.encode) | st.binary(max_size=60))
def test_no_bytes_break_the_readers(raw):
    with contextlib.suppress(DecodeError):
        read_request(raw)
        pytest.fail("random bytes were read")
    with contextlib.suppress(DecodeError):
        open_grant(raw, CENTRAL_KEY.public, GRANT.key_id)
        pytest.fail("random bytes were believed")
