"""Ingest: trust decides, one unit keeps everything or nothing, and only then comes the receipt."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import Slug
from guardian_agent.wire.receipt import Receipt, sign_receipt

from guardian.audit.leaves import Kind
from guardian.audit.log import append, root
from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import fold, issued, trouble
from guardian.errors import Refusal, StoreError, StoreFailure
from guardian.ingest import enrolment
from guardian.ingest.recall import recall
from guardian.ingest.trust import (
    Accepted,
    Duplicate,
    Equivocation,
    KeyConflict,
    NotStored,
    examine,
    unwrap,
)
from guardian.ports import Clock, KeyRecord, Store, StoredStatement, Unit

DUPLICATE = "duplicate"
"""The result under which repetitions are counted; they are answered, and change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an accepted statement is answered with."""

    receipt: bytes
    duplicate: bool
    """It was accepted before, and this is the receipt that it got then."""


class Ingest:
    """The one door for statements and enrolments, whichever way they came."""

    def __init__(self, store: Store, key: SigningKey, clock: Clock) -> None:
        self._store = store
        self._key = key
        self._clock = clock

    def accept(self, body: bytes, encoding: str | None = None) -> bytes:
        """Unpack a request's body, keep the statement, and return its receipt; see `answer`.

        Args:
            body: the envelope as it came.
            encoding: its content encoding: `deflate`, or None.
        """
        with self._counting():
            raw = unwrap(body, encoding)
        return self.answer(raw).receipt

    def answer(self, raw: bytes) -> Answer:
        """Keep one statement durably, unless it is kept already.

        Raises:
            Refusal: the subclass of the rule it breaks; counted under its reason.
            StoreFailure: the disk failed; nobody knows what was kept, and the process must end.
        """
        with self._counting():
            answer = self._answer(raw)
        if answer.duplicate:
            self.refuse(DUPLICATE)
        return answer

    def enrol(self, raw: bytes) -> bytes:
        """Enrol one agent by its token and return the sealed grant.

        Raises:
            NotEnrolledError: not granted, with the reason.
            StoreError: it could not be kept.
        """
        with self._store.unit() as unit:
            return enrolment.enrol(unit, raw, self._key, self._clock.now())

    def refuse(self, reason: str) -> None:
        """Count a statement that is not accepted; a store too busy to count is no reason to fail.

        Raises:
            StoreFailure: the disk failed.
        """
        try:
            self._store.count_refusal(reason)
        except StoreFailure:
            raise
        except StoreError:
            return

    @contextlib.contextmanager
    def _counting(self) -> Iterator[None]:
        """Count what is refused, and note what shows that the key is no longer one agent's."""
        try:
            yield
        except Refusal as refusal:
            if isinstance(refusal, KeyConflict):
                self._note(refusal)
            self.refuse(refusal.reason)
            raise
        except StoreFailure:
            raise
        except StoreError as error:
            self.refuse(NotStored.reason)
            raise NotStored(f"not kept, send it again: {error}") from error

    def _answer(self, raw: bytes) -> Answer:
        with self._store.unit() as unit:
            now = self._clock.now()
            found = examine(raw, unit, now)
            if isinstance(found, Duplicate):
                return Answer(receipt=found.receipt, duplicate=True)
            return Answer(receipt=self._keep(unit, raw, found, now), duplicate=False)

    def _keep(self, unit: Unit, raw: bytes, accepted: Accepted, now: datetime) -> bytes:
        """Write leaf, statement and evidence; the receipt counts once the unit has committed."""
        record, statement = accepted.record, accepted.statement
        tree = append(
            unit,
            record.client,
            Kind.STATEMENT,
            at=now,
            actor=record.server,
            digest=accepted.payload_hash,
            detail={"key": record.key_id, "epoch": record.epoch, "number": statement.number},
        )
        receipt = Receipt(
            key_id=record.key_id,
            epoch=record.epoch,
            number=statement.number,
            payload_hash=accepted.payload_hash,
            received_at=now,
            tree_size=tree.size,
            root=root(tree),
        )
        line = sign_receipt(receipt, self._key)
        unit.put_statement(_stored(receipt, raw, line))
        evidence = _evidence(unit, record)
        folded = fold(
            evidence,
            statement,
            received_at=now,
            gap=accepted.gap,
            skew_seconds=accepted.skew_seconds,
            recalled=recall(unit, record, statement, evidence, self._key.public),
        )
        unit.put_evidence(issued(folded, tree.size, receipt.root, now))
        return line

    def _note(self, refusal: KeyConflict) -> None:
        """Note a conflict that only a cloned, rolled-back or rewritten agent makes, once each."""
        record, reason = refusal.record, Slug(refusal.reason)
        freezes = isinstance(refusal, Equivocation)
        with self._store.unit() as unit:
            evidence = _evidence(unit, record)
            noted = evidence.key_trouble
            if noted is not None and noted.reason == reason and not freezes:
                return
            now = self._clock.now()
            unit.put_evidence(trouble(evidence, reason, now))
            if freezes:
                unit.put_key(replace(record, frozen_at=now, frozen_because=reason))
            append(
                unit,
                record.client,
                Kind.CONFLICT,
                at=now,
                actor=record.server,
                digest=refusal.payload_hash,
                detail={
                    "key": record.key_id,
                    "epoch": refusal.epoch,
                    "number": refusal.number,
                    "reason": reason,
                },
            )


def _evidence(unit: Unit, record: KeyRecord) -> ServerEvidence:
    known = unit.evidence(record.client, record.server)
    return known or ServerEvidence(client=record.client, server=record.server)


def _stored(receipt: Receipt, envelope: bytes, line: bytes) -> StoredStatement:
    return StoredStatement(
        key_id=receipt.key_id,
        epoch=receipt.epoch,
        number=receipt.number,
        payload_hash=receipt.payload_hash,
        received_at=receipt.received_at,
        envelope=envelope,
        receipt=line,
    )
