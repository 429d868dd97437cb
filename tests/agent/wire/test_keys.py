"""Signatures are RFC 8032's, and no key under which others could sign is ever believed."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from guardian_agent.errors import TrustError
from guardian_agent.wire.keys import SigningKey, check_public_key, key_id, verify
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.wire import curve
from tests.agent.wire.examples import AGENT_KEY, STRANGER_KEY, flipped

SMALL = [curve.encoded(point) for point in curve.small_order_points()]
NOT_REDUCED = [
    (y | sign << 255).to_bytes(32, "little") for y in range(curve.PRIME, 2**255) for sign in (0, 1)
]

# RFC 8032 section 7.1, tests 1 to 3: private key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
            "f9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
            "f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
            "dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_rfc_8032_hold(vector):
    raw, public, message, signature = (bytes.fromhex(text) for text in vector)
    key = SigningKey.from_seed(raw)
    assert (key.raw, key.public, key.sign(message)) == (raw, public, signature)
    verify(public, message, signature)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_what_a_key_signed_is_verified(raw, message):
    key = SigningKey.from_seed(raw)
    check_public_key(key.public)
    verify(key.public, message, key.sign(message))


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_signature_is_for_one_message_and_one_key(message, other):
    signature = AGENT_KEY.sign(message)
    with pytest.raises(TrustError, match="does not hold"):
        verify(STRANGER_KEY.public, message, signature)
    if other != message:
        with pytest.raises(TrustError, match="does not hold"):
            verify(AGENT_KEY.public, other, signature)


def test_no_flipped_bit_of_a_signature_is_believed():
    for signature in flipped(AGENT_KEY.sign(b"message")):
        with pytest.raises(TrustError):
            verify(AGENT_KEY.public, b"message", signature)


def test_a_signature_has_no_second_form():
    # s + L names the same scalar: accepted, it would let anybody spell a signature anew.
    signature = AGENT_KEY.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little") + curve.ORDER
    with pytest.raises(TrustError):
        verify(AGENT_KEY.public, b"message", signature[:32] + scalar.to_bytes(32, "little"))


def test_the_curve_has_eight_points_of_small_order_and_six_other_spellings_of_them():
    assert len(set(SMALL)) == 8
    assert len(curve.other_encodings(curve.small_order_points())) == 6


@pytest.mark.parametrize("public", SMALL, ids=bytes.hex)
def test_points_of_small_order_are_no_keys(public):
    with pytest.raises(TrustError, match="small order"):
        check_public_key(public)


@pytest.mark.parametrize("public", curve.other_encodings(curve.small_order_points()), ids=bytes.hex)
def test_nor_are_their_other_spellings(public):
    with pytest.raises(TrustError):
        check_public_key(public)


def test_every_coordinate_that_is_not_reduced_is_refused():
    for public in NOT_REDUCED:
        with pytest.raises(TrustError, match="canonical form"):
            check_public_key(public)


@pytest.mark.parametrize("public", SMALL, ids=bytes.hex)
def test_nobody_signs_for_everything(public):
    # Under the identity as key, R = identity and S = 0 hold for every message.
    for point in SMALL:
        with pytest.raises(TrustError, match="small order"):
            verify(public, b"any message", point + bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_keys_have_32_bytes(length):
    with pytest.raises(TrustError, match=f"has 32 bytes, not {length}"):
        check_public_key(b"\x01" * length)
    with pytest.raises(TrustError, match=f"has 32 bytes, not {length}"):
        SigningKey.from_seed(b"\x01" * length)


@given(st.binary(max_size=40), st.binary(max_size=20), st.binary(max_size=70))
def test_no_bytes_break_the_verifier(public, message, signature):
    with contextlib.suppress(TrustError):
        verify(public, message, signature)
        pytest.fail("random bytes were believed")


def test_a_key_is_named_by_its_hash_and_never_shown():
    assert key_id(AGENT_KEY.public) == hashlib.sha256(AGENT_KEY.public).hexdigest()
    assert AGENT_KEY.raw.hex() not in repr(AGENT_KEY)
    assert repr(AGENT_KEY.raw) not in repr(AGENT_KEY)
