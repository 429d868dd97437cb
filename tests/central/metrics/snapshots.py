"""Snapshots made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from guardian_agent.wire.observations import Coverage

from guardian.domain.asset import Asset, Severity
from guardian.domain.evidence import EncryptionSeen
from guardian.domain.ladder import Rung
from guardian.domain.looks import ExposureSeen, PersonalDataSeen, PostureSeen, ReachSeen
from guardian.domain.readers import Readable
from guardian.domain.recovery_time import RecoveryTime
from guardian.domain.snapshot import CopyFigures, RestoreFigures, ServerFigures, Snapshot
from guardian.domain.storage import Witnessed
from guardian.domain.verdict import Finding, Status
from tests.central.domain.looking import look, stored
from tests.central.domain.making import (
    denied,
    encryption,
    exposure,
    personal,
    posture,
    reach,
    seen,
    setting,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def finding(
    *,
    client: str = "acme",
    server: str = "web1",
    backup_set: str | None = "files",
    copy: str | None = "local",
    control: str = "backup.fresh",
    status: Status = Status.FAIL,
    severity: Severity = Severity.CRITICAL,
    reason: str = "newest complete restore point is 31 h old, 26 h allowed",
    remedy: str = "Look at the backup job on the server.",
    evidence: Rung = Rung.OBSERVED,
) -> Finding:
    return Finding(
        asset=Asset(client=client, server=server, backup_set=backup_set, copy=copy),
        control=control,
        status=status,
        severity=severity,
        reason=reason,
        since=NOW - timedelta(hours=5),
        holds_until=None,
        evidence=evidence,
        remedy=remedy,
        judged_status=Status.FAIL if status is Status.EXEMPT else status,
    )


def figures(client: str = "acme", server: str = "web1", **known: object) -> CopyFigures:
    return CopyFigures(
        **{
            "asset": Asset(client=client, server=server, backup_set="files", copy="local"),
            "rung": Rung.OBSERVED,
            "last_complete_at": NOW - timedelta(hours=31),
            "max_age": timedelta(hours=26),
            "size_bytes": 5_000_000,
            "restore_last_success_at": NOW - timedelta(days=3),
            "restore_duration_seconds": 12.5,
            "restore_max_age": timedelta(days=92),
            "probe_succeeded": True,
            **known,
        }
    )


def server(client: str = "acme", name: str = "web1", **known: object) -> ServerFigures:
    return ServerFigures(
        **{
            "client": client,
            "server": name,
            "last_statement_at": NOW - timedelta(minutes=20),
            "clock_skew_seconds": -1.5,
            "agent_version": "0.1.0",
            **known,
        }
    )


RESTORES = RestoreFigures(
    due_at=NOW + timedelta(days=80),
    time=RecoveryTime(
        lower_seconds=600.0,
        upper_seconds=5400.0,
        measured=False,
        test=seen(),
        fixed_seconds=20.0,
        grown=1.0,
    ),
    breach_at=NOW + timedelta(days=20),
    proven_not_older_than=NOW - timedelta(days=3, hours=2),
    bad_share_bound=0.00997,
    coverage=Coverage(files=4000, bytes=4_000_000, files_tested=1000, bytes_tested=3_000_000),
)

WITNESS = Witnessed(look=look(stored(1, NOW - timedelta(hours=31))))
LOOK = EncryptionSeen(received_at=NOW, fact=encryption(doors_tried=3))
LOOKS = {
    "exposures": (ExposureSeen(received_at=NOW, fact=exposure(turned_files=4)),),
    "reaches": (ReachSeen(received_at=NOW, fact=reach(("world-readable", 5))),),
    "personal": (PersonalDataSeen(received_at=NOW, fact=personal(("card", 12), ("email", 40))),),
    "uncovered": (("home", 41_000_000_000),),
    "postures": (
        PostureSeen(received_at=NOW, fact=posture(setting("tls-only"), denied("logging", "s3.x"))),
    ),
}

SNAPSHOT = Snapshot(
    judged_at=NOW,
    judgement_seconds=0.25,
    findings=(
        finding(),
        finding(server="db1", backup_set=None, copy=None, control="agent.reporting",
                status=Status.UNKNOWN, reason="no agent was ever enrolled for this server",
                evidence=Rung.UNKNOWN),
        finding(control="backup.encrypted", status=Status.EXEMPT, severity=Severity.WARNING),
        finding(client="globex", control="backup.fresh", status=Status.PASS),
    ),
    copies=(
        figures(restores=RESTORES, encrypted=Readable.PROVEN, encryption=LOOK, witness=WITNESS),
        figures(
            client="globex",
            rung=Rung.UNKNOWN,
            last_complete_at=None,
            size_bytes=None,
            restore_last_success_at=None,
            restore_duration_seconds=None,
            probe_succeeded=None,
        ),
    ),
    servers=(
        server(exposed=(("sql-dump", 2), ("office", 7)), **LOOKS),
        server(name="db1", last_statement_at=None, clock_skew_seconds=None, agent_version=None),
        server(client="globex"),
    ),
)  # fmt: skip
