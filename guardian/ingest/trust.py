"""Which statements are accepted: rules V1 to V10, as a pure function of bytes and what is known.

`examine` takes the envelope's bytes, what the store knows of their sender, and central's time of
receipt. It answers with what to store, or with the receipt given before, or it raises the one
`Refusal` that names the broken rule. It stores nothing: the service does, in one transaction.

Invariants:

- Nothing is parsed before its size is known to be allowed (V1), and no payload is decoded before
  the signature over its very bytes is verified (V3).
- Identity comes from the key's record, never from what a statement says (V2).
- Each (key, epoch, number) is accepted once; number and epoch never go back (V4). The same
  payload again gets the same receipt again; another one under a used number proves that two
  parties hold the key.
- Accepted payloads form a chain: each names the hash of the one before it (V6), except right
  after a gap, where central does not have what it names.
- No time that an agent states is a reason to accept or to refuse (V7): `skew_seconds` and `late`
  are facts for the judgement.
- A refusal changes nothing but its counter. The exceptions are the service's to make: a
  `KeyConflict` is noted for its server, and after an `Equivocation` the key is frozen. Replayed
  and reordered statements are no conflict: somebody on the way can make them without the key.

Judged later, not here: silence (V8: `deadline` says from when) and whether facts that came late
are fresh (V9: a statement is accepted at any age, its facts are judged by theirs). V10, one
transaction and then the receipt, is the service's, which raises `NotStored` when that fails.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from guardian_agent.errors import DecodeError, TooLargeError, TrustError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.envelope import Envelope, open_envelope, read_envelope
from guardian_agent.wire.names import NO_HASH, Hash
from guardian_agent.wire.packing import unpack
from guardian_agent.wire.statement import MAX_BYTES, PAYLOAD_TYPE, Statement

from guardian.errors import Refusal
from guardian.ports import KeyRecord, StoredStatement, StreamState

STATEMENT_VERSION = 1
MIN_INTERVAL = timedelta(seconds=60)
"""No agent speaks more often for long (V5)."""
FREE_NUMBERS = 10_000
"""How far a stream may run ahead of that, for bursts and long offline spells (V5)."""
LATE_AFTER = timedelta(minutes=5)
"""A statement that claims to be older than this at receipt is late, or its clock runs behind."""


class TooLarge(Refusal):
    """V1: more bytes than are ever read."""

    reason: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


class Malformed(Refusal):
    """Not an envelope, or signed bytes that are no statement of this version."""

    reason: ClassVar[str] = "malformed"
    status: ClassVar[int] = 400


class UnknownKey(Refusal):
    """V2: nobody enrolled this key."""

    reason: ClassVar[str] = "unknown_key"


class RevokedKey(Refusal):
    """V2: the key was revoked, which is for ever."""

    reason: ClassVar[str] = "revoked_key"


class FrozenKey(Refusal):
    """V2: two parties were seen to hold the key; only a new enrolment helps."""

    reason: ClassVar[str] = "frozen_key"


class BadSignature(Refusal):
    """V3: not signed by the key that the envelope names, or signed as something else."""

    reason: ClassVar[str] = "bad_signature"


class ProvenRefusal(Refusal):
    """A refusal of what a known key really signed: `record` says whose server must be looked at."""

    status: ClassVar[int] = 409

    def __init__(self, message: str, signed: _Signed) -> None:
        super().__init__(message)
        self.record = signed.record
        self.epoch = signed.statement.epoch
        self.number = signed.statement.number
        self.payload_hash = signed.payload_hash


class WrongIdentity(ProvenRefusal):
    """V2: the statement names another client or agent than its key was given to."""

    reason: ClassVar[str] = "wrong_identity"
    status: ClassVar[int] = 403


class StaleEpoch(ProvenRefusal):
    """V2: the statement's epoch is not the one its key was enrolled for."""

    reason: ClassVar[str] = "stale_epoch"


class KeyConflict(ProvenRefusal):
    """What only a second holder of the key, or an agent set back to an older state, can make."""


class Equivocation(KeyConflict):
    """V4: a second payload under a used number, so two parties hold the key: freeze it."""

    reason: ClassVar[str] = "equivocation"


class OutOfOrder(ProvenRefusal):
    """V4: a number that was passed over before, and is not filled in afterwards."""

    reason: ClassVar[str] = "out_of_order"


class FastForward(ProvenRefusal):
    """V5: a number no agent could have reached; accepting it would shut the true agent out."""

    reason: ClassVar[str] = "fast_forward"


class BrokenChain(KeyConflict):
    """V6: the statement names another predecessor than the one accepted: history was rewritten."""

    reason: ClassVar[str] = "broken_chain"


class NotStored(Refusal):
    """V10: acceptable, but not durably kept, so there is no receipt and the agent tries again."""

    reason: ClassVar[str] = "not_stored"
    status: ClassVar[int] = 503


class Known(Protocol):
    """What the store knows of a sender: the part of `ports.Unit` that trust reads."""

    def key(self, key_id: str) -> KeyRecord | None:
        """Return an agent's record."""

    def stream(self, key_id: str, epoch: int) -> StreamState | None:
        """Return how far a stream has come; None before its first statement."""

    def statement(self, key_id: str, epoch: int, number: int) -> StoredStatement | None:
        """Return an accepted statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A statement to store, with what its receipt at central's clock says about it."""

    record: KeyRecord
    statement: Statement
    payload_hash: Hash
    gap: bool
    """Statements before this one are missing; `previous` could not be checked."""
    skew_seconds: float
    """The agent's wall time minus the time of receipt; positive: the agent is ahead."""
    late: bool
    """It claims to be older than `LATE_AFTER`: it waited in a spool, or its clock runs behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A statement that was accepted before: answer with the very same receipt."""

    record: KeyRecord
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """A statement whose signature holds, with the record of the key that made it."""

    record: KeyRecord
    statement: Statement
    payload_hash: Hash


def unwrap(body: bytes, encoding: str | None) -> bytes:
    """Return the envelope's bytes out of a request's body and content encoding.

    Raises:
        TooLarge: over a limit of V1, packed or unpacked.
        Malformed: another encoding, or damaged.
    """
    try:
        return unpack(body, encoding)
    except TooLargeError as error:
        raise TooLarge(str(error)) from None
    except DecodeError as error:
        raise Malformed(str(error)) from None


def examine(raw: bytes, known: Known, now: datetime) -> Accepted | Duplicate:
    """Judge one envelope received at `now`.

    Args:
        raw: the envelope, unpacked (`unwrap`).
        known: what the store knows, read in the transaction that will store the answer.
        now: central's own time.

    Raises:
        Refusal: the subclass that names the first rule broken; none of them changes anything.
    """
    if len(raw) > MAX_BYTES:
        raise TooLarge(f"the envelope has {len(raw)} bytes, {MAX_BYTES} allowed")
    envelope = _envelope(raw)
    record = _sender(envelope, known)
    signed = _statement(envelope, record)
    _check_identity(signed)
    stream = known.stream(record.key_id, record.epoch)
    if stream is not None and signed.statement.number <= stream.number:
        return _seen_before(signed, known)
    _check_advance(signed, stream, now)
    gap = _check_chain(signed, stream)
    skew = signed.statement.wall_time - now
    return Accepted(
        record=record,
        statement=signed.statement,
        payload_hash=signed.payload_hash,
        gap=gap,
        skew_seconds=skew.total_seconds(),
        late=skew < -LATE_AFTER,
    )


def deadline(last_received_at: datetime, interval: timedelta, grace: timedelta) -> datetime:
    """Return the moment from which an agent counts as silent (V8).

    It moves by receipts at central's clock alone; no time that the agent states enters into it.
    """
    return last_received_at + interval + grace


def _envelope(raw: bytes) -> Envelope:
    try:
        return read_envelope(raw)
    except DecodeError as error:
        raise Malformed(f"not an envelope: {error}") from None


def _sender(envelope: Envelope, known: Known) -> KeyRecord:
    record = known.key(envelope.key_id)
    # V2, and before the signature: a look-up costs less than a verification.
    if record is None:
        raise UnknownKey(f"no agent is enrolled with key {envelope.key_id}")
    if record.revoked_at is not None:
        raise RevokedKey(f"{_owner(record)}'s key was revoked: enrol the agent anew")
    if record.frozen_at is not None:
        raise FrozenKey(f"{_owner(record)}'s key is frozen: enrol the agent anew")
    return record


def _statement(envelope: Envelope, record: KeyRecord) -> _Signed:
    try:
        payload = open_envelope(envelope, record.public_key, PAYLOAD_TYPE)
        # Lenient, so that facts of a newer agent stay visible; the version guards the rest.
        statement = build(Statement, read_json(payload), lenient=True)
    except TrustError as error:  # V3
        raise BadSignature(f"not signed by {_owner(record)}: {error}") from None
    except DecodeError as error:
        raise Malformed(f"{_owner(record)} signed no statement: {error}") from None
    if statement.version != STATEMENT_VERSION:
        raise Malformed(f"a statement of version {statement.version}; {STATEMENT_VERSION} is known")
    if statement.number == 0:
        raise Malformed("statements are numbered from 1")
    payload_hash = Hash(hashlib.sha256(payload).hexdigest())
    return _Signed(record=record, statement=statement, payload_hash=payload_hash)


def _check_identity(signed: _Signed) -> None:
    statement, record = signed.statement, signed.record
    # V2: the payload must agree with the record; it never decides.
    if (statement.client, statement.agent) != (record.client, record.server):
        named = f"{statement.client}/{statement.agent}"
        raise WrongIdentity(f"{_owner(record)} spoke as {named}", signed)
    if statement.epoch != record.epoch:
        message = f"{_owner(record)} spoke in epoch {statement.epoch}, {record.epoch} holds"
        raise StaleEpoch(message, signed)


def _seen_before(signed: _Signed, known: Known) -> Duplicate:
    record, number = signed.record, signed.statement.number
    stored = known.statement(record.key_id, record.epoch, number)
    # V4: a repetition is answered as before, so that a lost receipt can be fetched again.
    if stored is None:
        message = f"{_owner(record)}'s statement {number} comes after later ones"
        raise OutOfOrder(message, signed)
    if stored.payload_hash != signed.payload_hash:
        message = f"{_owner(record)} signed two different statements {number}"
        raise Equivocation(message, signed)
    return Duplicate(record=record, receipt=stored.receipt)


def _check_advance(signed: _Signed, stream: StreamState | None, now: datetime) -> None:
    last, since = (0, signed.record.enrolled_at)
    if stream is not None:
        last, since = stream.number, stream.received_at
    elapsed = max(now - since, timedelta())
    allowed = elapsed // MIN_INTERVAL + FREE_NUMBERS
    if signed.statement.number - last > allowed:  # V5
        message = (
            f"{_owner(signed.record)} jumped from statement {last} to "
            f"{signed.statement.number}, {allowed} more allowed: enrol the agent anew"
        )
        raise FastForward(message, signed)


def _check_chain(signed: _Signed, stream: StreamState | None) -> bool:
    """Check the link to the statement before; return True when that one is missing."""
    last, expected = (0, Hash(NO_HASH))
    if stream is not None:
        last, expected = stream.number, stream.payload_hash
    if signed.statement.number != last + 1:
        return True
    if signed.statement.previous != expected:  # V6
        message = f"{_owner(signed.record)}'s statement {last + 1} denies the one before it"
        raise BrokenChain(message, signed)
    return False


def _owner(record: KeyRecord) -> str:
    return f"{record.client}/{record.server}"
