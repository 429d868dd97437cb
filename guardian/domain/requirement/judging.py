"""From findings to answers: every control of a requirement must hold, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from guardian_agent.wire.duration import spell_duration

from guardian.domain.asset import Asset, ServerPlan
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

    Args:
        client: the client's id.
        plans: what was agreed, of all clients.
        snapshot: the newest judgement.
        means: certified means that this client's file names.
        installed: the controls that this version judges.
    """
    return Case(
        plans=tuple(plan for plan in plans if plan.client == client),
        findings=tuple(each for each in snapshot.findings if each.asset.client == client),
        copies=tuple(each for each in snapshot.copies if each.asset.client == client),
        servers=tuple(each for each in snapshot.servers if each.client == client),
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
    """Answer by the findings alone: a passing one is evidence, also where a risk was accepted."""
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
    bad = [each for each in found if each.judged_status is Status.FAIL]
    if bad:
        return Said(answer=Answer.CONTRARY, reason=f"{control} fails: {_where(bad)}")
    dark = [each for each in found if each.judged_status is not Status.PASS]
    if dark:
        return Said(answer=Answer.UNKNOWN, reason=f"{control} is not known: {_where(dark)}")
    bare = _unjudged(case, found)
    if bare or not found:
        where = f" on {joined(bare)}" if bare else ""
        return Said(answer=Answer.UNKNOWN, reason=f"{control} is agreed for nothing{where}")
    ends = [each.holds_until for each in found if each.holds_until is not None]
    reason = f"{control} holds in {count(len(found), 'place')}"
    return Said(answer=Answer.EVIDENCE, reason=reason, until=min(ends, default=None))


def _unjudged(case: Case, found: Sequence[Finding]) -> list[str]:
    """Return the servers where nothing was judged: one without any backup has no stale one."""
    known = {each.asset.server for each in found}
    return [plan.server for plan in case.plans if plan.server not in known]


def _where(findings: Sequence[Finding]) -> str:
    return joined((f"{place(each.asset)}: {each.reason}" for each in findings), "; ")


def _within(limit: Limit, case: Case) -> Said | None:
    """Return that more time was agreed than the standard names; None where it was not."""
    lax = [
        f"{place(each.asset)} {spell_duration(agreed)}"
        for plan in case.plans
        for each in plan.obligations
        if (agreed := _agreed(each.agreements.get(limit.control), limit.key)) > limit.at_most
    ]
    if not lax:
        return None
    asked = f"{limit.control} {limit.key} is to be at most {spell_duration(limit.at_most)}"
    return Said(answer=Answer.CONTRARY, reason=f"{asked}; agreed: {joined(lax)}")


def _agreed(agreement: object, key: str) -> timedelta:
    found = getattr(getattr(agreement, "settings", None), key, None)
    return found if isinstance(found, timedelta) else timedelta()
