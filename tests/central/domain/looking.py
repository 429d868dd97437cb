"""Looks of central's own made by hand: what a test does not name has a healthy value."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from guardian_agent.wire.names import ShortHash, Slug

from guardian.domain.evidence import CopyEvidence, ServerEvidence
from guardian.domain.storage import (
    Layout,
    Lock,
    LockMode,
    Rules,
    StorageLook,
    StoredPoint,
    Tally,
    Versioning,
)
from guardian.domain.witnessed import seen

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOCKED = timedelta(days=30)


def stored(
    name: str | int, at: datetime = NOW - 60 * MINUTE, size: int = 300, **fields: object
) -> StoredPoint:
    id_ = ShortHash(hashlib.sha256(f"{name}".encode()).hexdigest()[:32])
    return StoredPoint(id=id_, stored_at=at, bytes=size, **fields)


def lock(
    point: StoredPoint,
    mode: LockMode = LockMode.COMPLIANCE,
    lasts: timedelta | None = LOCKED,
    what: str = "point",
) -> Lock:
    until = None if lasts is None else point.stored_at + lasts
    return Lock(
        id=point.id, what=Slug(what), stored_at=point.stored_at, mode=mode, retain_until=until
    )


def look(*points: StoredPoint, at: datetime = NOW, **fields: object) -> StorageLook:
    newest = max((each.stored_at for each in points), default=None)
    tally = Tally(objects=10 * len(points), bytes=1000 * len(points))
    given = {
        "kind": Slug("s3"),
        "store": Slug("seaweedfs"),
        "layout": Layout.RESTIC,
        "clock_skew_seconds": 0.0,
        "total": len(points),
        "newest_at": newest,
        "data": tally,
        "data_before": tally,
        "anchors": (stored("config", NOW - timedelta(days=900)),),
        "rules": Rules(versioning=Versioning.ENABLED, lock=LockMode.COMPLIANCE, lock_days=30),
        "locks": tuple(lock(each) for each in points[:3]),
    }
    newest_first = tuple(sorted(points, key=lambda each: each.stored_at, reverse=True))
    return StorageLook(looked_at=at, points=newest_first, **{**given, **fields})


def borne_out(evidence: ServerEvidence, at: datetime) -> ServerEvidence:
    """Let central have seen in the storage what the agent lists, at the same moment."""
    copies = tuple(_borne_out(copy, at) for copy in evidence.copies)
    return replace(evidence, copies=copies)


def _borne_out(copy: CopyEvidence, at: datetime) -> CopyEvidence:
    listed = () if copy.listing is None else copy.listing.points
    points = [stored(point.id, point.made_at + MINUTE) for point in listed]
    return replace(copy, witness=seen(copy.witness, look(*points, at=at)))
