"""Envelopes are DSSE's, have one form, and open only for what was signed."""

from __future__ import annotations

import contextlib
import json

import pytest
from guardian_agent.errors import DecodeError, TrustError
from guardian_agent.wire.base64text import to_base64
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.envelope import open_envelope, pae, read_envelope, seal
from guardian_agent.wire.keys import key_id
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire.examples import AGENT_KEY, STRANGER_KEY, flipped, json_values

KIND = "application/x"
SEALED = seal(AGENT_KEY, KIND, b'{"a":1}')
GOOD = json.loads(SEALED)
SIGNATURE = GOOD["signatures"][0]


def opened(raw):
    return open_envelope(read_envelope(raw), AGENT_KEY.public, KIND)


def test_the_encoding_is_the_one_of_the_dsse_specification():
    encoded = pae("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_bytes():
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


@given(st.binary(max_size=200), st.text(st.characters(codec="ascii"), max_size=20))
def test_what_was_sealed_comes_back(payload, kind):
    envelope = read_envelope(seal(AGENT_KEY, kind, payload))
    assert envelope.key_id == key_id(AGENT_KEY.public)
    assert open_envelope(envelope, AGENT_KEY.public, kind) == payload


def test_any_one_flipped_bit_is_refused():
    assert opened(SEALED) == b'{"a":1}'
    for raw in flipped(SEALED):
        with pytest.raises((DecodeError, TrustError)):
            opened(raw)


def test_a_key_opens_only_its_own_envelopes():
    with pytest.raises(TrustError, match="names another key"):
        open_envelope(read_envelope(SEALED), STRANGER_KEY.public, KIND)


def test_a_borrowed_name_does_not_help():
    forged = json.loads(seal(STRANGER_KEY, KIND, b"{}"))
    forged["signatures"][0]["keyid"] = key_id(AGENT_KEY.public)
    with pytest.raises(TrustError, match="does not hold"):
        opened(to_json(forged))


def test_a_signature_is_for_one_type_of_message():
    with pytest.raises(TrustError, match="another type of message than application/y"):
        open_envelope(read_envelope(SEALED), AGENT_KEY.public, "application/y")
    relabelled = to_json({**GOOD, "payloadType": "application/y"})
    with pytest.raises(TrustError, match="does not hold"):
        open_envelope(read_envelope(relabelled), AGENT_KEY.public, "application/y")


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "$"),
        ({}, "$"),
        ({**GOOD, "extra": 1}, "$"),
        ({"payload": "", "payloadType": ""}, "$"),
        ({**GOOD, "payloadType": 3}, "$.payloadType"),
        ({**GOOD, "payloadType": "\ud800"}, "$.payloadType"),
        ({**GOOD, "payload": "e30"}, "$.payload"),
        ({**GOOD, "payload": None}, "$.payload"),
        ({**GOOD, "signatures": SIGNATURE}, "$.signatures"),
        ({**GOOD, "signatures": []}, "$.signatures"),
        ({**GOOD, "signatures": [SIGNATURE, SIGNATURE]}, "$.signatures"),
        ({**GOOD, "signatures": ["x"]}, "$.signatures[0]"),
        ({**GOOD, "signatures": [{**SIGNATURE, "cert": ""}]}, "$.signatures[0]"),
        ({**GOOD, "signatures": [{"sig": SIGNATURE["sig"]}]}, "$.signatures[0]"),
        ({**GOOD, "signatures": [{**SIGNATURE, "keyid": "X"}]}, "$.signatures[0].keyid"),
        ({**GOOD, "signatures": [{**SIGNATURE, "sig": "%"}]}, "$.signatures[0].sig"),
    ],
)
def test_another_form_is_refused(data, path):
    with pytest.raises(DecodeError) as caught:
        read_envelope(json.dumps(data).encode())
    assert caught.value.path == path


def test_a_short_signature_is_refused():
    short = {**GOOD, "signatures": [{**SIGNATURE, "sig": to_base64(b"short")}]}
    with pytest.raises(TrustError, match="does not hold"):
        opened(to_json(short))


@given(json_values().map(json.dumps).map(str.encode) | st.binary(max_size=60))
def test_no_bytes_break_the_reader(raw):
    with contextlib.suppress(DecodeError):
        read_envelope(raw)
