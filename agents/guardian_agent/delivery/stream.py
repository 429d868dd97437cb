"""The agent's numbered, chained, signed statements.

A statement is in the spool, durably, before `stream.json` moves on. So after a crash the spool and
the receipts may know of more than `stream.json`, never of less; whoever knows most is believed,
and no number is ever given twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from guardian_agent import __version__
from guardian_agent.config import AgentConfig
from guardian_agent.delivery import receipts, spool
from guardian_agent.delivery.identity import Identity
from guardian_agent.delivery.records import load, place, save
from guardian_agent.errors import DecodeError
from guardian_agent.system import System
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.envelope import read_envelope, seal
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import NO_HASH, Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import Observation
from guardian_agent.wire.packing import fits
from guardian_agent.wire.statement import (
    MAX_WIRE_BYTES,
    PAYLOAD_TYPE,
    ProbeFailure,
    Statement,
)

VERSION = 1

Item = Observation | ProbeFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`stream.json`: the last statement of an epoch, and how many were dropped unsent, ever."""

    epoch: int
    number: int
    previous: Hash
    """SHA-256 of statement `number`'s payload."""
    dropped: int = 0


def append(
    config: AgentConfig,
    system: System,
    identity: Identity,
    observations: Sequence[Observation],
    failures: Sequence[ProbeFailure],
) -> list[str]:
    """State facts: sign them, in as many statements as the wire's limit asks for, and spool them.

    Nothing to say is said too, in one empty statement. The caller holds the pass's lock.

    Returns:
        The names of the new statements in the spool, in order.

    Raises:
        StateError: the state directory cannot be read or written.
    """
    spool.tidy(config, system)
    writer = _Writer(config, system, identity)
    writer.write([*observations, *failures])
    return writer.written


def head(config: AgentConfig, system: System, identity: Identity) -> Head:
    """Return where the stream stands, by whoever knows most; raise `StateError`."""
    kept = load(Head, place(config, "stream.json"), system)
    known = Head(epoch=identity.epoch, number=0, previous=Hash(NO_HASH))
    if kept is not None:
        same = kept.epoch == identity.epoch
        known = kept if same else replace(known, dropped=kept.dropped)
    receipt = receipts.newest(config, system, identity.epoch, identity.signer)
    if receipt is not None and receipt.number > known.number:
        known = replace(known, number=receipt.number, previous=receipt.payload_hash)
    own = [item for item in spool.waiting(config, system) if item.epoch == identity.epoch]
    if own and own[-1].number > known.number:
        previous = _payload_hash(spool.read(config, system, own[-1].name))
        known = replace(known, number=own[-1].number, previous=previous)
    return known


class _Writer:
    """Writes statements one after the other, the head moving on behind each."""

    def __init__(self, config: AgentConfig, system: System, identity: Identity) -> None:
        self._config = config
        self._system = system
        self._identity = identity
        self._head = head(config, system, identity)
        self.written: list[str] = []

    def write(self, items: Sequence[Item]) -> None:
        """Spool the items in one statement, or halve them until each part fits."""
        envelope = self._sealed(items)[1]
        size = len(envelope)
        # A restore test with its proof cannot be halved: it may take what packing saves.
        if size <= MAX_WIRE_BYTES or (len(items) == 1 and fits(envelope)):
            self._make_room(size)
            self._spool(*self._sealed(items))  # anew: it tells of what had to go
        elif len(items) == 1:
            self.write([_too_large(items[0])])
        else:
            middle = len(items) // 2
            self.write(items[:middle])
            self.write(items[middle:])

    def _sealed(self, items: Sequence[Item]) -> tuple[Hash, bytes]:
        payload = to_json(self._statement(items))
        payload_hash = Hash(hashlib.sha256(payload).hexdigest())
        return payload_hash, seal(self._identity.key, PAYLOAD_TYPE, payload)

    def _statement(self, items: Sequence[Item]) -> Statement:
        clock = self._system.clock
        return Statement(
            version=VERSION,
            client=self._identity.client,
            agent=self._identity.agent,
            epoch=self._head.epoch,
            number=self._head.number + 1,
            previous=self._head.previous,
            boot_id=ShortHash(clock.boot_id()),
            wall_time=clock.now(),
            monotonic_seconds=clock.monotonic(),
            spooled=len(spool.waiting(self._config, self._system)),
            dropped=self._head.dropped,
            agent_version=Slug(__version__),
            observations=tuple(item for item in items if not isinstance(item, ProbeFailure)),
            failures=tuple(item for item in items if isinstance(item, ProbeFailure)),
        )

    def _make_room(self, size: int) -> None:
        for name in spool.too_many(self._config, self._system, size):
            # Counted first: a crash in between counts one too many, and never hides one.
            self._move(replace(self._head, dropped=self._head.dropped + 1))
            spool.remove(self._config, self._system, name)

    def _spool(self, payload_hash: Hash, envelope: bytes) -> None:
        number = self._head.number + 1
        name = spool.name_of(self._head.epoch, number)
        spool.put(self._config, self._system, name, envelope)
        self._move(replace(self._head, number=number, previous=payload_hash))
        self.written.append(name)

    def _move(self, to: Head) -> None:
        save(place(self._config, "stream.json"), to, self._system)
        self._head = to


def _too_large(item: Item) -> ProbeFailure:
    """Say in place of a fact that fits in no statement that it is missing."""
    return ProbeFailure(
        probe=Slug(getattr(item, "KIND", "failure")),
        reason=Reason.OUTPUT_LIMIT,
        backup_set=_name(item, "backup_set"),
        copy=_name(item, "copy"),
    )


def _name(item: Item, field: str) -> Name | None:
    return getattr(item, field, None)


def _payload_hash(envelope: bytes) -> Hash:
    try:
        return Hash(hashlib.sha256(read_envelope(envelope).payload).hexdigest())
    except DecodeError:
        return Hash(NO_HASH)  # damaged on disk: its number is taken all the same
