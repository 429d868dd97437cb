"""Ed25519 keys (RFC 8032): the one place that knows which library makes and checks signatures.

OpenSSL accepts public keys of small order. Under the identity key the signature R = identity,
S = 0 holds for every message, so such keys would let anybody sign anything; they are refused
here, where every verification passes.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from guardian_agent.errors import TrustError
from guardian_agent.wire.names import Hash

KEY_BYTES = 32

_PRIME = 2**255 - 19
_SIGN_BIT = 1 << 255
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset({1, _PRIME - 1, 0, _ORDER_8, _PRIME - _ORDER_8})
"""The y coordinates of the eight points of order 1, 2, 4, 4 and 8 (four times).

With the sign of x masked off these are all of them, and the two senseless encodings of x = 0
with its sign set.
"""


class SigningKey:
    """A private key; its text forms never show it."""

    __slots__ = ("_key", "public", "raw")

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        self.raw = raw
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, raw: bytes) -> SigningKey:
        """Return the key of 32 unpredictable bytes; raise `TrustError` for another length."""
        if len(raw) != KEY_BYTES:
            raise TrustError(f"a private key has {KEY_BYTES} bytes, not {len(raw)}")
        return cls(raw)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`, 64 bytes, always the same."""
        return self._key.sign(message)


def check_public_key(public: bytes) -> None:
    """Raise `TrustError` for bytes that must never be a public key.

    Those are: another length than 32, a y coordinate that is not reduced (a second encoding of
    the same point would be a second identity of the same key), a point of small order.
    """
    if len(public) != KEY_BYTES:
        raise TrustError(f"a public key has {KEY_BYTES} bytes, not {len(public)}")
    coordinate = int.from_bytes(public, "little") & ~_SIGN_BIT
    if coordinate >= _PRIME:
        raise TrustError("the public key is not in canonical form")
    if coordinate in _SMALL_ORDER:
        raise TrustError("the public key is a point of small order, under which anybody can sign")


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise `TrustError` unless `public` is a sound key that signed exactly `message`."""
    check_public_key(public)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise TrustError("the signature does not hold") from None


def key_id(public: bytes) -> Hash:
    """Return a public key's name: the SHA-256 of its 32 raw bytes."""
    return Hash(hashlib.sha256(public).hexdigest())
