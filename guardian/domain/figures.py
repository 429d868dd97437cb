"""The numbers beside the findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from guardian.domain.asset import Obligation, ServerPlan
from guardian.domain.evidence import ServerEvidence
from guardian.domain.snapshot import CopyFigures, ServerFigures, Snapshot
from guardian.domain.verdict import Finding


def copy_figures(
    obligation: Obligation, evidence: ServerEvidence | None, now: datetime
) -> CopyFigures:
    """Return the numbers of one copy."""
    raise NotImplementedError


def server_figures(plan: ServerPlan, evidence: ServerEvidence | None) -> ServerFigures:
    """Return the numbers of one server."""
    raise NotImplementedError


def assemble(
    plans: Sequence[ServerPlan],
    evidence: Mapping[tuple[str, str], ServerEvidence],
    findings: Iterable[Finding],
    now: datetime,
    seconds: float,
) -> Snapshot:
    """Return the snapshot; `evidence` by (client, server), `seconds` what judging took."""
    raise NotImplementedError
