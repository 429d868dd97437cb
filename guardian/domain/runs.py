"""The history of a copy's restore points: how large each was, and what it changed.

It outlives the points, which retention thins out: what is usual is known for weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from guardian_agent.wire.observations import PointContents, RestorePoint, RestorePoints

from guardian.domain.evidence import CopyEvidence, KnownPoint, Listing
from guardian.domain.run_history import RunSeen, packed

MAX_RUNS = 64
NEWEST_RUNS = 16
"""All of them are kept; of a day before them the last one."""


def recorded(copy: CopyEvidence, fact: RestorePoints) -> CopyEvidence:
    """Take what a new list tells of its points; the copy's listing is that of the same fact."""
    known = {} if copy.listing is None else {each.id: each for each in copy.listing.points}
    told = [
        _run(point, known[point.id])
        for point in fact.points
        if point.id in known and not known[point.id].future and _tells(point)
    ]
    return with_runs(copy, told)


def measured(copy: CopyEvidence, fact: PointContents) -> CopyEvidence:
    """Take how large a point was found to be, where its tool does not tell in the list."""
    point = _listed(copy.listing, fact)
    if point is None or point.future or point.bytes is not None:
        return copy
    run = RunSeen(
        started_at=point.started_at,
        seen_at=point.first_seen_at,
        files=fact.files,
        bytes=fact.bytes,
        seconds=_seconds(point.started_at, point.finished_at),
    )
    return with_runs(copy, [run])


def with_runs(copy: CopyEvidence, told: Sequence[RunSeen]) -> CopyEvidence:
    """Take what is told of runs, in any order."""
    if not told:
        return copy
    runs = _merged(copy.runs, told)
    return copy if runs == copy.runs else replace(copy, run_history=packed(runs))


def _listed(listing: Listing | None, fact: PointContents) -> KnownPoint | None:
    points = () if listing is None else listing.points
    return next((point for point in points if point.id == fact.point), None)


def _tells(point: RestorePoint) -> bool:
    return point.bytes is not None or point.files is not None


def _run(point: RestorePoint, known: KnownPoint) -> RunSeen:
    return RunSeen(
        started_at=point.started_at,
        seen_at=known.first_seen_at,
        files=point.files,
        bytes=point.bytes,
        seconds=_seconds(point.started_at, point.finished_at),
        files_new=point.files_new,
        files_changed=point.files_changed,
        bytes_added=point.bytes_added,
        bytes_packed=point.bytes_packed,
    )


def _seconds(started_at: datetime, finished_at: datetime | None) -> float | None:
    if finished_at is None or finished_at <= started_at:
        return None
    return (finished_at - started_at).total_seconds()


def _merged(before: Sequence[RunSeen], told: Iterable[RunSeen]) -> tuple[RunSeen, ...]:
    """Put new runs among those known; a point is known by when it began, whatever its id is now."""
    runs = {run.started_at: run for run in before}
    for run in told:
        known = runs.get(run.started_at)
        # How a point differs from the one before is told of the newest ones only.
        if known is None or known.files_new is None:
            runs[run.started_at] = run
    ordered = sorted(runs.values(), key=lambda run: run.started_at, reverse=True)
    newest, older = ordered[:NEWEST_RUNS], ordered[NEWEST_RUNS:]
    of_days = {run.started_at.date(): run for run in reversed(older)}
    kept = sorted(of_days.values(), key=lambda run: run.started_at, reverse=True)
    return (*newest, *kept)[:MAX_RUNS]
