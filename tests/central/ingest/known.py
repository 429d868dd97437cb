"""What trust asks of a store, in dictionaries, and an agent that signs what it is told to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from guardian_agent.wire.encode import to_json
from guardian_agent.wire.envelope import seal
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import NO_HASH, Hash, Name, ShortHash, Slug
from guardian_agent.wire.statement import PAYLOAD_TYPE, Statement

from guardian.ingest.trust import Accepted, examine
from guardian.ports import KeyRecord, StoredStatement, StreamState

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = SigningKey.from_seed(b"a" * 32)
OTHER_KEY = SigningKey.from_seed(b"o" * 32)
RECORD = KeyRecord(
    key_id=key_id(KEY.public),
    public_key=KEY.public,
    client=Name("acme"),
    server=Name("web1"),
    epoch=2,
    enrolled_at=NOON - timedelta(hours=1),
)
OTHER_RECORD = replace(
    RECORD, key_id=key_id(OTHER_KEY.public), public_key=OTHER_KEY.public, client=Name("beta")
)


def said(**changes) -> Statement:
    """Return a healthy first statement of `RECORD`'s agent, changed as told."""
    first = Statement(
        version=1,
        client=RECORD.client,
        agent=RECORD.server,
        epoch=RECORD.epoch,
        number=1,
        previous=Hash(NO_HASH),
        boot_id=ShortHash("b0" * 16),
        wall_time=NOON,
        monotonic_seconds=1.0,
        spooled=0,
        dropped=0,
        agent_version=Slug("0.1.0"),
    )
    return replace(first, **changes)


def sealed(statement: Statement, key: SigningKey = KEY) -> bytes:
    return seal(key, PAYLOAD_TYPE, to_json(statement))


def hash_of(statement: Statement) -> Hash:
    return Hash(hashlib.sha256(to_json(statement)).hexdigest())


def chain(length: int) -> list[Statement]:
    """Return statements 1 to `length`, each naming the one before."""
    made = [said()]
    while len(made) < length:
        made.append(said(number=len(made) + 1, previous=hash_of(made[-1])))
    return made


@dataclass
class InMemory:
    """A store's answers; `take` examines and, where accepted, keeps."""

    keys: dict[str, KeyRecord] = field(default_factory=lambda: {RECORD.key_id: RECORD})
    streams: dict[tuple[str, int], StreamState] = field(default_factory=dict)
    statements: dict[tuple[str, int, int], StoredStatement] = field(default_factory=dict)

    def key(self, key_id: str) -> KeyRecord | None:
        return self.keys.get(key_id)

    def stream(self, key_id: str, epoch: int) -> StreamState | None:
        return self.streams.get((key_id, epoch))

    def statement(self, key_id: str, epoch: int, number: int) -> StoredStatement | None:
        return self.statements.get((key_id, epoch, number))

    def take(self, raw: bytes, now: datetime = NOON):
        answer = examine(raw, self, now)
        if isinstance(answer, Accepted):
            self._keep(answer, raw, now)
        return answer

    def _keep(self, answer: Accepted, raw: bytes, now: datetime) -> None:
        key_id, epoch = answer.record.key_id, answer.record.epoch
        number = answer.statement.number
        self.streams[key_id, epoch] = StreamState(
            number=number, payload_hash=answer.payload_hash, received_at=now
        )
        self.statements[key_id, epoch, number] = StoredStatement(
            key_id=key_id,
            epoch=epoch,
            number=number,
            payload_hash=answer.payload_hash,
            received_at=now,
            envelope=raw,
            receipt=b"receipt %d" % number,
        )
