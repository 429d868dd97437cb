"""From what a storage lists to what a look tells: pure, one object at a time, in bounded memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import Any

from guardian_agent.wire.names import ShortHash, Slug

from guardian.domain.layouts import Part, needed, part
from guardian.domain.storage import MAX_SHOWN, DeletedPoint, Layout, StoredPoint, Tally, replaced

MAX_ANCHORS = 16
NEWEST = 3
"""Objects of each part that are asked about one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one object; `deleted`: a marker that it was deleted."""

    stored_at: datetime
    bytes: int = 0
    content: str = ""
    """What differs where contents differ (an ETag); empty where the storage tells none."""
    version: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A version with its object's own name, which stays in the witness."""

    name: str
    version: Version

    @property
    def order(self) -> tuple[datetime, str]:
        """Return the sorting key: by time, then by name."""
        return self.version.stored_at, self.name


class _Sum:
    """A number of objects and their size, added up."""

    __slots__ = ("_bytes", "_objects")

    def __init__(self) -> None:
        self._objects = self._bytes = 0

    def add(self, version: Version) -> None:
        self._objects += 1
        self._bytes += version.bytes

    def tally(self) -> Tally:
        return Tally(objects=self._objects, bytes=self._bytes)


class Gathering:
    """Takes in what a storage lists; every name once, with all its versions."""

    def __init__(
        self, layout: Layout, hashed: Callable[[str], ShortHash], since: datetime | None = None
    ) -> None:
        """Begin.

        Args:
            layout: of the place.
            hashed: turns a name into what may be kept of it.
            since: the newest time that the look before saw.
        """
        self.layout = layout
        self._hashed = hashed
        self._since = since
        self._missing = needed(layout)
        self._newest: dict[Part, list[Named]] = {each: [] for each in Part}
        self._points: list[Named] = []
        self._overwritten: set[ShortHash] = set()
        self._deleted: list[tuple[datetime, ShortHash, datetime]] = []
        self._total = self._data_overwritten = 0
        self._data, self._before = _Sum(), _Sum()
        self._newest_at: datetime | None = None

    def add(self, name: str, versions: Sequence[Version]) -> None:
        """Take one object with its versions, newest first; the first is what stands now."""
        if not versions:
            return
        which = part(self.layout, name)
        now, *older = versions
        if now.deleted:
            self._gone(name, which, now, older)
            return
        self._stands(name, which, now)
        if which is Part.POINT and self.layout.rewrites_points:
            self._replaced(name, now, older)
        elif any(_differ(now, each) for each in older if not each.deleted):
            if which is Part.POINT:
                self._overwritten.add(self._hashed(name))
            self._data_overwritten += which is Part.DATA

    def newest(self, which: Part) -> tuple[Named, ...]:
        """Return the newest objects of a part, newest first."""
        return tuple(self._newest[which])

    def points(self) -> dict[str, Any]:
        """Return what `StorageLook` tells of restore points; nothing where none can be counted."""
        if not self.layout.shows_points:
            return {}
        return {
            "total": self._total,
            "points": tuple(self._stored(each) for each in self._points),
            "deleted": tuple(
                DeletedPoint(id=id_, stored_at=stored, deleted_at=deleted)
                for deleted, id_, stored in self._deleted
            ),
        }

    def rest(self, *, complete: bool = True) -> dict[str, Any]:
        """Return what `StorageLook` tells of everything else; of a part of it, no sums."""
        anchors = self._newest[Part.KEY]
        known = {
            "anchors": tuple(self._stored(each) for each in anchors),
            "newest_at": self._newest_at,
            "data_overwritten": self._data_overwritten,
        }
        if not complete:
            return known
        return {
            **known,
            "missing": tuple(Slug(word) for word in self._missing),
            "data": self._data.tally(),
            "data_before": None if self._since is None else self._before.tally(),
        }

    def _stands(self, name: str, which: Part, now: Version) -> None:
        if self._newest_at is None or now.stored_at > self._newest_at:
            self._newest_at = now.stored_at
        for word, begin in [*self._missing.items()]:
            if name.startswith(begin):
                del self._missing[word]
        named = Named(name=name, version=now)
        room = MAX_ANCHORS if which is Part.KEY else NEWEST
        self._newest[which] = _kept(self._newest[which], named, room)
        if which is Part.POINT:
            self._total += 1
            self._points = _kept(self._points, named, MAX_SHOWN)
        if which is Part.DATA:
            self._data.add(now)
            if self._since is not None and now.stored_at <= self._since:
                self._before.add(now)

    def _gone(self, name: str, which: Part, marker: Version, older: Sequence[Version]) -> None:
        was = next((each for each in older if not each.deleted), None)
        if which is Part.POINT and was is not None:
            self._was_there(self._hashed(name), was, marker)

    def _replaced(self, name: str, now: Version, older: Sequence[Version]) -> None:
        """Take it that each version took the place of the one before it."""
        for newer, each in pairwise((now, *older)):
            if not each.deleted and _differ(newer, each):
                self._was_there(replaced(self._hashed(name), each.stored_at), each, newer)

    def _was_there(self, id_: ShortHash, was: Version, since: Version) -> None:
        found = (since.stored_at, id_, was.stored_at)
        self._deleted = heapq.nlargest(MAX_SHOWN, (*self._deleted, found))

    def _stored(self, named: Named) -> StoredPoint:
        id_, content = self._hashed(named.name), named.version.content
        return StoredPoint(
            id=id_,
            stored_at=named.version.stored_at,
            bytes=named.version.bytes,
            content=self._hashed(f"contents {content}") if content else None,
            overwritten=id_ in self._overwritten,
        )


def _kept(known: list[Named], new: Named, room: int) -> list[Named]:
    if len(known) == room and known[-1].order >= new.order:
        return known
    return sorted((*known, new), key=attrgetter("order"), reverse=True)[:room]


def _differ(now: Version, older: Version) -> bool:
    if now.bytes != older.bytes:
        return True
    return bool(now.content and older.content) and now.content != older.content
