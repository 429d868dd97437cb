"""Packing pays or is left alone; unpacking never makes more than it may."""

from __future__ import annotations

import contextlib
import hashlib
import zlib

import pytest
from guardian_agent.errors import DecodeError, TooLargeError
from guardian_agent.wire.packing import DEFLATE, pack, unpack
from guardian_agent.wire.statement import MAX_BYTES, MAX_RATIO, MAX_WIRE_BYTES
from hypothesis import given
from hypothesis import strategies as st


def noise(size):
    """Return bytes that do not pack, always the same."""
    return b"".join(hashlib.sha256(bytes([n % 251, n // 251])).digest() for n in range(size // 32))


def text(size):
    """Return bytes that pack about twofold."""
    return noise(size // 2).hex().encode()


def sparse(size):
    """Return bytes that pack about sixfold."""
    stuff = noise(160_000)
    chunks = [stuff[at : at + 32] + b"a" * 200 for at in range(0, 160_000, 32)]
    return b"".join(chunks)[:size]


@given(st.binary(max_size=200), st.integers(1, 1000))
def test_what_was_packed_comes_back(part, times):
    raw = part * times
    assert unpack(*pack(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"", None),
        (text(8192), None),
        (text(8256), DEFLATE),
        (noise(9000), None),
        (noise(MAX_WIRE_BYTES), None),
        (b"a" * 9000, None),
        (text(400_000), DEFLATE),
        (sparse(MAX_BYTES), DEFLATE),
    ],
    ids=[
        "nothing",
        "small",
        "text",
        "noise",
        "much noise",
        "would be refused",
        "only packed",
        "largest",
    ],
)
def test_packed_where_it_pays_and_is_accepted(raw, encoding):
    body, chosen = pack(raw)
    assert chosen == encoding
    assert unpack(body, chosen) == raw


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"a" * (MAX_WIRE_BYTES + 1), None),
        (b"a" * (MAX_WIRE_BYTES + 1), DEFLATE),
        (zlib.compress(bytes(2**27)), DEFLATE),
        (zlib.compress(b"a" * 9000), DEFLATE),
        (zlib.compress(sparse(MAX_BYTES + 1)), DEFLATE),
    ],
    ids=["raw", "packed", "bomb", "ratio", "megabyte"],
)
def test_too_much_is_refused(body, encoding):
    with pytest.raises(TooLargeError):
        unpack(body, encoding)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (zlib.compress(b"{}"), "gzip"),
        (b"{}", "gzip"),
        (b"{}", ""),
        (b"{}", DEFLATE),
        (b"", DEFLATE),
        (zlib.compress(text(900))[:-1], DEFLATE),
        (zlib.compress(text(900)) + b"x", DEFLATE),
        (zlib.compress(text(900)) * 2, DEFLATE),
    ],
)
def test_damage_is_refused(body, encoding):
    with pytest.raises(DecodeError) as caught:
        unpack(body, encoding)
    assert not isinstance(caught.value, TooLargeError)


@given(st.binary(max_size=300), st.sampled_from([None, DEFLATE, "gzip"]))
def test_no_bytes_break_the_unpacker(body, encoding):
    with contextlib.suppress(DecodeError):
        assert len(unpack(body, encoding)) <= MAX_RATIO * len(body)
