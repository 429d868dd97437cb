"""The snapshot: all findings of a moment, the only input of metrics, CLI, console and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Asset
from guardian.domain.ladder import Rung
from guardian.domain.verdict import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFigures:
    """The numbers of one copy; a missing one was never seen."""

    asset: Asset
    rung: Rung
    last_complete_at: datetime | None
    max_age: timedelta
    size_bytes: int | None
    restore_last_success_at: datetime | None
    restore_duration_seconds: float | None
    restore_max_age: timedelta
    probe_succeeded: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFigures:
    """The numbers of one server."""

    client: str
    server: str
    last_statement_at: datetime | None
    clock_skew_seconds: float | None
    agent_version: str | None
    exposed: tuple[tuple[str, int], ...] = ()
    """(kind, readable items)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All findings of one moment, worst first within a client, with the figures beside them."""

    judged_at: datetime
    findings: tuple[Finding, ...]
    copies: tuple[CopyFigures, ...] = ()
    servers: tuple[ServerFigures, ...] = ()
    judgement_seconds: float = 0.0
