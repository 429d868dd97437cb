from __future__ import annotations

import hashlib
import hmac

import pytest
from guardian_agent.probe import keyed_hash
from hypothesis import given
from hypothesis import strategies as st

KEY = b"k" * 32


def of_bytes(data: bytes) -> str:
    return hmac.digest(KEY, data, hashlib.sha256)[:16].hex()


@pytest.mark.parametrize(
    ("name", "data"),
    [("ümlaut", "ümlaut".encode()), ("\udcff", b"\xff"), ("\ud800", b"\xed\xa0\x80")],
)
def test_a_name_is_hashed_by_its_bytes(name, data):
    assert keyed_hash(KEY, name) == of_bytes(data)


@given(st.text(st.characters()))
def test_whatever_a_tool_calls_something_there_is_a_hash(name):
    assert len(keyed_hash(KEY, name)) == 32
