"""Enrolment: a new key, proven to be held, against a token; and central's signed grant.

The proof binds the token, the new key and central's key together, so that it serves nobody else
and nowhere else. The identity comes from central's records by the token, never from the request.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from guardian_agent.errors import TrustError
from guardian_agent.wire.base64text import from_base64, to_base64
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.envelope import open_envelope, pae, read_envelope, seal
from guardian_agent.wire.keys import SigningKey, verify
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.token import Token

PROOF_TYPE = "application/vnd.guardian.enrolment.v1"
GRANT_TYPE = "application/vnd.guardian.enrolment-grant.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequest:
    """What an agent sends to be known: the token's secret, its new key, the proof it holds it."""

    secret: bytes = field(repr=False)
    public_key: bytes
    proof: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentGrant:
    """Who the agent is from now on, by central's word."""

    client: Name
    agent: Name
    epoch: int
    key_id: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """The request's JSON; secret and key are 32 bytes in hexadecimal, as `Hash` checks."""

    secret: Hash
    public_key: Hash
    proof: str


def _to_prove(secret: bytes, public_key: bytes, signer: bytes) -> bytes:
    return pae(PROOF_TYPE, hashlib.sha256(secret).digest() + public_key + signer)


def make_request(token: Token, key: SigningKey) -> bytes:
    """Return the request that enrols `key` by `token`, as compact JSON."""
    proof = key.sign(_to_prove(token.secret, key.public, token.signer))
    form = _Form(
        secret=Hash(token.secret.hex()),
        public_key=Hash(key.public.hex()),
        proof=to_base64(proof),
    )
    return to_json(form)


def read_request(raw: bytes) -> EnrolmentRequest:
    """Return the parts of a request, nothing verified yet; raise `DecodeError`."""
    form = build(_Form, read_json(raw))
    return EnrolmentRequest(
        secret=bytes.fromhex(form.secret),
        public_key=bytes.fromhex(form.public_key),
        proof=from_base64(form.proof, "$.proof"),
    )


def check_request(request: EnrolmentRequest, signer_public: bytes) -> Hash:
    """Return the hash that central knows the token by, once key and proof are verified.

    Args:
        request: what `read_request` gave.
        signer_public: central's own raw public key: proofs made for another central fail.

    Raises:
        TrustError: a key that must not be used, or a proof that does not hold.
    """
    message = _to_prove(request.secret, request.public_key, signer_public)
    verify(request.public_key, message, request.proof)
    return Hash(hashlib.sha256(request.secret).hexdigest())


def seal_grant(grant: EnrolmentGrant, central_key: SigningKey) -> bytes:
    """Return the grant in an envelope that central signed."""
    return seal(central_key, GRANT_TYPE, to_json(grant))


def open_grant(raw: bytes, signer: bytes, own_key_id: str) -> EnrolmentGrant:
    """Return the grant for our own key, signed by the central that the token named.

    Raises:
        DecodeError: another form.
        TrustError: not signed by `signer`, or meant for another key.
    """
    payload = open_envelope(read_envelope(raw), signer, GRANT_TYPE)
    grant = build(EnrolmentGrant, read_json(payload), lenient=True)
    if grant.key_id != own_key_id:
        raise TrustError("the enrolment was granted to another key")
    return grant
