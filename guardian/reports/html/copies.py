"""If this server died now: what would come back, from when, and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.ladder import Rung
from guardian.domain.snapshot import CopyFigures, Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.reports.html import words

RUNGS = {
    Rung.UNKNOWN: "nothing is proven",
    Rung.CLAIMED: "the server says that a backup ran",
    Rung.OBSERVED: "restore points were seen in the backup itself",
    Rung.WITNESSED: "we saw the storage ourselves",
    Rung.INTACT: "the stored data was read and is undamaged",
    Rung.RESTORED: "files came back as they were, or a database came to life",
    Rung.PROVEN: "a whole restore proved what it brought back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell with its status, for colour and for the word that says the same."""

    status: Status | None
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """One copy, or a server without any (`backup_set` empty)."""

    server: str
    backup_set: str
    copy: str
    newest: Cell
    tested: Cell
    encrypted: Cell
    rung: int
    proven: str


def copy_rows(snapshot: Snapshot) -> tuple[CopyRow, ...]:
    """Return a row for each copy and each server without one, the worst first."""
    rows = [_row(copy, snapshot) for copy in snapshot.copies]
    rows += [_bare(server) for server in unprotected(snapshot)]
    return tuple(sorted(rows, key=_badness))


def unprotected(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the servers for which no backup is agreed."""
    assets = [finding.asset for finding in snapshot.findings]
    assets += [copy.asset for copy in snapshot.copies]
    known = {server.server for server in snapshot.servers} | {asset.server for asset in assets}
    return tuple(sorted(known - {asset.server for asset in assets if asset.copy is not None}))


def _badness(row: CopyRow) -> tuple[bool, int, str, str, str]:
    fails = Status.FAIL in {row.newest.status, row.tested.status, row.encrypted.status}
    return (not fails, row.rung, row.server, row.backup_set, row.copy)


def recoverable(snapshot: Snapshot) -> str:
    """Say how many copies are proven to restore, out of how many."""
    total = len(snapshot.copies)
    if not total:
        return "No backup copy is agreed for this client."
    restored = sum(copy.rung >= Rung.RESTORED for copy in snapshot.copies)
    copies = words.count(total, "backup copy", "backup copies")
    if restored == total:
        return f"Of {copies}, every one was restored in a test that is still valid."
    number = "none" if not restored else str(restored)
    verb = "was" if restored <= 1 else "were"
    return f"Of {copies}, {number} {verb} restored in a test that is still valid."


def _row(copy: CopyFigures, snapshot: Snapshot) -> CopyRow:
    findings = {one.control: one for one in snapshot.findings if one.asset == copy.asset}
    return CopyRow(
        server=copy.asset.server,
        backup_set=copy.asset.backup_set or "",
        copy=copy.asset.copy or "",
        newest=_newest(copy, findings.get("backup.fresh"), snapshot.judged_at),
        tested=_tested(copy, findings.get("restore.tested")),
        encrypted=_encrypted(findings.get("backup.encrypted")),
        rung=int(copy.rung),
        proven=RUNGS[copy.rung],
    )


def _bare(server: str) -> CopyRow:
    lost = Cell(status=Status.FAIL, text="no backup is agreed")
    return CopyRow(
        server=server,
        backup_set="",
        copy="",
        newest=lost,
        tested=Cell(status=None, text="none"),
        encrypted=Cell(status=None, text="none"),
        rung=int(Rung.UNKNOWN),
        proven="everything on it would be lost",
    )


def _newest(copy: CopyFigures, finding: Finding | None, now: datetime) -> Cell:
    status = None if finding is None else finding.status
    made = copy.last_complete_at
    if made is None:
        return Cell(status=status or Status.UNKNOWN, text="none known")
    lost = words.span(max(now - made, timedelta()))
    return Cell(status=status, text=words.clock(made), detail=f"{lost} of work lost")


def _tested(copy: CopyFigures, finding: Finding | None) -> Cell:
    status = None if finding is None else finding.status
    when, took = copy.restore_last_success_at, copy.restore_duration_seconds
    if when is None:
        return Cell(status=status or Status.UNKNOWN, text="never")
    detail = "" if took is None else f"took {words.span(timedelta(seconds=took))}"
    return Cell(status=status, text=words.clock(when), detail=detail)


def _encrypted(finding: Finding | None) -> Cell:
    if finding is None:
        return Cell(status=None, text="not checked")
    text = {
        Status.PASS: "yes",
        Status.FAIL: "no",
        Status.UNKNOWN: "not known",
        Status.EXEMPT: "not known",
    }[finding.judged_status]
    return Cell(status=finding.status, text=text)
