"""What central asks of the world, as Protocols. One file per implementation in each folder.

`app.py` is the only place that knows which implementation is in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from guardian.domain.history import FindingChange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from guardian_agent.wire.names import Hash, Name, ShortHash

    from guardian.domain.asset import Asset
    from guardian.domain.evidence import ServerEvidence
    from guardian.domain.requirement.insurance import Reply
    from guardian.domain.requirement.kinds import StandardAnswered
    from guardian.domain.snapshot import Snapshot
    from guardian.domain.storage import NoLook, StorageLook
    from guardian.domain.verdict import Finding

__all__ = [
    "AnyWitnessKind",
    "Clock",
    "FindingChange",
    "KeyRecord",
    "LogEntry",
    "Looking",
    "Randomness",
    "ReportFormat",
    "ReportInput",
    "Store",
    "StoredStatement",
    "StreamState",
    "TokenRecord",
    "TreeState",
    "Unit",
    "Witness",
    "WitnessKind",
]


class Clock(Protocol):
    """Central's one clock; its receive time is the only time that makes green."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never jump."""


class Randomness(Protocol):
    """Unpredictable bytes."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes fit for keys and tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An enrolled agent: identity comes from here, never from what a statement says."""

    key_id: Hash
    """SHA-256 of the raw public key."""
    public_key: bytes
    client: Name
    server: Name
    epoch: int
    enrolled_at: datetime
    revoked_at: datetime | None = None
    frozen_at: datetime | None = None
    """Set when two different statements bore one number: nothing more is accepted (T66)."""
    frozen_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """An enrolment token; only the hash of its secret is kept."""

    token_hash: Hash
    client: Name
    server: Name
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """How far one agent's stream has come in its epoch."""

    number: int
    payload_hash: Hash
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStatement:
    """An accepted statement: the envelope's exact bytes and the receipt that answered it."""

    key_id: Hash
    epoch: int
    number: int
    payload_hash: Hash
    received_at: datetime
    envelope: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One leaf of a client's evidence log.

    Its Merkle leaf is SHA-256(0x00 || `leaf_bytes()` of audit/leaves.py), RFC 6962.
    """

    index: int
    kind: str
    """`statement`, `witness`, `enrolment`, `revocation`, `conflict`, `finding`, `report`."""
    at: datetime
    actor: str
    digest: Hash
    """SHA-256 of what the leaf stands for (a statement's payload, a finding's JSON ...)."""
    detail: str
    """Canonical JSON of ids and counts; never a client's contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeState:
    """A client's evidence log so far: its size and the frontier of complete subtrees."""

    size: int
    frontier: tuple[bytes, ...]
    """Roots of the complete subtrees, largest first (the binary digits of `size`)."""


class Unit(Protocol):
    """One atomic change: everything in it happens, durably, or nothing does."""

    def key(self, key_id: str) -> KeyRecord | None:
        """Return an agent's record."""

    def keys_of(self, client: str, server: str) -> Sequence[KeyRecord]:
        """Return every key that a server ever enrolled, by epoch."""

    def put_key(self, record: KeyRecord) -> None:
        """Insert or replace an agent's record."""

    def token(self, token_hash: str) -> TokenRecord | None:
        """Return a token."""

    def put_token(self, record: TokenRecord) -> None:
        """Insert or replace a token."""

    def stream(self, key_id: str, epoch: int) -> StreamState | None:
        """Return how far a stream has come; None before its first statement."""

    def statement(self, key_id: str, epoch: int, number: int) -> StoredStatement | None:
        """Return an accepted statement."""

    def put_statement(self, statement: StoredStatement) -> None:
        """Keep an accepted statement and move its stream on; its place must be free."""

    def evidence(self, client: str, server: str) -> ServerEvidence | None:
        """Return what is folded so far."""

    def put_evidence(self, evidence: ServerEvidence) -> None:
        """Replace a server's evidence."""

    def tree(self, client: str) -> TreeState:
        """Return a client's evidence log's state; size 0 before its first leaf."""

    def leaf(self, client: str, index: int) -> LogEntry | None:
        """Return one leaf of a client's evidence log; None where the log does not have it."""

    def append(self, client: str, entry: LogEntry, after: TreeState) -> None:
        """Append a leaf and the tree state after it."""

    def finding(self, asset: Asset, control: str) -> Finding | None:
        """Return the current finding of an asset and control."""

    def put_finding(self, finding: Finding) -> None:
        """Insert or replace the current finding of its asset and control."""

    def drop_finding(self, finding: Finding) -> None:
        """Remove a finding whose asset is configured no more."""

    def add_change(self, change: FindingChange) -> None:
        """Add to the findings' history."""


class Store(Protocol):
    """Everything central keeps. Each method raises `StoreError` for whatever goes wrong.

    Readers see what is committed, also from inside a unit. One process at most holds the store as
    central's own (an advisory lock with a fencing epoch sees to it); commands beside it write in
    short units.
    """

    def unit(self) -> AbstractContextManager[Unit]:
        """Begin an atomic change; it commits when the block ends, and rolls back on an error."""

    def keys(self) -> Sequence[KeyRecord]:
        """Return every agent, revoked ones too."""

    def tokens(self) -> Sequence[TokenRecord]:
        """Return every token, used ones too."""

    def all_evidence(self) -> Sequence[ServerEvidence]:
        """Return all servers' evidence."""

    def changed_evidence(self, after: int) -> tuple[int, Sequence[ServerEvidence]]:
        """Return the evidence put after revision `after`, and the newest revision (0: none yet)."""

    def findings(self) -> Sequence[Finding]:
        """Return the current findings."""

    def history(self, client: str, start: datetime, end: datetime) -> Sequence[FindingChange]:
        """Return a client's changes in [start, end) and, for each finding, the last one before."""

    def statements(self, key_id: str) -> Sequence[StoredStatement]:
        """Return an agent's accepted statements in order."""

    def log(self, client: str) -> Sequence[LogEntry]:
        """Return a client's evidence log."""

    def tree(self, client: str) -> TreeState:
        """Return a client's evidence log's state."""

    def count_refusal(self, reason: str) -> None:
        """Count a refused statement."""

    def refusals(self) -> Mapping[str, int]:
        """Return the refused statements by reason."""

    def accepted_total(self) -> int:
        """Return how many statements were accepted."""

    def close(self) -> None:
        """Release the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What a report format renders: one client's month, already computed."""

    client_id: str
    client_name: str
    language: str
    month_start: datetime
    month_end: datetime
    built_at: datetime
    snapshot: Snapshot
    changes: Sequence[FindingChange]
    log_size: int
    log_root: str
    key_fingerprint: str
    interval: timedelta | None = None
    provider_name: str = ""
    """Who looks after the client and sends the report."""
    checkpoint: str = ""
    """How the client's evidence log stood, signed by central (C2SP signed note)."""
    standards: Sequence[StandardAnswered] = ()
    """What is evidence for the standards that were agreed on."""
    insurance: Sequence[Reply] = ()
    """What insurers are told, where that was agreed."""


S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a look is given."""

    clock: Clock
    deadline: float
    """Monotonic: when it must end, with what it saw by then."""
    hashed: Callable[[str], ShortHash]
    """Turns a name in the storage into all that may be kept of it."""
    since: datetime | None = None
    """The newest time that the look before saw in the storage."""


class Witness(Protocol):
    """One place that central looks at itself, with a credential that may only read."""

    def look(self, looking: Looking) -> StorageLook | NoLook:
        """Look once. It never raises for what a storage answers, and never takes that for fine.

        Names, contents and answers' texts stay in it; what could not be asked or was not answered
        is told as a `Lack` with the missing permission's name.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKind(Generic[S]):
    """A kind of storage that can be looked at: one module in `guardian/witness/`."""

    kind: str
    settings: type[S]
    """What a copy's `witness` table says beside `kind`."""
    open: Callable[[S], Witness]
    """Makes a witness; raises `ConfigError` for what the form of a value does not show."""


AnyWitnessKind = WitnessKind[Any]


class ReportFormat(Protocol):
    """A way to write a client's month down."""

    name: str
    suffix: str

    def render(self, month: ReportInput) -> bytes:
        """Return the document; equal inputs give equal bytes."""
