"""JSON is read strictly: what the standard library's reader lets through is refused."""

from __future__ import annotations

import contextlib
import json

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import read_json
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire.examples import json_values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a": 1, "a": 2}', "a key stands twice"),
        (b'[{"b": {"a": 1, "a": 1}}]', "a key stands twice"),
        (b"NaN", "NaN is no JSON number"),
        (b"[Infinity]", "Infinity is no JSON number"),
        (b"-Infinity", "-Infinity is no JSON number"),
        (b"1e400", "number too large"),
        (b"-1e400", "number too large"),
        (b"9" * 5000, "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"\xff", "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'"a\nb"', "not JSON"),
    ],
)
def test_bad_json_is_refused(text, message):
    with pytest.raises(DecodeError, match=message):
        read_json(text)


@given(json_values())
def test_good_json_is_read(value):
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(text):
    with contextlib.suppress(DecodeError):
        read_json(text)
