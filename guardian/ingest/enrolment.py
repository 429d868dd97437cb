"""Who may speak: tokens, keys, and their end. Each change writes its leaf in the same unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.errors import DecodeError, TrustError
from guardian_agent.wire.enrolment import (
    EnrolmentGrant,
    EnrolmentRequest,
    check_request,
    read_request,
    seal_grant,
)
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.token import SECRET_BYTES, Token, format_token

from guardian.audit.leaves import Kind
from guardian.audit.log import append
from guardian.domain.fold import enrolled
from guardian.errors import EnrolmentError
from guardian.ports import KeyRecord, Randomness, Store, TokenRecord, Unit

CENTRAL = "central"
"""The actor of what central does by itself or by its operator's command."""


class NotEnrolledError(EnrolmentError):
    """An enrolment that is not granted; `reason` is all that the other side is told."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How agents find central, and know it when they do."""

    url: str
    """`https://host:port`, or `file:///folder` for a drop folder."""
    pin: Hash
    """SHA-256 of the SubjectPublicKeyInfo of the TLS certificate."""
    signer: bytes
    """Central's raw Ed25519 public key."""


def create_token(
    store: Store,
    address: Address,
    randomness: Randomness,
    *,
    client: str,
    server: str,
    now: datetime,
    life: timedelta,
) -> str:
    """Return a new token that enrols one agent as `server`, once, before `now + life`.

    Raises:
        StoreError: it could not be kept.
    """
    secret = randomness.bytes(SECRET_BYTES)
    token = Token(url=address.url, pin=address.pin, signer=address.signer, secret=secret)
    with store.unit() as unit:
        unit.put_token(
            TokenRecord(
                token_hash=token.secret_hash,
                client=Name(client),
                server=Name(server),
                created_at=now,
                expires_at=now + life,
            )
        )
    return format_token(token)


def enrol(unit: Unit, raw: bytes, key: SigningKey, now: datetime) -> bytes:
    """Burn the token, keep the new key, end the older ones, and return the sealed grant.

    The same request again gets the same grant again: its first answer may have been lost.

    Raises:
        NotEnrolledError: with the reason; the unit must not commit.
        StoreError: something could not be kept; the unit must not commit.
    """
    request, token = _invited(unit, raw, key.public)
    new_id = key_id(request.public_key)
    known = unit.key(new_id)
    if token.used_at is not None:
        return _granted_before(known, token, key)
    if now >= token.expires_at:
        raise NotEnrolledError("expired_token", f"the token expired at {token.expires_at}")
    if known is not None:
        raise NotEnrolledError("known_key", f"key {new_id} is enrolled already: make a new one")
    return seal_grant(_grant(_admit(unit, request.public_key, token, now)), key)


def _invited(unit: Unit, raw: bytes, signer: bytes) -> tuple[EnrolmentRequest, TokenRecord]:
    """Return the request once its proof is verified, and the token that it holds."""
    try:
        request = read_request(raw)
        token_hash = check_request(request, signer)
    except DecodeError as error:
        raise NotEnrolledError("malformed", f"not an enrolment request: {error}") from None
    except TrustError as error:
        raise NotEnrolledError("bad_proof", f"the key is not proven: {error}") from None
    token = unit.token(token_hash)
    if token is None:
        raise NotEnrolledError("unknown_token", "central made no such token")
    return request, token


def _granted_before(known: KeyRecord | None, token: TokenRecord, key: SigningKey) -> bytes:
    # Token and key were kept in one unit, at one time: that is how they belong together.
    if known is None or known.enrolled_at != token.used_at or known.revoked_at is not None:
        raise NotEnrolledError("used_token", "the token was used before: it may be stolen")
    return seal_grant(_grant(known), key)


def _admit(unit: Unit, public_key: bytes, token: TokenRecord, now: datetime) -> KeyRecord:
    client, server = token.client, token.server
    older = unit.keys_of(client, server)
    for record in older:
        if record.revoked_at is None:
            end(unit, record, now, "enrolled anew")
    new = KeyRecord(
        key_id=key_id(public_key),
        public_key=public_key,
        client=client,
        server=server,
        epoch=max((record.epoch for record in older), default=0) + 1,
        enrolled_at=now,
    )
    unit.put_key(new)
    unit.put_token(replace(token, used_at=now))
    unit.put_evidence(enrolled(client, server, now, unit.evidence(client, server)))
    append(
        unit,
        client,
        Kind.ENROLMENT,
        at=now,
        actor=CENTRAL,
        digest=new.key_id,
        detail={"server": server, "epoch": new.epoch, "token": token.token_hash},
    )
    return new


def _grant(record: KeyRecord) -> EnrolmentGrant:
    return EnrolmentGrant(
        client=record.client, agent=record.server, epoch=record.epoch, key_id=record.key_id
    )


def revoke(store: Store, wanted: str, now: datetime) -> KeyRecord:
    """End a key for ever and return its record.

    Raises:
        EnrolmentError: nobody has it, or it was ended before.
        StoreError: it could not be kept.
    """
    with store.unit() as unit:
        record = unit.key(wanted)
        if record is None:
            raise EnrolmentError(f"no agent is enrolled with key {wanted}")
        if record.revoked_at is not None:
            raise EnrolmentError(f"key {wanted} was revoked at {record.revoked_at}")
        return end(unit, record, now, "revoked by the operator")


def end(unit: Unit, record: KeyRecord, now: datetime, because: str) -> KeyRecord:
    """Revoke one key within a unit, with its leaf."""
    ended = replace(record, revoked_at=now)
    unit.put_key(ended)
    append(
        unit,
        record.client,
        Kind.REVOCATION,
        at=now,
        actor=CENTRAL,
        digest=record.key_id,
        detail={"server": record.server, "epoch": record.epoch, "because": because},
    )
    return ended
