"""Every byte string has exactly one text."""

from __future__ import annotations

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire.base64text import from_base64, to_base64
from hypothesis import given
from hypothesis import strategies as st


@given(st.binary(max_size=100))
def test_bytes_come_back(data):
    assert from_base64(to_base64(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "eA=",
        "eA",
        "eB==",
        "eA==\n",
        " eA==",
        "e A==",
        "-_-_",
        "eA==eA==",
        "é",
        "\ud800",
        b"eA==",
        3,
        None,
        "=",
        "eHh=",
    ],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(DecodeError, match=r"at \$\.sig: expected base64"):
        from_base64(text, "$.sig")


@given(st.text(max_size=20))
def test_a_text_that_is_read_is_the_only_one(text):
    try:
        data = from_base64(text)
    except DecodeError:
        return
    assert to_base64(data) == text
