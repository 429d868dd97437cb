"""The numbers of one copy's restore tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from guardian.domain.asset import Obligation
from guardian.domain.evidence import CopyEvidence
from guardian.domain.ladder import agreed
from guardian.domain.recovered import (
    bad_share,
    newest_compared,
    newest_coverage,
    newest_proven,
    test_due,
)
from guardian.domain.recovery_time import reaches, recovery_time
from guardian.domain.snapshot import RestoreFigures

TESTED, PROVEN, TIME = "restore.tested", "restore.proven", "restore.time"


def restore_figures(
    obligation: Obligation, copy: CopyEvidence | None, now: datetime
) -> RestoreFigures:
    """Return what the restore tests of a copy show at `now`; what was never seen is None."""
    terms = _terms(obligation)
    if copy is None:
        return terms
    time = recovery_time(copy, now, agreed(obligation, TIME, "max_age", terms.max_age))
    proven = newest_proven(copy.tests)
    coverage = newest_coverage(copy)
    return replace(
        terms,
        tests=copy.tests,
        due_at=test_due(copy, agreed(obligation, TESTED, "kinds", ()), terms.max_age),
        time=time,
        breach_at=None if time is None else reaches(time, copy, terms.max_time),
        proven_not_older_than=None if proven is None else proven.proven_not_older_than,
        bad_share_bound=_bound(copy, terms.confidence),
        coverage=None if coverage is None else coverage[1],
    )


def _terms(obligation: Obligation) -> RestoreFigures:
    """Return what was agreed; a control that was not agreed keeps the default."""
    default = RestoreFigures()
    return RestoreFigures(
        max_age=agreed(obligation, TESTED, "max_age", default.max_age),
        max_time=agreed(obligation, TIME, "max_time", default.max_time),
        confidence=agreed(obligation, TESTED, "confidence", default.confidence),
        bad_share=agreed(obligation, TESTED, "bad_share", default.bad_share),
    )


def _bound(copy: CopyEvidence, confidence: float) -> float | None:
    """Return the bound that the newest verified test of files reached."""
    newest = newest_compared(copy.tests)
    return None if newest is None else bad_share(newest, confidence)
