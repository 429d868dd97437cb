"""DSSE v1 envelopes: a payload, its type, and one Ed25519 signature over both.

What is signed is the pre-authentication encoding of type and payload, so a signature made for
one kind of message never holds for another. Verify first, then decode the very bytes that were
verified.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.errors import DecodeError, TrustError
from guardian_agent.wire.base64text import from_base64, to_base64
from guardian_agent.wire.decode import read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.keys import SigningKey, key_id, verify
from guardian_agent.wire.names import Hash, restricted


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A read envelope: nothing in it is to be believed before `open_envelope`."""

    payload_type: str
    payload: bytes
    key_id: Hash
    """Says which key to try; it is not signed and proves nothing."""
    signature: bytes


def pae(payload_type: str, body: bytes) -> bytes:
    """Return DSSE v1's pre-authentication encoding: what is really signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def seal(key: SigningKey, payload_type: str, payload: bytes) -> bytes:
    """Return `payload` in a signed envelope, as compact JSON."""
    signature = key.sign(pae(payload_type, payload))
    return to_json(
        {
            "payloadType": payload_type,
            "payload": to_base64(payload),
            "signatures": [{"keyid": key_id(key.public), "sig": to_base64(signature)}],
        }
    )


def read_envelope(raw: bytes) -> Envelope:
    """Return the parts of an envelope; nothing is verified yet.

    Raises:
        DecodeError: not exactly a type, a payload and one signature with its key's name.
    """
    outer = _object(read_json(raw), {"payloadType", "payload", "signatures"}, "$")
    payload_type, signatures = outer["payloadType"], outer["signatures"]
    if not isinstance(payload_type, str) or not payload_type.isascii():
        raise DecodeError("expected a plain text", "$.payloadType")
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise DecodeError("expected a list of exactly one signature", "$.signatures")
    inner = _object(signatures[0], {"keyid", "sig"}, "$.signatures[0]")
    return Envelope(
        payload_type=payload_type,
        payload=from_base64(outer["payload"], "$.payload"),
        key_id=restricted(Hash, inner["keyid"], "$.signatures[0].keyid"),
        signature=from_base64(inner["sig"], "$.signatures[0].sig"),
    )


def _object(data: object, keys: set[str], path: str) -> dict[str, object]:
    if not isinstance(data, dict) or data.keys() != keys:
        raise DecodeError(f"expected an object with {', '.join(sorted(keys))} alone", path)
    return data


def open_envelope(envelope: Envelope, public: bytes, payload_type: str) -> bytes:
    """Return the payload's bytes once the signature of `public` over them is verified.

    Raises:
        TrustError: another type of message, another key's name, or a signature that fails.
    """
    if envelope.payload_type != payload_type:
        raise TrustError(f"the envelope holds another type of message than {payload_type}")
    if envelope.key_id != key_id(public):
        raise TrustError("the envelope names another key than the one it is checked with")
    verify(public, pae(payload_type, envelope.payload), envelope.signature)
    return envelope.payload
