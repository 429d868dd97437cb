"""A canary is one line of one form; whatever else a file holds is no canary."""

from __future__ import annotations

import pytest
from guardian_agent.wire.canary import MAX_CANARY_BYTES, Canary, format_canary, parse_canary
from guardian_agent.wire.names import Hash
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire.examples import values

CANARY = Canary(marker=Hash("1a" * 32), tree_size=17, root=Hash("2b" * 32))
LINE = format_canary(CANARY)


def test_the_line_has_the_agreed_form():
    assert LINE == b"guardian-canary/1 %b 17 %b\n" % (b"1a" * 32, b"2b" * 32)


@given(values(Canary))
def test_a_canary_comes_back(canary):
    raw = format_canary(canary)
    assert len(raw) <= MAX_CANARY_BYTES
    assert parse_canary(raw) == canary


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        LINE[:-1],
        LINE[:-2],
        LINE * 2,
        LINE + b"\n",
        b"\n" + LINE,
        LINE.replace(b"\n", b"\r\n"),
        LINE.replace(b"/1", b"/2"),
        LINE.replace(b" 17 ", b" 017 "),
        LINE.replace(b" 17 ", b" -17 "),
        LINE.replace(b" 17 ", b" " + b"9" * 20 + b" "),
        LINE.upper(),
        bytes(len(LINE)),
    ],
)
def test_anything_else_is_no_canary(raw):
    assert parse_canary(raw) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    assert parse_canary(raw) is None
