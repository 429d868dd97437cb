"""The snapshot: all findings of a moment, the only input of metrics, CLI, console and alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from guardian_agent.wire.observations import Coverage

from guardian.domain.asset import Asset
from guardian.domain.evidence import EncryptionSeen, TestsOfKind
from guardian.domain.fresh_figures import FreshnessFigures
from guardian.domain.ladder import Rung
from guardian.domain.lifecycle import State
from guardian.domain.looks import ExposureSeen, PersonalDataSeen, PostureSeen, ReachSeen
from guardian.domain.readers import Readable
from guardian.domain.recovery_time import RecoveryTime
from guardian.domain.storage import Witnessed
from guardian.domain.verdict import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreFigures:
    """What restore tests of one copy show, beside what was agreed; a missing one was never seen."""

    max_age: timedelta = timedelta(days=92)
    """Agreed of the newest verified test."""
    max_time: timedelta = timedelta(hours=12)
    """Agreed for a whole restore."""
    confidence: float = 0.95
    bad_share: float = 0.01
    """Agreed: the share of bad files lies below it, with that confidence."""
    tests: tuple[TestsOfKind, ...] = ()
    due_at: datetime | None = None
    """When the next test must have been made at the latest."""
    time: RecoveryTime | None = None
    """What a whole restore would take now."""
    breach_at: datetime | None = None
    """When growth is expected to take it past what was agreed; None: not foreseeable."""
    proven_not_older_than: datetime | None = None
    """Of the restored data, by the canary that came back last."""
    bad_share_bound: float | None = None
    """What the newest verified test of files reached."""
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFigures:
    """The numbers of one copy; a missing one was never seen."""

    asset: Asset
    rung: Rung
    last_complete_at: datetime | None
    max_age: timedelta | None
    """How old the newest complete restore point may be; None: a schedule alone asks for it."""
    size_bytes: int | None
    restore_last_success_at: datetime | None
    restore_duration_seconds: float | None
    restore_max_age: timedelta
    probe_succeeded: bool | None
    freshness: FreshnessFigures = field(default_factory=FreshnessFigures)
    restores: RestoreFigures = RestoreFigures()
    encrypted: Readable = Readable.UNKNOWN
    encryption: EncryptionSeen | None = None
    """The newest look at who else can read it."""
    witness: Witnessed | None = None
    """What central saw of it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFigures:
    """The numbers of one server."""

    client: str
    server: str
    last_statement_at: datetime | None
    clock_skew_seconds: float | None
    agent_version: str | None
    state: State = State.ACTIVE
    """Whether it is in use now."""
    exposed: tuple[tuple[str, int], ...] = ()
    """(kind, readable items)"""
    exposures: tuple[ExposureSeen, ...] = ()
    reaches: tuple[ReachSeen, ...] = ()
    personal: tuple[PersonalDataSeen, ...] = ()
    postures: tuple[PostureSeen, ...] = ()
    uncovered: tuple[tuple[str, int], ...] | None = None
    """(kind, bytes of live data in no restore point); None: nobody looked."""
    custody_of: str | None = None
    """The other client whose data the provider holds on it,"""
    gone_by: date | None = None
    """and the first day on which it must be gone."""
    offboarded: date | None = None
    """The day on which the client left whose data lies on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All findings of one moment, worst first within a client, with the figures beside them."""

    judged_at: datetime
    findings: tuple[Finding, ...]
    copies: tuple[CopyFigures, ...] = ()
    servers: tuple[ServerFigures, ...] = ()
    judgement_seconds: float = 0.0
