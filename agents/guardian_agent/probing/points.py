"""Restore points: as the tool lists them, and as they may travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.probe import AnySubject, Point, keyed_hash
from guardian_agent.wire.facts.copies import RestorePoint, RestorePoints
from guardian_agent.wire.names import Name, Slug

MAX_POINTS = 200
MAX_CHANGES = 32
"""Of so many of them it travels how they differ from the point before."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Servers that share a repository differ by so much without anybody's fault."""
RUNNING = timedelta(hours=6)
"""Few jobs run longer; they are what only the end is known of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One restore point as a tool lists it; `native_id` never travels."""

    native_id: str
    started_at: datetime
    finished_at: datetime | None = None
    files: int | None = None
    bytes: int | None = None
    files_new: int | None = None
    files_changed: int | None = None
    bytes_added: int | None = None
    bytes_packed: int | None = None


def restore_points(
    subject: AnySubject, tool: str, listed: Sequence[Listed], version: Slug | None
) -> RestorePoints:
    """Return the listing as a fact, newest first and cut to `MAX_POINTS`."""
    ordered = _newest_first(listed)
    return RestorePoints(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        tool=Slug(tool),
        tool_version=version,
        total=len(ordered),
        oldest_at=ordered[-1].started_at if ordered else None,
        points=(
            *(_changed(item, subject.key) for item in ordered[:MAX_CHANGES]),
            *(_point(item, subject.key) for item in ordered[MAX_CHANGES:MAX_POINTS]),
        ),
    )


def newest_past(listed: Sequence[Listed], asked_at: datetime) -> Listed | None:
    """Return the newest restore point that is not dated in the future."""
    past = [item for item in listed if item.started_at <= asked_at + CLOCK_TOLERANCE]
    return _newest_first(past)[0] if past else None


def newest_point(
    subject: AnySubject,
    listed: Sequence[Listed],
    asked_at: datetime,
    *,
    running: timedelta = timedelta(0),
) -> Point | None:
    """Return `newest_past` as a restorer gives it.

    `running` is how long before its date a backup may have been begun, where only its end is
    known: what was changed meanwhile may rightly be absent.
    """
    newest = newest_past(listed, asked_at)
    if newest is None:
        return None
    return Point(
        native_id=newest.native_id,
        hashed_id=keyed_hash(subject.key, newest.native_id),
        started_at=newest.started_at - (running if newest.started_at.year > 1 else timedelta(0)),
    )


def _newest_first(listed: Sequence[Listed]) -> list[Listed]:
    return sorted(listed, key=lambda item: (item.started_at, item.native_id), reverse=True)


def _changed(item: Listed, key: bytes) -> RestorePoint:
    return replace(
        _point(item, key),
        files_new=item.files_new,
        files_changed=item.files_changed,
        bytes_added=item.bytes_added,
        bytes_packed=item.bytes_packed,
    )


def _point(item: Listed, key: bytes) -> RestorePoint:
    return RestorePoint(
        id=keyed_hash(key, item.native_id),
        started_at=item.started_at,
        finished_at=item.finished_at,
        files=item.files,
        bytes=item.bytes,
    )
