"""A new list of restore points against the one before it: what is new, what vanished.

A list is superseded only by a later statement, however late either came; what its points are worth
follows from their own dates. Points are told apart by their ids, which are keyed with a secret of
the agent's: the first list under a new key is matched by the points' dates as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from guardian_agent.wire.observations import RestorePoint, RestorePoints

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import (
    FUTURE_TOLERANCE_SECONDS,
    KnownPoint,
    Listing,
    VanishedPoint,
)

MAX_POINTS = 200
"""Restore points, and vanished ones, kept for one copy."""

Past = KnownPoint | VanishedPoint


def next_listing(
    fact: RestorePoints, before: Listing | None, vanished: Iterable[VanishedPoint], at: Arrival
) -> Listing:
    """Return the new list; what central knew of a point before, it knows still."""
    past: list[Past] = [*vanished, *_points(before)]
    by_id = {point.id: point for point in past}
    by_start = {point.started_at: point for point in past} if _is_renamed(before, at) else {}
    points = {
        point.id: _known(point, by_id.get(point.id) or by_start.get(point.started_at), at)
        for point in fact.points
    }
    return Listing(
        received_at=at.received_at,
        stated_at=at.stated_at,
        epoch=at.epoch,
        tool=fact.tool,
        total=fact.total,
        oldest_at=fact.oldest_at,
        points=tuple(sorted(points.values(), key=_by_date, reverse=True)[:MAX_POINTS]),
    )


def next_vanished(
    new: Listing, before: Listing | None, vanished: Iterable[VanishedPoint], at: Arrival
) -> tuple[VanishedPoint, ...]:
    """Return the points that were listed once and are not now, newest first.

    A point that fell out of a full window of the newest ones is not called vanished.
    """
    ids = {point.id for point in new.points}
    starts = {point.started_at for point in new.points} if _is_renamed(before, at) else set()

    def is_missing(point: Past) -> bool:
        return point.id not in ids and point.started_at not in starts

    # Nearly all are there still: only what is missing is looked at closely.
    gone = [point for point in _points(before) if is_missing(point)]
    once = [] if before is None else [_vanished(point, before, at) for point in gone]
    missing = [
        *(point for point in once if not _is_beyond(point, new)),
        *(point for point in vanished if is_missing(point)),
    ]
    return tuple(sorted(missing, key=_by_date, reverse=True)[:MAX_POINTS])


def _points(listing: Listing | None) -> tuple[KnownPoint, ...]:
    return () if listing is None else listing.points


def _is_renamed(before: Listing | None, at: Arrival) -> bool:
    return before is not None and before.epoch != at.epoch


def _known(point: RestorePoint, past: Past | None, at: Arrival) -> KnownPoint:
    first_seen_at = at.received_at if past is None else past.first_seen_at
    return KnownPoint(
        id=point.id,
        started_at=point.started_at,
        finished_at=point.finished_at,
        files=point.files,
        bytes=point.bytes,
        first_seen_at=first_seen_at,
        future=_is_ahead(point, at) if past is None else past.future,
        incomplete=past is not None and past.incomplete,
    )


def _is_ahead(point: RestorePoint, at: Arrival) -> bool:
    """Say whether a point is dated ahead of central's clock at first sight, and so for ever."""
    newest = max(point.started_at, point.finished_at or point.started_at)
    return newest - at.received_at > timedelta(seconds=FUTURE_TOLERANCE_SECONDS)


def _vanished(point: KnownPoint, before: Listing, at: Arrival) -> VanishedPoint:
    return VanishedPoint(
        id=point.id,
        made_at=point.made_at,
        started_at=point.started_at,
        first_seen_at=point.first_seen_at,
        last_seen_at=before.received_at,
        gone_at=at.received_at,
        future=point.future,
        incomplete=point.incomplete,
    )


def _is_beyond(point: VanishedPoint, new: Listing) -> bool:
    """Say whether a point is older than the window that the new list shows of all points."""
    if not new.points or new.total <= len(new.points):
        return False
    began = min(shown.started_at for shown in new.points)
    ended = min(shown.made_at for shown in new.points)
    return point.started_at <= began or point.made_at <= ended


def _by_date(point: Past) -> tuple[datetime, str]:
    return point.made_at, point.id
