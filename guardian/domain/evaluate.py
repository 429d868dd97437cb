"""The judging pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from guardian.domain.asset import Asset, ServerPlan
from guardian.domain.check import AnyCheck
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Finding


def judge(
    plan: ServerPlan,
    evidence: ServerEvidence | None,
    checks: Mapping[str, AnyCheck],
    now: datetime,
    before: Mapping[tuple[Asset, str], Finding],
) -> tuple[Finding, ...]:
    """Return exactly one finding for every obligation and control of one server."""
    raise NotImplementedError


def next_due(findings: Iterable[Finding]) -> datetime | None:
    """Return the earliest moment at which one of the findings could change by time alone."""
    raise NotImplementedError
