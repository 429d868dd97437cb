"""What stands on the page, computed: the templates only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guardian import __version__
from guardian.checks import load
from guardian.domain.check import AnyCheck
from guardian.domain.verdict import Finding, Status
from guardian.months import end, own
from guardian.ports import ReportInput
from guardian.reports.html import words
from guardian.reports.html.copies import CopyRow, copy_rows, recoverable, unprotected
from guardian.reports.html.headline import Background, Headline, headline
from guardian.reports.html.incidents import Incidents, incidents
from guardian.reports.html.levels import Level, levels
from guardian.reports.html.readers import Readers, read_by
from guardian.reports.html.restores import CopyTests, copy_tests
from guardian.reports.html.standards import (
    InsuranceRow,
    StandardTable,
    insurance_rows,
    standard_tables,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A finding as the client reads it: what, where, since when, why it matters, what is done."""

    title: str
    where: str
    status: Status
    severity: str
    since: str
    reason: str
    why: str
    remedy: str
    owner: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an auditor needs to hold the page against the evidence log."""

    log_size: int
    log_root: str
    fingerprint: str
    changes: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page; every string is text, escaped where it is written."""

    client: str
    client_id: str
    provider: str
    month: str
    span_from: str
    span_until: str
    is_over: bool
    judged: str
    built: str
    headline: Headline
    tally: tuple[tuple[Status, int], ...]
    copies: tuple[CopyRow, ...]
    recoverable: str
    restores: tuple[CopyTests, ...]
    readers: Readers
    risks: tuple[Risk, ...]
    went_wrong: Incidents
    was_unknown: Incidents
    unknowns: tuple[Risk, ...]
    levels: tuple[Level, ...]
    accepted: tuple[Risk, ...]
    standards: tuple[StandardTable, ...]
    insurance: tuple[InsuranceRow, ...]
    proof: Proof


def build_page(month: ReportInput) -> Page:
    """Compute one client's page; whatever else the snapshot holds stays out of it.

    Only what the provider holds of this client on servers of its own comes from there.

    Raises:
        ReportError: when the month had not begun at the time of building.
    """
    until = end(month)
    fleet, month = month.snapshot, own(month)
    checks = {check.control: check for check in load()}
    findings = list(month.snapshot.findings)
    wrong = incidents(month.changes, checks, month.month_start, until, Status.FAIL)
    unclear = incidents(month.changes, checks, month.month_start, until, Status.UNKNOWN)
    risks = {status: _risks(findings, status, checks) for status in Status}
    background = Background(
        wrong=wrong,
        unclear=unclear,
        has_history=bool(month.changes),
        unprotected=unprotected(month.snapshot),
    )
    return Page(
        client=month.client_name,
        client_id=month.client_id,
        provider=month.provider_name,
        month=words.month(month.month_start),
        span_from=words.clock(month.month_start),
        span_until=words.clock(until),
        is_over=until == month.month_end,
        judged=words.clock(month.snapshot.judged_at),
        built=words.clock(month.built_at),
        headline=headline(month.client_name, findings, checks, background),
        tally=_tally(findings),
        copies=copy_rows(month.snapshot),
        recoverable=recoverable(month.snapshot),
        restores=copy_tests(month.snapshot),
        readers=read_by(month.snapshot, fleet, month.client_id),
        risks=risks[Status.FAIL],
        went_wrong=wrong,
        was_unknown=unclear,
        unknowns=risks[Status.UNKNOWN],
        levels=levels(month.changes, checks, month.month_start, until),
        accepted=risks[Status.EXEMPT],
        standards=standard_tables(month.standards),
        insurance=insurance_rows(month.insurance),
        proof=_proof(month),
    )


def _tally(findings: list[Finding]) -> tuple[tuple[Status, int], ...]:
    order = (Status.FAIL, Status.UNKNOWN, Status.EXEMPT, Status.PASS)
    return tuple((status, sum(one.status is status for one in findings)) for status in order)


def _risks(
    findings: list[Finding], status: Status, checks: dict[str, AnyCheck]
) -> tuple[Risk, ...]:
    return tuple(_risk(one, checks.get(one.control)) for one in findings if one.status is status)


def _risk(finding: Finding, check: AnyCheck | None) -> Risk:
    asset = finding.asset
    return Risk(
        title=finding.control if check is None else check.title,
        where=words.place(asset.server, asset.backup_set, asset.copy),
        status=finding.status,
        severity=finding.severity.value,
        since=words.clock(finding.since),
        reason=words.sentence(finding.reason),
        why="" if check is None else words.plain(check.why),
        remedy=words.plain(finding.remedy),
        owner=finding.exempt_owner or "",
        until=_day(finding.exempt_until),
    )


def _day(moment: datetime | None) -> str:
    return "" if moment is None else words.day(moment)


def _proof(month: ReportInput) -> Proof:
    return Proof(
        log_size=month.log_size,
        log_root=month.log_root,
        fingerprint=month.key_fingerprint,
        changes=len(month.changes),
        version=__version__,
    )
