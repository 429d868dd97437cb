"""What the demo planted, held against what Guardian found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.demo.case import Case
from tests.world.monitor import Finding

GOOD = {"pass", "exempt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case and whether Guardian told it."""

    case: Case
    told: bool
    said: str


def outcomes(cases: Sequence[Case], findings: Sequence[Finding]) -> list[Outcome]:
    """Hold every case against the findings of its server."""
    return [_outcome(case, [f for f in findings if _about(f, case)]) for case in cases]


def _about(finding: Finding, case: Case) -> bool:
    return (finding.client, finding.server) == (case.client, case.server)


def _outcome(case: Case, own: Sequence[Finding]) -> Outcome:
    if case.control is None:
        wrong = [f"{f.control} {f.status}: {f.reason}" for f in own if f.status not in GOOD]
        told = bool(own) and not wrong
        return Outcome(case=case, told=told, said="; ".join(wrong) or "all controls hold")
    said = next((f for f in own if f.control == case.control and f.status == case.status), None)
    if said is None:
        return Outcome(case=case, told=False, said=f"{case.control} did not find it")
    return Outcome(case=case, told=True, said=f"{said.control} {said.status}: {said.reason}")
