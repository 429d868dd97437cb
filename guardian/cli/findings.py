"""Findings as rows: the columns of `guardian check` in every format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guardian_agent.wire import encode

from guardian.cli.tables import Cell, Table
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Finding

COLUMNS = (
    "client",
    "server",
    "backup_set",
    "copy",
    "control",
    "status",
    "severity",
    "reason",
    "since",
    "holds_until",
    "evidence",
)
FOR_PEOPLE = ("status", "severity", "client", "server", "backup_set", "copy", "control", "reason")


def full_table(snapshot: Snapshot, findings: Sequence[Finding]) -> Table:
    """Return everything that programs read, in the order that the interface promises."""
    rows = tuple(tuple(_cells(each)[name] for name in COLUMNS) for each in findings)
    head: dict[str, Cell] = {"judged_at": moment(snapshot.judged_at)}
    return Table(name="findings", columns=COLUMNS, rows=rows, head=head)


def short_table(findings: Sequence[Finding]) -> Table:
    """Return what fits a screen."""
    rows = tuple(tuple(_cells(each)[name] for name in FOR_PEOPLE) for each in findings)
    return Table(name="findings", columns=FOR_PEOPLE, rows=rows)


def _cells(finding: Finding) -> dict[str, Cell]:
    until = finding.holds_until
    return {
        "client": finding.asset.client,
        "server": finding.asset.server,
        "backup_set": finding.asset.backup_set,
        "copy": finding.asset.copy,
        "control": finding.control,
        "status": finding.status.value,
        "severity": finding.severity.value,
        "reason": finding.reason,
        "since": moment(finding.since),
        "holds_until": None if until is None else moment(until),
        "evidence": finding.evidence.label,
    }


def moment(at: datetime) -> str:
    """Return a moment as programs read it, to the second."""
    return encode.moment(at.replace(microsecond=0))
