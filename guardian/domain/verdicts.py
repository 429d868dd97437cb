"""Verdicts put together: a control that asks several things, or is content with one of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from guardian.domain.verdict import Status, Verdict, fails, passes, unknown
from guardian.domain.words import FAR

_BEST_FIRST = (Status.PASS, Status.UNKNOWN, Status.FAIL)
"""What a check may say: no check exempts."""

MOST_SAID = 5
"""Reasons that one sentence holds."""


def all_of(parts: Sequence[Verdict]) -> Verdict:
    """Return the verdict where every part must hold: the worst, with all that are as bad.

    Where one certainly fails the whole does, whatever else is unknown; else it holds no longer than
    its first part. `parts` must not be empty.
    """
    worst = max(parts, key=_badness).status
    alike = [part for part in parts if part.status is worst]
    said, since = _said(alike), _earliest(part.since for part in alike)
    if worst is Status.FAIL:
        return fails(said, since=since)
    until = _earliest(part.holds_until for part in parts)
    return passes(said, until) if worst is Status.PASS else unknown(said, until, since=since)


def _said(parts: Sequence[Verdict]) -> str:
    """Join what is said, each once, and no more than a person reads."""
    reasons = list(dict.fromkeys(part.reason for part in parts))
    left = len(reasons) - MOST_SAID
    return "; ".join([*reasons[:MOST_SAID], *([f"and {left} more"] if left > 0 else [])])


def any_of(parts: Sequence[Verdict]) -> Verdict:
    """Return the verdict where one part is enough: the best, of several the longest lasting.

    Where none holds, it fails since the last of them fell. `parts` must not be empty.
    """
    best = min(parts, key=lambda part: (_badness(part), _remaining(part)))
    if best.status is not Status.FAIL:
        return best
    since = [part.since for part in parts if part.since is not None]
    return replace(best, since=max(since, default=None))


def _badness(part: Verdict) -> int:
    return _BEST_FIRST.index(part.status)


def _remaining(part: Verdict) -> float:
    """Return a sorting key: what holds longest comes first."""
    return -(part.holds_until or FAR).timestamp()


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
