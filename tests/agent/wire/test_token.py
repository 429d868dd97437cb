"""A token carries central's keys whole, and its secret is never shown by accident."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json

import pytest
from guardian_agent.errors import DecodeError, TrustError
from guardian_agent.wire.names import Hash
from guardian_agent.wire.token import Token, check_url, format_token, parse_token
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire.examples import CENTRAL_KEY

TOKEN = Token(
    url="https://guardian.example:8443",
    pin=Hash("1a" * 32),
    signer=CENTRAL_KEY.public,
    secret=b"s" * 32,
)
FORM = {
    "url": TOKEN.url,
    "pin": TOKEN.pin,
    "signer": TOKEN.signer.hex(),
    "secret": TOKEN.secret.hex(),
}


def word(data):
    text = base64.urlsafe_b64encode(json.dumps(data).encode()).decode()
    return "gdn1." + text.rstrip("=")


@given(st.binary(min_size=32, max_size=32), st.integers(1, 40))
def test_a_token_comes_back(secret, length):
    token = Token(url="https://" + "g" * length, pin=TOKEN.pin, signer=TOKEN.signer, secret=secret)
    text = format_token(token)
    assert text.startswith("gdn1.")
    assert text.isascii()
    assert len(text.split()) == 1
    assert parse_token(text) == token


def test_white_space_around_it_is_forgiven():
    assert parse_token(f"\n {format_token(TOKEN)}\r\n") == TOKEN


def test_central_knows_it_by_the_hash_of_its_secret():
    assert TOKEN.secret_hash == hashlib.sha256(TOKEN.secret).hexdigest()


def test_its_secret_is_not_shown():
    assert "ssss" not in repr(TOKEN)
    assert TOKEN.secret.hex() not in repr(TOKEN)


@pytest.mark.parametrize(
    "url",
    [
        "https://guardian.example",
        "https://guardian.example:8443",
        "https://127.0.0.1:8443/guardian",
        "https://[::1]:8443",
        "file:///srv/guardian/inbox",
    ],
)
def test_these_addresses_are_understood(url):
    check_url(url)
    assert parse_token(word({**FORM, "url": url})).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://guardian.example",
        "HTTPS://guardian.example",
        "ftp://guardian.example",
        "guardian.example",
        "https://",
        "https:///x",
        "https://user:secret@guardian.example",
        "https://guardian.example?x=1",
        "https://guardian.example#x",
        "https://guardian.example/%2e%2e",
        "https://guardian.example\n",
        "https://guardian.example\r\nHost: x",
        "https://gu\u0430rdian.example",
        "file://host/srv",
        "file:///",
        "file:srv",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(DecodeError, match=r"at \$\.url: expected https://"):
        parse_token(word({**FORM, "url": url})) if url.isprintable() else check_url(url, "$.url")


@pytest.mark.parametrize("key", ["pin", "signer", "secret"])
@pytest.mark.parametrize("value", ["", "1a" * 31, "1A" * 32, 3, None])
def test_keys_and_secret_have_32_bytes(key, value):
    with pytest.raises(DecodeError, match=rf"at \$\.{key}: "):
        parse_token(word({**FORM, key: value}))


def test_a_key_under_which_anybody_signs_is_refused():
    with pytest.raises(TrustError, match="small order"):
        parse_token(word({**FORM, "signer": "01" + "00" * 31}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gdn1.",
        "gdn2." + format_token(TOKEN)[5:],
        format_token(TOKEN)[:-1],
        format_token(TOKEN)[:-4],
        format_token(TOKEN) + "=",
        format_token(TOKEN)[:80] + "\n" + format_token(TOKEN)[80:],
        format_token(TOKEN)[:80] + "é",
        "gdn1." + "A" * 5000,
        "gdn1.eB",
        word({key: FORM[key] for key in ("url", "pin", "signer")}),
        word({**FORM, "client": "acme"}),
        word([]),
    ],
)
def test_damaged_tokens_are_refused(text):
    with pytest.raises(DecodeError):
        parse_token(text)


@pytest.mark.parametrize("text", ["", "gdn2." + format_token(TOKEN)[5:], "gdn1." + "A" * 2044])
def test_another_word_is_told_from_a_damaged_token(text):
    with pytest.raises(DecodeError, match=r"begins with gdn1\. and is one word"):
        parse_token(text)
    with pytest.raises(DecodeError, match="damaged: copy it whole"):
        parse_token(format_token(TOKEN)[:-2])


@given(st.text(max_size=60), st.booleans())
def test_no_text_breaks_the_reader(text, begun):
    with contextlib.suppress(DecodeError):
        parse_token("gdn1." + text if begun else text)
        pytest.fail("random text was believed")
