"""What a restore test changes in what is known of a copy, kind by kind."""

from __future__ import annotations

from dataclasses import replace

from guardian_agent.wire.observations import Outcome

from guardian.domain.evidence import CopyEvidence, RestoreSeen, TestsOfKind
from guardian.domain.proof import KINDS

MAX_KINDS = 8
"""Kinds kept for one copy. Those that central verifies always have their place among them."""


def tested(copy: CopyEvidence, seen: RestoreSeen) -> CopyEvidence:
    """Take a restore test: a kind neither proves nor refutes what another kind found."""
    before = next((known for known in copy.tests if known.kind == seen.test), None)
    others = [known for known in copy.tests if known.kind != seen.test]
    return replace(copy, tests=_bounded((*others, _after(before, seen))))


def _after(before: TestsOfKind | None, seen: RestoreSeen) -> TestsOfKind:
    """Return what is known of a kind: a test not performed or without proof changes nothing."""
    known = before or TestsOfKind(kind=seen.test, newest=seen)
    known = replace(known, newest=seen)
    last_good, failed = known.last_good, known.standing_failed
    if seen.outcome is Outcome.FAILED:
        # One dated earlier must not make it older: a pass from in between, stated again, would
        # end it.
        is_newest = failed is None or seen.ended_at >= failed.ended_at
        return replace(known, standing_failed=seen if is_newest else failed)
    if not seen.verified:
        return known
    if last_good is None or seen.ended_at >= last_good.ended_at:
        known = replace(known, last_good=seen)
    # A pass from before the failure, stated once more, does not end it.
    if failed is None or seen.ended_at >= failed.ended_at:
        known = replace(known, standing_failed=None)
    return known


def _bounded(tests: tuple[TestsOfKind, ...]) -> tuple[TestsOfKind, ...]:
    """Keep what central can verify, and of other words those spoken of last."""
    room = MAX_KINDS - len(KINDS)
    strange = [known.kind for known in tests if known.kind not in KINDS]
    kept = KINDS.union(strange[-room:])
    return tuple(known for known in tests if known.kind in kept)
