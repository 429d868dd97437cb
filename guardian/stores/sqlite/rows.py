"""Rows and records: what a column means, in both directions."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, TypeVar

from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash, Name

from guardian.domain.asset import Asset
from guardian.domain.verdict import Status
from guardian.errors import StoreFailure
from guardian.ports import (
    FindingChange,
    KeyRecord,
    LogEntry,
    StoredStatement,
    StreamState,
    TokenRecord,
    TreeState,
)

T = TypeVar("T")
Row = tuple[Any, ...]
HASH_BYTES = 32


def text(moment: datetime) -> str:
    """Return a time as text of one width, so that the order of texts is that of times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(value: str) -> datetime:
    """Return the time that `text` wrote."""
    return datetime.fromisoformat(value)


def _optional(value: str | None) -> datetime | None:
    return None if value is None else moment(value)


def body(value: object) -> tuple[str, str]:
    """Return a dataclass as JSON, and the SHA-256 that is kept beside it."""
    encoded = to_json(value)
    return encoded.decode("utf-8"), hashlib.sha256(encoded).hexdigest()


def unpack(kind: type[T], row: Row, what: str) -> T:
    """Return the dataclass that (JSON, SHA-256) holds.

    Raises:
        StoreFailure: the two do not agree any more, or it cannot be read.
    """
    encoded = str(row[0]).encode("utf-8")
    if hashlib.sha256(encoded).hexdigest() != row[1]:
        raise StoreFailure(f"{what}: damaged in the store: its digest differs")
    try:
        return build(kind, read_json(encoded))
    except DecodeError as error:
        raise StoreFailure(f"{what}: unreadable in the store: {error}") from error


def place(asset: Asset) -> tuple[str, str, str, str]:
    """Return the columns that name an asset; '' stands for None."""
    return (asset.client, asset.server, asset.backup_set or "", asset.copy or "")


def key_row(record: KeyRecord) -> Row:
    """Return a key's columns."""
    return (
        str(record.key_id),
        record.public_key,
        str(record.client),
        str(record.server),
        record.epoch,
        text(record.enrolled_at),
        None if record.revoked_at is None else text(record.revoked_at),
        None if record.frozen_at is None else text(record.frozen_at),
        record.frozen_because,
    )


def key_record(row: Row) -> KeyRecord:
    """Return the key of a row.

    Raises:
        StoreFailure: the public key is not the one that its id names.
    """
    if hashlib.sha256(row[1]).hexdigest() != row[0]:
        raise StoreFailure(f"key {row[0]}: damaged in the store: it does not have its own id")
    return KeyRecord(
        key_id=Hash(row[0]),
        public_key=row[1],
        client=Name(row[2]),
        server=Name(row[3]),
        epoch=row[4],
        enrolled_at=moment(row[5]),
        revoked_at=_optional(row[6]),
        frozen_at=_optional(row[7]),
        frozen_because=row[8],
    )


def token_row(record: TokenRecord) -> Row:
    """Return a token's columns."""
    return (
        str(record.token_hash),
        str(record.client),
        str(record.server),
        text(record.created_at),
        text(record.expires_at),
        None if record.used_at is None else text(record.used_at),
    )


def token_record(row: Row) -> TokenRecord:
    """Return the token of a row."""
    return TokenRecord(
        token_hash=Hash(row[0]),
        client=Name(row[1]),
        server=Name(row[2]),
        created_at=moment(row[3]),
        expires_at=moment(row[4]),
        used_at=_optional(row[5]),
    )


def stream_state(row: Row) -> StreamState:
    """Return the stream of (number, payload_hash, received_at)."""
    return StreamState(number=row[0], payload_hash=Hash(row[1]), received_at=moment(row[2]))


def statement_row(statement: StoredStatement) -> Row:
    """Return a statement's columns."""
    return (
        str(statement.key_id),
        statement.epoch,
        statement.number,
        str(statement.payload_hash),
        text(statement.received_at),
        statement.envelope,
        statement.receipt,
    )


def stored_statement(row: Row) -> StoredStatement:
    """Return the statement of a row."""
    return StoredStatement(
        key_id=Hash(row[0]),
        epoch=row[1],
        number=row[2],
        payload_hash=Hash(row[3]),
        received_at=moment(row[4]),
        envelope=row[5],
        receipt=row[6],
    )


def log_row(entry: LogEntry) -> Row:
    """Return a leaf's columns."""
    return (
        entry.index,
        entry.kind,
        text(entry.at),
        entry.actor,
        str(entry.digest),
        entry.detail,
    )


def log_entry(row: Row) -> LogEntry:
    """Return the leaf of a row."""
    return LogEntry(
        index=row[0],
        kind=row[1],
        at=moment(row[2]),
        actor=row[3],
        digest=Hash(row[4]),
        detail=row[5],
    )


def tree_state(row: Row | None) -> TreeState:
    """Return the tree of (size, frontier); the empty one without a row."""
    if row is None:
        return TreeState(size=0, frontier=())
    size, joined = row
    hashes = (joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES))
    return TreeState(size=size, frontier=tuple(hashes))


def change_row(change: FindingChange) -> Row:
    """Return a change's columns."""
    return (
        change.client,
        change.server,
        change.backup_set or "",
        change.copy or "",
        change.control,
        text(change.at),
        change.status.value,
        change.reason,
    )


def finding_change(row: Row) -> FindingChange:
    """Return the change of a row."""
    return FindingChange(
        client=row[0],
        server=row[1],
        backup_set=row[2] or None,
        copy=row[3] or None,
        control=row[4],
        at=moment(row[5]),
        status=Status(row[6]),
        reason=row[7],
    )
