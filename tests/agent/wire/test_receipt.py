"""A receipt is one line of one form, believed only with central's signature."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.errors import TrustError
from guardian_agent.wire.base64text import to_base64
from guardian_agent.wire.envelope import pae, seal
from guardian_agent.wire.names import Hash
from guardian_agent.wire.receipt import (
    MAX_RECEIPT_BYTES,
    RECEIPT_TYPE,
    Receipt,
    read_receipt,
    sign_receipt,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire.examples import CENTRAL_KEY, NOON, STRANGER_KEY, flipped, values

RECEIPT = Receipt(
    key_id=Hash("1a" * 32),
    epoch=1,
    number=42,
    payload_hash=Hash("2b" * 32),
    received_at=NOON,
    tree_size=99,
    root=Hash("3c" * 32),
)
LINE = sign_receipt(RECEIPT, CENTRAL_KEY)
BODY = LINE.rpartition(b" ")[0]
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(4000, 1, 1), timezones=st.just(UTC))


def signed(body):
    """Return a line that central really signed, whatever it says."""
    signature = CENTRAL_KEY.sign(pae(RECEIPT_TYPE, body))
    return body + b" " + to_base64(signature).encode()


def test_the_line_has_the_agreed_form():
    assert BODY == b"guardian-receipt/1 %b 1 42 %b 1795262400000 99 %b" % (
        b"1a" * 32,
        b"2b" * 32,
        b"3c" * 32,
    )
    assert signed(BODY) == LINE


@given(values(Receipt), MOMENTS)
def test_what_was_signed_comes_back_to_the_millisecond(receipt, moment):
    line = sign_receipt(replace(receipt, received_at=moment), CENTRAL_KEY)
    assert len(line) <= MAX_RECEIPT_BYTES
    cut = moment - timedelta(microseconds=moment.microsecond % 1000)
    assert read_receipt(line, CENTRAL_KEY.public) == replace(receipt, received_at=cut)


def test_any_one_flipped_bit_is_refused():
    for line in flipped(LINE):
        with pytest.raises(TrustError):
            read_receipt(line, CENTRAL_KEY.public)


def test_only_central_gives_receipts():
    with pytest.raises(TrustError, match="does not hold"):
        read_receipt(sign_receipt(RECEIPT, STRANGER_KEY), CENTRAL_KEY.public)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b" ",
        LINE + b"\n",
        LINE + b" ",
        b" " + LINE,
        BODY,
        BODY + b" \xff\xff",
        BODY + b" ?",
        LINE.rstrip(b"="),
        LINE + b"x" * MAX_RECEIPT_BYTES,
        seal(CENTRAL_KEY, RECEIPT_TYPE, BODY),
    ],
)
def test_another_line_is_refused(line):
    with pytest.raises(TrustError):
        read_receipt(line, CENTRAL_KEY.public)


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace(b"receipt/1", b"receipt/2"),
        BODY.replace(b" 42 ", b" 042 "),
        BODY.replace(b" 42 ", b" +42 "),
        BODY.replace(b" 42 ", b" -42 "),
        BODY.replace(b" 42 ", b"  42 "),
        BODY.replace(b" 42 ", b" 4\xd9\xa2 "),
        BODY.replace(b"1a", b"1A"),
        BODY.replace(b" 1795262400000 ", b" 999999999999999 "),
        BODY + b"\n",
        BODY + b" run this",
        b"",
    ],
)
def test_even_central_cannot_say_anything_else(body):
    with pytest.raises(TrustError, match="another form than guardian-receipt/1"):
        read_receipt(signed(body), CENTRAL_KEY.public)


@given(st.binary(max_size=600))
def test_no_bytes_break_the_reader(line):
    with contextlib.suppress(TrustError):
        read_receipt(line, CENTRAL_KEY.public)
        pytest.fail("random bytes were believed")
