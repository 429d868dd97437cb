"""The judging pass: for every asset and control of a server exactly one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from guardian_agent.wire.names import Name

from guardian.domain.asset import Agreement, Asset, Obligation, ServerPlan, Subject
from guardian.domain.check import AnyCheck, Case
from guardian.domain.evidence import ServerEvidence
from guardian.domain.excuses import Excuse, excuse, turns
from guardian.domain.ladder import Rung, Standing, limits, standing
from guardian.domain.verdict import Finding, Status, Verdict, unknown

NO_CHECK = unknown("no check of this name is installed")


def judge(
    plan: ServerPlan,
    evidence: ServerEvidence | None,
    checks: Mapping[str, AnyCheck],
    now: datetime,
    before: Mapping[tuple[Asset, str], Finding],
) -> tuple[Finding, ...]:
    """Return exactly one finding for every obligation and control of one server.

    Args:
        plan: what was agreed; the only source of assets, so that silence is a finding too.
        evidence: what is known; None when nothing ever came.
        checks: by control.
        now: central's time.
        before: the findings so far, by asset and control: a status that stays keeps its `since`.
    """
    known = evidence or ServerEvidence(client=Name(plan.client), server=Name(plan.server))
    return tuple(
        finding
        for obligation in plan.obligations
        for finding in _findings(obligation, plan, known, checks, now, before)
    )


def next_due(findings: Iterable[Finding]) -> datetime | None:
    """Return the moment after which one of the findings could first change by time alone."""
    moments = (
        moment
        for finding in findings
        for moment in (finding.holds_until, finding.evidence_until)
        if moment is not None
    )
    return min(moments, default=None)


def _findings(
    obligation: Obligation,
    plan: ServerPlan,
    known: ServerEvidence,
    checks: Mapping[str, AnyCheck],
    now: datetime,
    before: Mapping[tuple[Asset, str], Finding],
) -> Iterator[Finding]:
    asset = obligation.asset
    stands = _standing(obligation, known, now)
    for control, agreement in sorted(obligation.agreements.items()):
        check = checks.get(control)
        case = Case(asset=asset, plan=plan, evidence=known)
        verdict = _ask(check, case, agreement, now)
        excused = excuse(
            agreement.exemption, verdict, plan, known, before.get((asset, control)), now
        )
        status = verdict.status if excused is None else Status.EXEMPT
        yield Finding(
            asset=asset,
            control=control,
            status=status,
            severity=agreement.severity,
            reason=_printable(_reason(verdict, excused)),
            since=_since(status, verdict, now, before.get((asset, control))),
            holds_until=_holds_until(verdict, excused, plan, now),
            evidence=stands.rung,
            remedy="" if check is None else check.remedy,
            judged_status=verdict.status,
            exempt_until=None if excused is None else excused.ends,
            exempt_owner=None if excused is None else excused.owner,
            evidence_until=stands.until,
        )


def _ask(check: AnyCheck | None, case: Case, agreement: Agreement, now: datetime) -> Verdict:
    """Ask one check; a check that breaks knows nothing, and must not silence the others."""
    if check is None:
        return NO_CHECK
    try:
        return check.judge(case, agreement.settings, now)
    except Exception as error:  # noqa: BLE001 - the boundary around one check
        kind = type(error).__name__
        return unknown(f"the check itself failed ({kind}): a fault in Guardian, please report it")


def _standing(obligation: Obligation, known: ServerEvidence, now: datetime) -> Standing:
    """Return the rung of a copy; of a server there are only its agent's claims."""
    asset = obligation.asset
    if asset.subject is Subject.COPY:
        return standing(known.copy(asset.backup_set, asset.copy), now, limits(obligation))
    return Standing(rung=Rung.UNKNOWN if known.agent is None else Rung.CLAIMED, until=None)


def _reason(verdict: Verdict, excused: Excuse | None) -> str:
    if excused is None:
        return verdict.reason
    return f"{excused.words}; judged {verdict.status}: {verdict.reason}"


def _since(status: Status, verdict: Verdict, now: datetime, before: Finding | None) -> datetime:
    """Keep the beginning of a status that stays; a new one began when its check says, or now.

    History is not rewritten: what was judged held until it held no longer by itself, or until now.
    Only the time in which nobody knew may turn out to have been something else.
    """
    if before is None:
        earliest = None
    elif before.status is status:
        return min(before.since, now)
    elif before.status is Status.UNKNOWN:
        earliest = before.since
    else:
        earliest = before.holds_until or now
    began = now if verdict.since is None or status is Status.EXEMPT else verdict.since
    return min(began if earliest is None else max(began, earliest), now)


def _holds_until(
    verdict: Verdict, excused: Excuse | None, plan: ServerPlan, now: datetime
) -> datetime | None:
    ends = None if excused is None else excused.ends
    moments = (verdict.holds_until, ends, *turns(plan, now))
    return min((moment for moment in moments if moment is not None), default=None)


def _printable(text: str) -> str:
    """Replace what could command a terminal or break a line; the last gate before every output."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
