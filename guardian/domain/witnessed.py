"""Fold one look of central's own into what its looks have shown so far: pure and total.

A look alone tells what lies there; two looks tell what was taken away, replaced or unlocked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from guardian.domain.storage import (
    MAX_SHOWN,
    Event,
    GonePoint,
    Lack,
    Layout,
    LockMode,
    NoLook,
    Question,
    StorageEvent,
    StorageLook,
    StoredPoint,
    Versioning,
    Witnessed,
    replaced,
)
from guardian.domain.words import later

MAX_EVENTS = 32
PRUNING = timedelta(days=35)
"""After a restore point went, data that nothing needs any more may go for that long."""
WRITING = timedelta(minutes=5)
"""Between two writes to a file that is not whole yet."""
SMALL_UPLOAD = timedelta(minutes=5)
LONGEST_UPLOAD = timedelta(days=1)
MEMORY = timedelta(days=92)
"""How long an event stands where restore points do not show that it is over."""
HALF = 2
TENTH = 10
_STRENGTH = (LockMode.NONE, LockMode.GOVERNANCE, LockMode.COMPLIANCE)


def nothing_seen(known: Witnessed | None, failure: NoLook) -> Witnessed:
    """Return what is known after a look that saw nothing: all as before, but for that."""
    return replace(known or Witnessed(), failure=failure)


def seen(known: Witnessed | None, look: StorageLook) -> Witnessed:
    """Return what is known after a look."""
    before = known or Witnessed()
    if before.look is None:
        return Witnessed(look=look)
    was_whole = before.look.lack(Question.POINTS) is None
    lack = look.lack(Question.POINTS)
    if was_whole and lack is not None:
        # A list that broke off must neither look like deletion nor make the whole one forgotten.
        return nothing_seen(before, _broken_off(look, lack))
    if not was_whole:
        return replace(before, look=look, failure=None)
    gone = tuple(_gone(before, before.look, look))
    left_at = look.looked_at if _left(before.look, look) else before.left_at
    events = _distinct((*_happened(before.look, look, left_at), *before.events))
    standing = [event for event in events if _stands(event, look)]
    return Witnessed(look=look, gone=gone, left_at=left_at, events=tuple(standing[:MAX_EVENTS]))


def _broken_off(look: StorageLook, lack: Lack) -> NoLook:
    return NoLook(looked_at=look.looked_at, reason=lack.reason, permission=lack.permission)


def _left(old: StorageLook, new: StorageLook) -> bool:
    """Say whether some restore point left: by its id, or by the number of all."""
    if old.total is None or new.total is None:
        return False
    now = {point.id for point in new.points}
    if any(point.id not in now for point in old.points if not _is_beyond(point, new)):
        return True
    known = {point.id for point in old.points}
    came = sum(point.id not in known for point in new.points)
    return new.total < old.total + came


def _gone(before: Witnessed, old: StorageLook, new: StorageLook) -> list[GonePoint]:
    """Return the points that are there no more, newest first; of a look cut short, none are new."""
    if new.total is None:
        return list(before.gone)
    there = {point.id for point in new.points}
    marked = {point.id for point in new.deleted}
    fresh = [
        GonePoint(
            id=point.id,
            stored_at=point.stored_at,
            last_seen_at=old.looked_at,
            gone_at=new.looked_at,
        )
        for point in (*old.points, *_under_old_names(old, new))
        if not _is_beyond(point, new)
    ]
    all_ = [point for point in (*fresh, *before.gone) if point.id not in there | marked]
    return sorted(all_, key=lambda point: point.stored_at, reverse=True)[:MAX_SHOWN]


def _under_old_names(old: StorageLook, new: StorageLook) -> list[StoredPoint]:
    """Return the points in whose place others are now, where that is how points are made."""
    if not new.layout.rewrites_points:
        return []
    now = {each.id: each for each in new.points}
    return [
        replace(each, id=replaced(each.id, each.stored_at))
        for each in old.points
        if _what(now.get(each.id, each)) != _what(each)
        and not _went_on(each, now[each.id], old.looked_at)
    ]


def _went_on(was: StoredPoint, now: StoredPoint, looked_at: datetime) -> bool:
    """Say whether a file was being written at the look: where stores take objects whole, none is.

    Those tell of contents; machines and folders do not.
    """
    is_file = was.content is None and now.content is None
    return is_file and now.bytes >= was.bytes and later(was.stored_at, WRITING) > looked_at


def _is_beyond(point: StoredPoint, new: StorageLook) -> bool:
    """Say whether a point is older than the window that the new look shows of all points."""
    if not new.points or (new.total or 0) <= len(new.points):
        return False
    return point.stored_at <= min(shown.stored_at for shown in new.points)


def _happened(
    old: StorageLook, new: StorageLook, left_at: datetime | None
) -> Iterator[StorageEvent]:
    at = new.looked_at
    for event, count in (
        (Event.POINT_OVERWRITTEN, _overwritten(old, new)),
        (Event.ANCHOR_OVERWRITTEN, _replaced(old.anchors, new.anchors)),
        (Event.DATA_LOST, _lost(old, new, left_at)),
        (Event.SHRANK, _shrank(old, new, left_at)),
        (Event.DATED_BACK, _dated_back(old, new)),
        (Event.LAYOUT_CHANGED, int(old.layout is not new.layout and old.newest_at is not None)),
        (Event.VERSIONING_STOPPED, int(_stopped(old, new))),
    ):
        if count:
            yield StorageEvent(event=event, at=at, count=count)
    yield from _unlocked(old, new)


def _overwritten(old: StorageLook, new: StorageLook) -> int:
    """Count points under whose names others are, where no tool does that."""
    return 0 if new.layout.rewrites_points else _replaced(old.points, new.points)


def _replaced(old: Iterable[StoredPoint], new: Iterable[StoredPoint]) -> int:
    """Count what bears the same name and was stored again."""
    known = {each.id: _what(each) for each in old}
    return sum(known.get(each.id, _what(each)) != _what(each) for each in new)


def _what(point: StoredPoint) -> tuple[datetime, int, str | None]:
    return point.stored_at, point.bytes, point.content


def _lost(old: StorageLook, new: StorageLook, left_at: datetime | None) -> int:
    """Count data that is gone or was stored again, though no restore point left room for it.

    Only where points show can that be told from what a tool cleans up.
    """
    if new.total is None or new.layout is not old.layout or _may_prune(new, left_at):
        return 0
    if old.data is None or new.data_before is None:
        return 0
    return max(0, old.data.objects - new.data_before.objects)


def _shrank(old: StorageLook, new: StorageLook, left_at: datetime | None) -> int:
    """Say whether less than half of the data is left, or a tenth where much may go; 1 or 0."""
    if old.data is None or new.data is None:
        return 0
    times = TENTH if _may_prune(new, left_at) else HALF
    return int(new.data.bytes * times < old.data.bytes)


def _dated_back(old: StorageLook, new: StorageLook) -> int:
    """Count new points that the storage dates before the look that did not see them.

    A large object may be dated from when its upload began.
    """
    if old.total is None or old.total > len(old.points) or old.layout is not new.layout:
        return 0
    known = {each.id for each in old.points} | {each.id for each in old.deleted}
    upload = SMALL_UPLOAD if new.layout is Layout.RESTIC else LONGEST_UPLOAD
    fresh = [each for each in new.points if each.id not in known]
    return sum(later(each.stored_at, upload) < old.looked_at for each in fresh)


def _may_prune(new: StorageLook, left_at: datetime | None) -> bool:
    ends = [point.deleted_at for point in new.deleted]
    ends += [] if left_at is None else [left_at]
    return any(later(end, PRUNING) > new.looked_at for end in ends)


def _stopped(old: StorageLook, new: StorageLook) -> bool:
    weak = (Versioning.SUSPENDED, Versioning.OFF)
    return old.rules.versioning is Versioning.ENABLED and new.rules.versioning in weak


def _unlocked(old: StorageLook, new: StorageLook) -> Iterator[StorageEvent]:
    """Yield locks that end earlier, or are weaker, than an earlier look saw."""
    promised = {lock.id: lock for lock in old.locks if lock.retain_until is not None}
    for lock in new.locks:
        was = promised.get(lock.id)
        if was is None or was.retain_until is None or lock.mode is LockMode.UNKNOWN:
            continue
        shorter = lock.retain_until is None or lock.retain_until < was.retain_until
        if shorter or _strength(lock.mode) < _strength(was.mode):
            yield StorageEvent(
                event=Event.LOCK_SHORTENED, at=new.looked_at, promised_until=was.retain_until
            )


def _strength(mode: LockMode) -> int:
    return _STRENGTH.index(mode) if mode in _STRENGTH else 0


def _distinct(events: Iterable[StorageEvent]) -> list[StorageEvent]:
    """Keep each event once, however many objects it befell at one look."""
    return list({(each.event, each.at, each.promised_until): each for each in events}.values())


def _stands(event: StorageEvent, look: StorageLook) -> bool:
    """Say whether an event still matters to what lies there now."""
    match event.event:
        case Event.LOCK_SHORTENED:
            return event.promised_until is None or look.looked_at < event.promised_until
        case Event.VERSIONING_STOPPED:
            return look.rules.versioning is not Versioning.ENABLED
        case _ if look.total is None or not look.points:
            return look.looked_at < later(event.at, MEMORY)
        case _:
            return min(point.stored_at for point in look.points) <= event.at
