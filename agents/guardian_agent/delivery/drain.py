"""Bring what waits in the spool to central, oldest first, and let go only of what it has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from guardian_agent.config import AgentConfig
from guardian_agent.delivery import checkpoint, receipts, spool
from guardian_agent.delivery.identity import Identity
from guardian_agent.delivery.way import Parcel, Way
from guardian_agent.delivery.ways import choose
from guardian_agent.errors import DecodeError, DeliveryError, StateError, TrustError
from guardian_agent.system import System
from guardian_agent.wire.envelope import read_envelope
from guardian_agent.wire.receipt import Receipt, read_receipt

MAX_SENT = 200
"""Statements sent in one pass: a pass after a long silence ends in good time as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a delivery ended."""

    sent: int
    """Statements whose receipts are verified and kept now."""
    waiting: int
    """Statements still in the spool."""
    error: str | None
    """The first thing that went wrong, for the operator."""
    refused: int = 0
    """Statements set aside because central will never take them."""


def deliver(config: AgentConfig, system: System, identity: Identity) -> Delivery:
    """Deliver what waits. The caller holds the pass's lock.

    Central not being there is no error of this function: it stands in the answer, and the
    statements stay in the spool.

    Raises:
        StateError: the state directory cannot be read or written.
        ConfigError: central's address is of no known kind.
    """
    way = choose(config.central.url, identity.pin, system)
    drain = _Drain(config, system, identity, way)
    drain.run()
    left = spool.waiting(config, system)
    receipts.prune(config, system, {item.name for item in left})
    return Delivery(sent=drain.sent, waiting=len(left), error=drain.error, refused=drain.refused)


class _Drain:
    """One delivery, counting."""

    def __init__(self, config: AgentConfig, system: System, identity: Identity, way: Way) -> None:
        self._config = config
        self._system = system
        self._identity = identity
        self._way = way
        newest = receipts.newest(config, system, identity.epoch, identity.signer)
        self._acknowledged = 0 if newest is None else newest.number
        self.sent = 0
        self.refused = 0
        self.error: str | None = None

    def run(self) -> None:
        """Go through the spool until it is empty or something stands in the way."""
        for item in spool.waiting(self._config, self._system):
            if self.sent >= MAX_SENT:
                return
            if item.epoch != self._identity.epoch:
                self._set_aside(item.name, "stale_epoch")
                continue
            try:
                self._hand_over(item)
            except TrustError as error:
                self._complain(f"{item.name}: {error}")
            except DeliveryError as error:
                self._complain(str(error))
                if not error.final:
                    return
                self._set_aside(item.name, error.reason or "refused")

    def _hand_over(self, item: spool.Spooled) -> None:
        """Deliver one statement; it leaves the spool only for a receipt that is right."""
        parcel = Parcel(
            sender=self._identity.key_id,
            name=item.name,
            envelope=self._read(item.name),
            overtaken=item.number < self._acknowledged,
        )
        receipt = self._receipt(item, parcel)
        if receipt is None:
            return
        checkpoint.advance(self._config, self._system, receipt)
        spool.remove(self._config, self._system, item.name)

    def _receipt(self, item: spool.Spooled, parcel: Parcel) -> Receipt | None:
        """Return the statement's verified receipt: the one we have, or central's answer."""
        signer = self._identity.signer
        kept = receipts.kept(self._config, self._system, item.name, signer)
        if kept is not None:  # of a pass that was killed, or that saw central rolled back
            return kept
        line = self._way.send(parcel)
        if line is None:
            return None
        try:
            receipt = read_receipt(line, signer)
            _check(receipt, self._identity, item, parcel.envelope)
            receipts.store(self._config, self._system, item.name, line)
        finally:
            self._way.forget(parcel)  # also a wrong one: it would be in the way of the right one
        self._acknowledged = max(self._acknowledged, item.number)
        self.sent += 1
        return receipt

    def _read(self, name: str) -> bytes:
        try:
            return spool.read(self._config, self._system, name)
        except StateError as error:
            raise DeliveryError(str(error), final=True, reason="unreadable") from error

    def _set_aside(self, name: str, reason: str) -> None:
        spool.set_aside(self._config, self._system, name, reason)
        self.refused += 1

    def _complain(self, text: str) -> None:
        if self.error is None:
            self.error = text


def _check(receipt: Receipt, identity: Identity, item: spool.Spooled, envelope: bytes) -> None:
    """Raise `TrustError` unless the receipt is for exactly this statement of ours."""
    try:
        payload_hash = hashlib.sha256(read_envelope(envelope).payload).hexdigest()
    except DecodeError as error:
        raise TrustError("a receipt for a statement that is damaged in the spool") from error
    expected = (identity.key_id, item.epoch, item.number, payload_hash)
    if (receipt.key_id, receipt.epoch, receipt.number, receipt.payload_hash) != expected:
        raise TrustError("central signed a receipt for another statement")
