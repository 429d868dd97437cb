"""A client's month, made up: two servers with trouble, one healthy, one without any backup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from guardian_agent.wire.observations import Comparison, Coverage, Outcome, Reason

from guardian.checks import load
from guardian.domain.asset import Asset, Severity
from guardian.domain.evidence import RestoreSeen
from guardian.domain.history import FindingChange
from guardian.domain.ladder import Rung
from guardian.domain.recovery_time import RecoveryTime
from guardian.domain.snapshot import CopyFigures, RestoreFigures, ServerFigures, Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.ports import ReportInput
from tests.central.domain.making import (
    PLAN,
    answer,
    answered,
    compared,
    database,
    failed_test,
    of_kind,
    seen,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
BUILT = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
CHECKS = {check.control: check for check in load()}

FAIL, PASS, UNKNOWN, EXEMPT = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.EXEMPT


def server(name: str, client: str = "acme") -> Asset:
    return Asset(client=client, server=name)


def copy(name: str, backup_set: str, where: str, client: str = "acme") -> Asset:
    return Asset(client=client, server=name, backup_set=backup_set, copy=where)


def finding(
    asset: Asset, control: str, status: Status = PASS, reason: str = "it holds", **more: object
) -> Finding:
    values = {
        "severity": Severity.CRITICAL,
        "since": START + timedelta(days=20),
        "holds_until": None,
        "evidence": Rung.OBSERVED,
        "remedy": CHECKS[control].remedy if control in CHECKS else "",
        "judged_status": FAIL if status is EXEMPT else status,
    }
    return Finding(asset=asset, control=control, status=status, reason=reason, **{**values, **more})


def figures(asset: Asset, rung: Rung, **more: object) -> CopyFigures:
    values = {
        "last_complete_at": BUILT - timedelta(hours=4, minutes=10),
        "max_age": timedelta(hours=26),
        "size_bytes": 12_000_000_000,
        "restore_last_success_at": BUILT - timedelta(days=9),
        "restore_duration_seconds": 41.5,
        "restore_max_age": timedelta(days=92),
        "probe_succeeded": True,
    }
    return CopyFigures(asset=asset, rung=rung, **{**values, **more})


def change(asset: Asset, control: str, at: timedelta, status: Status, reason: str = "it holds"):
    return FindingChange(
        client=asset.client,
        server=asset.server,
        backup_set=asset.backup_set,
        copy=asset.copy,
        control=control,
        at=START + at,
        status=status,
        reason=reason,
    )


def all_pass(asset: Asset) -> list[Finding]:
    return [
        finding(asset, control)
        for control, check in CHECKS.items()
        if check.applies_to is asset.subject and check.is_about(PLAN)
    ]


def healthy(asset: Asset) -> list[FindingChange]:
    return [change(asset, one.control, timedelta(days=-30), PASS) for one in all_pass(asset)]


def month(
    findings: list[Finding],
    changes: list[FindingChange] | None = None,
    copies: list[CopyFigures] | None = None,
    servers: list[str] | None = None,
    **more: object,
) -> ReportInput:
    values = {
        "client_id": "acme",
        "client_name": "ACME GmbH",
        "language": "en",
        "month_start": START,
        "month_end": END,
        "built_at": BUILT,
        "log_size": 4182,
        "log_root": "6f1ab0c7" * 8,
        "key_fingerprint": "c0ffee11" * 8,
        "provider_name": "Northlight IT",
    }
    shot = Snapshot(
        judged_at=more.get("built_at", BUILT),
        findings=tuple(findings),
        copies=tuple(copies or ()),
        servers=tuple(
            ServerFigures(
                client="acme",
                server=name,
                last_statement_at=None,
                clock_skew_seconds=None,
                agent_version=None,
            )
            for name in servers or ()
        ),
    )
    return ReportInput(snapshot=shot, changes=tuple(changes or ()), **{**values, **more})


WEB, DB = server("web1"), server("db1")
FILES, OFFSITE = copy("web1", "files", "local"), copy("web1", "files", "offsite")
ORDERS = copy("db1", "orders-db", "dumps")
MAIL = copy("mail1", "mailboxes", "local")


TESTED_AT = BUILT - timedelta(days=9)
POINT_AT = TESTED_AT - timedelta(hours=5)


def sampled() -> RestoreFigures:
    """Figures of a copy of 210,000 files of which a sample came back well."""
    sample = seen(
        started_at=TESTED_AT,
        duration_seconds=41.5,
        fixed_seconds=6.0,
        files_restored=520,
        bytes_restored=1_900_000_000,
        whole_files=210_000,
        whole_bytes=96_000_000_000,
        matched=299,
        not_compared=7,
        population=210_000,
        point_started_at=POINT_AT,
        proven_not_older_than=POINT_AT - timedelta(minutes=40),
        compared=compared(214),
    )
    return RestoreFigures(
        tests=(of_kind(sample),),
        due_at=sample.ended_at + timedelta(days=92),
        time=RecoveryTime(
            lower_seconds=1800.0,
            upper_seconds=14_300.0,
            measured=False,
            test=sample,
            fixed_seconds=6.0,
            grown=1.0,
        ),
        breach_at=BUILT + timedelta(days=24),
        proven_not_older_than=sample.proven_not_older_than,
        bad_share_bound=0.00996,
        coverage=Coverage(
            files=210_000,
            bytes=96_000_000_000,
            files_tested=51_200,
            bytes_tested=71_000_000_000,
            untested_since=START - timedelta(days=40),
        ),
    )


def asked() -> RestoreFigures:
    """Figures of a copy whose database answered what its operator asked."""
    yesterday = answer(1204.0, question="orders-of-yesterday", expected=1.0)
    newest = answer(
        None,
        question="newest-invoice",
        comparison=Comparison.NEWER_THAN,
        expected=93_600.0,
        moment=POINT_AT - timedelta(hours=3),
    )
    restored = seen(
        "database",
        started_at=TESTED_AT,
        duration_seconds=734.0,
        database=database(tables=41, rows=8_340_211, bytes=11_400_000_000),
        answers=(answered(yesterday), answered(newest)),
        point_started_at=POINT_AT,
    )
    return RestoreFigures(
        tests=(of_kind(restored),),
        due_at=restored.ended_at + timedelta(days=92),
        time=RecoveryTime(
            lower_seconds=790.0,
            upper_seconds=790.0,
            measured=True,
            test=restored,
            fixed_seconds=0.0,
            grown=1.08,
        ),
    )


def mismatched() -> RestoreSeen:
    return failed_test(started_at=BUILT - timedelta(days=3, hours=3), mismatched=2)


def not_made() -> RestoreSeen:
    return seen(
        started_at=TESTED_AT,
        verified=False,
        outcome=Outcome.NOT_PERFORMED,
        reason=Reason.QUOTA_EXCEEDED,
    )


def troubled() -> ReportInput:
    """The month of the screenshots: something of everything."""
    assets = [WEB, DB, server("mail1"), FILES, OFFSITE, ORDERS, MAIL]
    found = {(one.asset, one.control): one for asset in assets for one in all_pass(asset)}
    changes = [one for asset in assets for one in healthy(asset)]

    def put(asset: Asset, control: str, status: Status, reason: str, **more: object) -> None:
        found[asset, control] = finding(asset, control, status, reason, **more)

    stale = "newest complete restore point is 31 h old, 26 h allowed"
    put(OFFSITE, "backup.fresh", FAIL, stale, since=END - timedelta(days=1, hours=2))
    readable = "18 files in exports can be read (16 text, 2 zip)"
    put(DB, "data.encrypted", FAIL, readable, since=START + timedelta(days=3))
    locked = "the newest look at it failed (borg: locked)"
    put(MAIL, "restore.intact", UNKNOWN, locked, since=START + timedelta(days=25))
    put(MAIL, "restore.tested", UNKNOWN, "a restore was never tested")
    came_back_wrong = "the sample restore test of 2026-11-29 03:00 UTC failed: mismatch, 2 files"
    put(OFFSITE, "restore.tested", FAIL, came_back_wrong, since=START + timedelta(days=28, hours=3))
    accepted = (
        "accepted by j.doe until 2027-01-31: the share goes; judged fail: "
        "the copy can be read without a key (pg-dump-header)"
    )
    ends = datetime(2027, 1, 31, tzinfo=UTC)
    put(ORDERS, "backup.encrypted", EXEMPT, accepted, exempt_until=ends, exempt_owner="j.doe")
    silent = "the agent has been silent for 3 h; it should speak every 1 h"
    partial = "the newest restore point lacks 2 of 3 configured paths"
    changes += [
        change(OFFSITE, "backup.fresh", timedelta(days=8, hours=3), FAIL, stale),
        change(OFFSITE, "backup.fresh", timedelta(days=9, hours=17, minutes=20), PASS),
        change(OFFSITE, "backup.fresh", timedelta(days=28, hours=22), FAIL, stale),
        change(DB, "data.encrypted", timedelta(days=3), FAIL, readable),
        change(ORDERS, "backup.encrypted", timedelta(days=-3), EXEMPT, accepted),
        change(MAIL, "restore.intact", timedelta(days=25), UNKNOWN, locked),
        change(MAIL, "restore.tested", timedelta(days=-20), UNKNOWN, "a restore was never tested"),
        change(WEB, "agent.reporting", timedelta(days=14, hours=1), FAIL, silent),
        change(WEB, "agent.reporting", timedelta(days=14, hours=5, minutes=12), PASS),
        change(FILES, "backup.complete", timedelta(days=17), FAIL, partial),
        change(FILES, "backup.complete", timedelta(days=17, hours=20), PASS),
    ]
    copies = [
        figures(FILES, Rung.RESTORED, restores=sampled()),
        figures(
            OFFSITE,
            Rung.INTACT,
            last_complete_at=BUILT - timedelta(hours=31),
            restores=RestoreFigures(tests=(of_kind(failed=mismatched()),)),
        ),
        figures(ORDERS, Rung.PROVEN, restore_duration_seconds=734.0, restores=asked()),
        figures(
            MAIL,
            Rung.OBSERVED,
            restore_last_success_at=None,
            restore_duration_seconds=None,
            restores=RestoreFigures(tests=(of_kind(newest=not_made()),)),
        ),
    ]
    return month(list(found.values()), changes, copies, ["web1", "db1", "mail1", "legacy"])
