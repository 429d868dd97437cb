"""From findings to answers: every control of a requirement must hold, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from guardian_agent.wire.duration import spell_duration

from guardian.domain.asset import Asset, ServerPlan
from guardian.domain.lifecycle import State
from guardian.domain.requirement.declared import CertifiedMeans
from guardian.domain.requirement.kinds import (
    Answer,
    Answered,
    Case,
    Limit,
    Requirement,
    Said,
    Standard,
    StandardAnswered,
)
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.domain.words import count

_WORST_FIRST = (Answer.CONTRARY, Answer.UNKNOWN, Answer.NOT_COVERED, Answer.EVIDENCE)
MOST_SAID = 3
"""Places or reasons that one sentence holds."""
NOT_JUDGED = "nothing that Guardian judges bears on it"


def case_of(
    client: str,
    plans: Iterable[ServerPlan],
    snapshot: Snapshot,
    means: Iterable[CertifiedMeans],
    installed: Iterable[str],
) -> Case:
    """Return what is known of one client, out of a snapshot of the fleet.

    A retired server is none of the client's any more.

    Args:
        client: the client's id.
        plans: what was agreed, of all clients.
        snapshot: the newest judgement.
        means: certified means that this client's file names.
        installed: the controls that this version judges.
    """
    gone = {(each.client, each.server) for each in snapshot.servers if each.state is State.RETIRED}

    def counts(of: str, server: str) -> bool:
        return of == client and (of, server) not in gone

    return Case(
        plans=tuple(plan for plan in plans if counts(plan.client, plan.server)),
        findings=tuple(
            each for each in snapshot.findings if counts(each.asset.client, each.asset.server)
        ),
        copies=tuple(
            each for each in snapshot.copies if counts(each.asset.client, each.asset.server)
        ),
        servers=tuple(each for each in snapshot.servers if counts(each.client, each.server)),
        means=tuple(means),
        installed=frozenset(installed),
        now=snapshot.judged_at,
    )


def answered(standard: Standard, case: Case) -> StandardAnswered:
    """Answer every requirement of a standard."""
    answers = tuple(
        Answered(requirement=each, said=ask(each, case)) for each in standard.requirements
    )
    return StandardAnswered(standard=standard, answers=answers)


def ask(requirement: Requirement, case: Case) -> Said:
    """Return what is known that bears on one requirement; the worst of all that it asks for."""
    judge = requirement.rule or hold
    within = (_within(limit, case) for limit in requirement.limits)
    return worst([judge(case, requirement.controls), *(each for each in within if each)])


def hold(case: Case, controls: tuple[str, ...]) -> Said:
    """Answer by the findings alone: a passing one is evidence, an accepted failure is none.

    What fails on a parked server is not known to fail when that is in use again.
    """
    if not controls:
        return Said(answer=Answer.NOT_COVERED, reason=NOT_JUDGED)
    return worst([_holds(case, control) for control in controls])


def worst(parts: Sequence[Said]) -> Said:
    """Return the worst answer with every reason that is as bad. `parts` must not be empty."""
    found = min((part.answer for part in parts), key=_WORST_FIRST.index)
    alike = [part for part in parts if part.answer is found]
    if found is not Answer.EVIDENCE:
        return Said(answer=found, reason=joined([part.reason for part in alike], "; "))
    ends = [part.until for part in alike if part.until is not None]
    return Said(
        answer=found,
        reason="; ".join(dict.fromkeys(part.reason for part in alike)),
        until=min(ends, default=None),
        attested=any(part.attested for part in alike),
    )


def joined(texts: Iterable[str], by: str = ", ") -> str:
    """Say the first few of several things, each once, and how many more there are."""
    said = list(dict.fromkeys(texts))
    left = len(said) - MOST_SAID
    return by.join([*said[:MOST_SAID], *([f"and {left} more"] if left > 0 else [])])


def place(asset: Asset) -> str:
    """Say where something is, within its client ("web1/files/local")."""
    parts = (asset.server, asset.backup_set, asset.copy)
    return "/".join(part for part in parts if part is not None)


def findings_of(case: Case, control: str) -> tuple[Finding, ...]:
    """Return the findings of one control."""
    return tuple(each for each in case.findings if each.control == control)


def _holds(case: Case, control: str) -> Said:
    if control not in case.installed:
        return Said(answer=Answer.NOT_COVERED, reason=f"this version does not judge {control}")
    found = findings_of(case, control)
    parked = {each.server for each in case.servers if each.state is State.PARKED}
    failing = [each for each in found if each.judged_status is Status.FAIL]
    bad = [each for each in failing if each.asset.server not in parked]
    if bad:
        return Said(answer=Answer.CONTRARY, reason=f"{control} fails: {_where(bad)}")
    dark = [each for each in found if each.judged_status is not Status.PASS]
    if dark:
        return Said(answer=Answer.UNKNOWN, reason=f"{control} is not known: {_where(dark)}")
    bare = _unjudged(case, found)
    if bare or not found:
        where = joined(bare) or "any server"
        return Said(answer=Answer.UNKNOWN, reason=f"{control} is not agreed for {where}")
    ends = [each.holds_until for each in found if each.holds_until is not None]
    reason = f"{control} holds in {count(len(found), 'place')}"
    return Said(answer=Answer.EVIDENCE, reason=reason, until=min(ends, default=None))


def _unjudged(case: Case, found: Sequence[Finding]) -> list[str]:
    """Return where nothing was judged: a server without any backup has no stale one."""
    if not found:
        return [plan.server for plan in case.plans]
    known = {each.asset for each in found}
    subject = found[0].asset.subject
    missing: list[str] = []
    for plan in case.plans:
        assets = [each.asset for each in plan.obligations if each.asset.subject is subject]
        missing += [place(asset) for asset in assets if asset not in known]
        missing += [] if assets else [plan.server]
    return missing


def _where(findings: Sequence[Finding]) -> str:
    return joined((f"{place(each.asset)}: {each.reason}" for each in findings), "; ")


def _within(limit: Limit, case: Case) -> Said | None:
    """Return that more was agreed than the standard allows, or too little that could be compared.

    None: as far as the limit goes, nothing is wrong with what was agreed.
    """
    agreed = [
        (place(each.asset), agreement.settings)
        for plan in case.plans
        for each in plan.obligations
        if (agreement := each.agreements.get(limit.control)) is not None
    ]
    lax = [f"{where} {said}" for where, settings in agreed if (said := _laxer(settings, limit))]
    if lax:
        return Said(answer=Answer.CONTRARY, reason=f"{_asked(limit)}; agreed: {joined(lax)}")
    unsaid = [where for where, settings in agreed if _is_unsaid(settings, limit)]
    if unsaid:
        reason = f"{_asked(limit)}; that is not agreed for {joined(unsaid)}"
        return Said(answer=Answer.UNKNOWN, reason=reason)
    return None


def _asked(limit: Limit) -> str:
    most, least = limit.at_most, limit.at_least
    bound = f"at least {_spelt(least)}" if most is None else f"at most {_spelt(most)}"
    return f"{limit.control} {limit.key} is to be {bound}"


def _spelt(value: object) -> str:
    return spell_duration(value) if isinstance(value, timedelta) else str(value)


def _laxer(settings: object, limit: Limit) -> str | None:
    """Spell what is more than the standard allows; None where it is not."""
    found = getattr(settings, limit.key)
    is_longer = found is not None and limit.at_most is not None and found > limit.at_most
    return _spelt(found) if is_longer else None


def _is_unsaid(settings: object, limit: Limit) -> bool:
    """Say whether less was agreed than is asked for, or a schedule stands where a time would."""
    found = getattr(settings, limit.key)
    if limit.at_least is not None:
        return found is None or found < limit.at_least
    return found is None and bool(getattr(settings, "schedule", ()))
