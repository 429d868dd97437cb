"""The snapshot: the findings in the order of their weight, and the numbers beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Encryption

from guardian.domain.asset import Obligation, ServerPlan, Severity, Subject
from guardian.domain.evidence import AgentEvidence, CopyEvidence, ServerEvidence
from guardian.domain.fresh_figures import FreshnessFigures, freshness_figures, oldest_allowed
from guardian.domain.ladder import limits, standing
from guardian.domain.lifecycle import State
from guardian.domain.readers import encrypted
from guardian.domain.restore_figures import restore_figures
from guardian.domain.snapshot import CopyFigures, ServerFigures, Snapshot
from guardian.domain.uncovered import by_kind
from guardian.domain.verdict import Finding, Status

STATUS_ORDER = (Status.FAIL, Status.UNKNOWN, Status.EXEMPT, Status.PASS)
SEVERITY_ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
READABLE = (Encryption.PLAINTEXT, Encryption.WEAK)


def copy_figures(
    obligation: Obligation,
    evidence: ServerEvidence | None,
    now: datetime,
    plan: ServerPlan | None = None,
) -> CopyFigures:
    """Return the numbers of one copy at `now`; what was never seen is None.

    Args:
        obligation: the copy, with what was agreed.
        evidence: what is known of its server.
        now: central's time.
        plan: the server, whose calendar tells when the next restore point is expected.
    """
    asset = obligation.asset
    copy = None if evidence is None else evidence.copy(asset.backup_set, asset.copy)
    agreed = limits(obligation)
    listing = None if copy is None else copy.listing
    restored = None if copy is None else copy.last_good_restore
    return CopyFigures(
        asset=asset,
        rung=standing(copy, now, agreed).rung,
        last_complete_at=None if listing is None else listing.newest_complete_at,
        max_age=oldest_allowed(obligation),
        size_bytes=_size(copy),
        restore_last_success_at=None if restored is None else restored.ended_at,
        restore_duration_seconds=None if restored is None else restored.duration_seconds,
        restore_max_age=agreed.restore_max_age,
        probe_succeeded=_probe_succeeded(copy),
        freshness=FreshnessFigures()
        if plan is None
        else freshness_figures(plan, obligation, copy, now),
        restores=restore_figures(obligation, copy, now),
        encrypted=encrypted(copy, agreed.encrypted_max_age, now),
        encryption=None if copy is None else copy.encryption,
        witness=None if copy is None or agreed.tolerance is None else copy.witness,
    )


def server_figures(
    plan: ServerPlan, evidence: ServerEvidence | None, now: datetime | None = None
) -> ServerFigures:
    """Return the numbers of one server; what was never heard is None or empty.

    Args:
        plan: the server.
        evidence: what is known of it.
        now: central's time, at which it may be parked; None: it is in use.
    """
    known = evidence or ServerEvidence(client=Name(plan.client), server=Name(plan.server))
    agent = known.agent
    return ServerFigures(
        client=plan.client,
        server=plan.server,
        last_statement_at=None if agent is None else agent.last_received_at,
        clock_skew_seconds=None if agent is None else agent.clock_skew_seconds,
        agent_version=None if agent is None else agent.agent_version,
        state=_state(plan, agent, now),
        exposed=_exposed(known),
        exposures=known.exposures,
        reaches=known.reaches,
        personal=known.personal,
        postures=known.postures,
        uncovered=None if known.live is None else by_kind(known.live),
        custody_of=plan.custody_of,
        gone_by=plan.gone_by,
        offboarded=plan.offboarded,
    )


def assemble(
    plans: Sequence[ServerPlan],
    evidence: Mapping[tuple[str, str], ServerEvidence],
    findings: Iterable[Finding],
    now: datetime,
    seconds: float,
) -> Snapshot:
    """Return the snapshot of a moment.

    Args:
        plans: every server that must exist.
        evidence: what is known, by (client, server).
        findings: of all plans, in any order.
        now: central's time.
        seconds: what judging took.
    """
    known = [(plan, evidence.get((plan.client, plan.server))) for plan in plans]
    return Snapshot(
        judged_at=now,
        findings=tuple(sorted(findings, key=weight)),
        copies=tuple(
            copy_figures(obligation, facts, now, plan)
            for plan, facts in known
            for obligation in plan.obligations
            if obligation.asset.subject is Subject.COPY
        ),
        servers=tuple(server_figures(plan, facts, now) for plan, facts in known),
        judgement_seconds=seconds,
    )


def weight(finding: Finding) -> tuple[int, int, str, str, str, str, str]:
    """Return the sorting key: the worst first, then by name."""
    asset = finding.asset
    return (
        STATUS_ORDER.index(finding.status),
        SEVERITY_ORDER.index(finding.severity),
        asset.client,
        asset.server,
        asset.backup_set or "",
        asset.copy or "",
        finding.control,
    )


def _state(plan: ServerPlan, agent: AgentEvidence | None, now: datetime | None) -> State:
    heard_at = None if agent is None else agent.last_received_at
    is_aside = now is not None and plan.aside is not None and plan.aside.holds(heard_at, now)
    return plan.aside.state if plan.aside is not None and is_aside else State.ACTIVE


def _size(copy: CopyEvidence | None) -> int | None:
    """Return the bytes of the newest restore point: as listed, else as looked into."""
    if copy is None:
        return None
    newest = copy.listing.points[0] if copy.listing is not None and copy.listing.points else None
    if newest is not None and newest.bytes is not None:
        return newest.bytes
    return None if copy.contents is None else copy.contents.fact.bytes


def _probe_succeeded(copy: CopyEvidence | None) -> bool | None:
    if copy is None or (copy.listing is None and copy.failure is None):
        return None
    return copy.failure is None


def _exposed(evidence: ServerEvidence) -> tuple[tuple[str, int], ...]:
    """Return the readable files by kind, over all watched places."""
    kinds: Counter[str] = Counter()
    for scan in evidence.exposures:
        for item in scan.fact.counts:
            if item.state in READABLE:
                kinds[item.kind] += item.files
    return tuple(sorted(kinds.items()))
