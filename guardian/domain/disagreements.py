"""Two views of one copy held against each other: what its agent lists, what central saw itself.

Restore points bear other ids in each view, so they are matched by time: the storage's own time of
a point must lie between its beginning and its end by the tool's word, and not much later. The
matching is the largest there is, so no order of points makes an honest agent look like a liar.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.evidence import FUTURE_TOLERANCE_SECONDS, CopyEvidence, KnownPoint, Listing
from guardian.domain.storage import (
    DECISIVE,
    DeletedPoint,
    Event,
    GonePoint,
    Lack,
    NoLook,
    Question,
    StorageLook,
    StoredPoint,
    Witnessed,
)
from guardian.domain.words import count, date, later

SLACK = timedelta(seconds=FUTURE_TOLERANCE_SECONDS)
"""By how much clocks may differ."""

ABOUT_LOCKS = frozenset({Event.LOCK_SHORTENED, Event.VERSIONING_STOPPED})
"""Events that are about what could be done, not about what was."""

GONE = "no-such-bucket"
"""A store's own certain answer; a folder that is not there may only not be mounted."""

SAID = {
    Event.POINT_OVERWRITTEN: "{} overwritten",
    Event.ANCHOR_OVERWRITTEN: "the repository's configuration or keys were overwritten",
    Event.DATA_LOST: "{} gone or overwritten, and no restore point made room for that",
    Event.SHRANK: "far more of the stored data is gone than restore points made room for",
    Event.DATED_BACK: "{} dated by the storage before a look that did not see them",
    Event.LAYOUT_CHANGED: "what lies there no longer looks like the repository that was there",
}
THING = {
    Event.POINT_OVERWRITTEN: "restore point",
    Event.DATED_BACK: "restore point",
    Event.DATA_LOST: "data object",
}

WHY = {
    Question.POINTS: "not all restore points could be listed",
    Question.CLOCK: "the storage's clock cannot be compared with central's",
    Question.TIMES: "the storage shows times that whoever uploads can set",
    Question.ABSENCE: "the storage answers for what is not there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far two honest views may lie apart."""

    keep: timedelta = timedelta(days=7)
    """How long every restore point stays at least."""
    max_lag: timedelta = timedelta(hours=1)
    """How long a restore point may take from its end to the storage (longer for mirrors)."""
    max_silence: timedelta = timedelta(hours=26)
    """How long it may lie there before the agent lists it."""
    longest_backup: timedelta = timedelta(hours=24)
    """Of tools that do not tell when a backup ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two views show: faults are certain, a doubt keeps them from agreeing."""

    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Say whether each view bears the other out."""
        return not self.faults and not self.doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    look: StorageLook
    listing: Listing
    tolerance: Tolerance

    def latest(self, point: KnownPoint) -> datetime:
        """Return when the storage must have a point at the latest, by the tool's word alone."""
        ended = point.finished_at or later(point.started_at, self.tolerance.longest_backup)
        return later(max(ended, point.started_at), self.tolerance.max_lag)

    def is_due(self, point: KnownPoint) -> bool:
        """Say whether the look must have seen a point; what was listed before was there before."""
        known = min(self.latest(point), later(point.first_seen_at, self.tolerance.max_lag))
        return known <= self.look.looked_at

    @property
    def is_told_after(self) -> bool:
        """Say whether the agent listed its points after central looked."""
        return self.listing.dated >= self.look.looked_at


def compare(copy: CopyEvidence, tolerance: Tolerance) -> Comparison:
    """Hold the newest look of central's own against the agent's newest list."""
    known = copy.witness
    if known is None or known.look is None:
        return Comparison(doubts=("central has not looked at the storage yet",))
    faults = [*_alone(known, known.look, tolerance)]
    doubts = [*_unsure(known.look)]
    if copy.listing is None:
        return Comparison(
            faults=tuple(faults), doubts=(*doubts, "the agent has listed no restore points yet")
        )
    if not doubts:
        views = _Views(look=known.look, listing=copy.listing, tolerance=tolerance)
        faults += _between(views)
        doubts += _nothing_there(views)
    return Comparison(faults=tuple(faults), doubts=tuple(doubts))


def _nothing_there(views: _Views) -> Iterator[str]:
    if not views.listing.points:
        yield "the agent lists no restore point"
    elif views.look.total == 0 or views.look.newest_at is None:
        yield "nothing lies in the storage yet"


def _unsure(look: StorageLook) -> Iterator[str]:
    for lack in look.lacks:
        if lack.question in DECISIVE:
            yield f"{WHY[lack.question]} ({why_not(lack)})"


def why_not(lack: Lack | NoLook) -> str:
    """Say why a question, or all of them, has no answer ("permission missing: s3:ListBucket")."""
    words = lack.reason.replace("-", " ")
    return f"{words}: {lack.permission}" if lack.permission else words


def _alone(known: Witnessed, look: StorageLook, tolerance: Tolerance) -> Iterator[str]:
    """Yield what the storage shows by itself, whatever the agent says."""
    if known.failure is not None and known.failure.reason == GONE:
        yield "the bucket that central looked into is there no more"
    yield from _taken_away(known, look, tolerance)
    for event in known.events:
        if event.event not in ABOUT_LOCKS:
            befell = _were(event.count, THING.get(event.event, ""))
            yield f"{SAID[event.event].format(befell)} ({_noticed(event.at)})"
    for number, thing, what in (
        (sum(point.overwritten for point in look.points), "restore point", "overwritten"),
        (look.data_overwritten, "data object", "overwritten"),
        (sum(_is_emptied(point, look) for point in look.points), "restore point", "emptied"),
    ):
        if number:
            yield f"{_were(number, thing)} {what}"
    # Before the first restore point there is no data; of those that went, the looks tell.
    missing = [word for word in look.missing if word != "data" or look.total != 0]
    if missing and look.newest_at is not None:
        yield f"what every restore needs is not there: {', '.join(missing)}"
    if look.lack(Question.CLOCK) is None:
        yield from _ahead(look)


def _is_emptied(point: StoredPoint, look: StorageLook) -> bool:
    """Say whether nothing is in a point; a file may just be begun, an object is stored whole."""
    is_begun = point.content is None and later(point.stored_at, SLACK) > look.looked_at
    return not point.bytes and not is_begun


def _taken_away(known: Witnessed, look: StorageLook, tolerance: Tolerance) -> Iterator[str]:
    """Yield restore points that went while young; what is old enough now is excused by a look."""
    keep = tolerance.keep
    went: list[GonePoint | DeletedPoint] = [*known.gone, *look.deleted]
    young = [each.stored_at for each in went if look.looked_at < later(each.stored_at, keep)]
    if young:
        points = _were(len(young), "restore point")
        allowed = format_duration(keep)
        yield f"{points} deleted younger than {allowed}, the newest of {date(max(young))}"


def _ahead(look: StorageLook) -> Iterator[str]:
    limit = later(look.looked_at, SLACK)
    future = [point for point in look.points if point.stored_at > limit]
    if future:
        yield f"the storage dates {count(len(future), 'restore point')} in the future"
    elif look.newest_at is not None and look.newest_at > limit:
        yield "the storage dates its newest object in the future"


def _between(views: _Views) -> Iterator[str]:
    """Yield where the agent's list and the storage contradict each other."""
    ahead = sum(point.future for point in views.listing.points)
    if ahead:
        yield f"the agent lists {count(ahead, 'restore point')} dated in the future"
    if not views.look.layout.shows_points:
        yield from _written(views)
        return
    shown, older = _claims(views)
    missing, extra = _unmatched(shown, views.look.points, views.latest)
    # What is older than the look's window may still be what its oldest point is.
    _, extra = _unmatched(older, extra, views.latest)
    certain = [
        point
        for point in missing
        if views.is_due(point) and (views.is_told_after or _is_young(point, views))
    ]
    late = _late(certain, extra, views)
    yield from _claimed_only(views, certain, len(late))
    yield from _stored_only(views, [each for each in extra if each not in late])
    yield from _too_many(views)


def _written(views: _Views) -> Iterator[str]:
    """Yield that nothing was written since the newest claimed point; more does not show."""
    due = [
        point.made_at for point in views.listing.points if not point.future and views.is_due(point)
    ]
    newest = views.look.newest_at
    if due and newest is not None and max(due) > later(newest, SLACK):
        yield (
            f"the agent claims a restore point of {date(max(due))}, and nothing was stored "
            f"after {date(newest)}"
        )


def _claims(views: _Views) -> tuple[list[KnownPoint], list[KnownPoint]]:
    """Return the claimed points in the window that the look shows, and those before it."""
    claims = [point for point in views.listing.points if not point.future]
    if (views.look.total or 0) <= len(views.look.points):
        return claims, []
    oldest = min(map(_stored_at, views.look.points), default=views.look.looked_at)
    return (
        [point for point in claims if point.started_at > oldest],
        [point for point in claims if point.started_at <= oldest],
    )


def _stored_at(point: StoredPoint) -> datetime:
    return point.stored_at


def _unmatched(
    claimed: Iterable[KnownPoint],
    stored: Iterable[StoredPoint],
    latest: Callable[[KnownPoint], datetime],
) -> tuple[list[KnownPoint], list[StoredPoint]]:
    """Match as many as possible: each stored point takes the open claim that closes first."""
    waiting = sorted(claimed, key=lambda point: (point.started_at, point.id), reverse=True)
    open_: list[tuple[datetime, str, KnownPoint]] = []
    missing: list[KnownPoint] = []
    extra: list[StoredPoint] = []
    for each in sorted(stored, key=lambda point: (point.stored_at, point.id)):
        while waiting and waiting[-1].started_at <= later(each.stored_at, SLACK):
            point = waiting.pop()
            heapq.heappush(open_, (latest(point), point.id, point))
        while open_ and open_[0][0] < each.stored_at:
            missing.append(heapq.heappop(open_)[2])
        if open_:
            heapq.heappop(open_)
        else:
            extra.append(each)
    return [*missing, *(point for _, _, point in open_), *waiting], extra


def _claimed_only(views: _Views, certain: Sequence[KnownPoint], late: int) -> Iterator[str]:
    """Yield claims that nothing in the storage bears out.

    One that is old enough to be pruned, listed before central looked, is no lie yet.
    """
    if late:
        yield (
            f"{_were(late, 'restore point')} stored more than "
            f"{format_duration(views.tolerance.max_lag)} after the date that the agent claims"
        )
    if len(certain) > late:
        newest = max(point.made_at for point in certain)
        points = count(len(certain) - late, "restore point")
        yield f"the agent claims {points} that the storage does not have, up to {date(newest)}"


def _is_young(point: KnownPoint, views: _Views) -> bool:
    return views.look.looked_at < later(point.counted_at, views.tolerance.keep)


def _late(
    certain: Sequence[KnownPoint], extra: Sequence[StoredPoint], views: _Views
) -> list[StoredPoint]:
    """Return stored points that came too late to be what is claimed, one for each claim."""
    first = min((views.latest(point) for point in certain), default=views.look.looked_at)
    return [each for each in extra if each.stored_at > first][: len(certain)]


def _stored_only(views: _Views, extra: Sequence[StoredPoint]) -> Iterator[str]:
    """Yield what lies in the storage and the agent does not speak of."""
    if not views.look.exclusive:
        return
    told = views.listing.dated
    untold = [each for each in extra if _is_listed_by(told, each, views)]
    if untold:
        yield f"the agent does not speak of {count(len(untold), 'restore point')} in the storage"
    silence = views.tolerance.max_silence
    kept_back = [
        each
        for each in extra
        if each.stored_at > told and later(each.stored_at, silence) < views.look.looked_at
    ]
    if kept_back:
        points = _were(len(kept_back), "restore point")
        yield f"{points} stored since the agent's newest list, of {date(told)}, and are not told"


def _is_listed_by(told: datetime, each: StoredPoint, views: _Views) -> bool:
    """Say whether a list of that moment must name a stored point, its window considered."""
    listing = views.listing
    cut = listing.total > len(listing.points)
    oldest = min((point.started_at for point in listing.points), default=told)
    in_window = not cut or each.stored_at > oldest
    return in_window and later(each.stored_at, SLACK) < told and _must_be_told(each, views)


def _must_be_told(each: StoredPoint, views: _Views) -> bool:
    """Say whether no pruning between the two views can explain it."""
    excused = later(each.stored_at, views.tolerance.keep)
    return not views.is_told_after or views.listing.dated < excused


def _too_many(views: _Views) -> Iterator[str]:
    """Yield that more is claimed than lies there, also beyond what either view shows one by one."""
    total = views.look.total
    if total is None or not views.is_told_after:
        return
    shown = views.listing.points
    newer = sum(not views.is_due(point) for point in shown)
    claimed = views.listing.total - newer
    if claimed > total and views.listing.total > len(shown):
        yield f"the agent claims {claimed} restore points, and the storage has {total}"


def _were(number: int, thing: str) -> str:
    return f"{count(number, thing)} {'was' if number == 1 else 'were'}"


def _noticed(at: datetime) -> str:
    return f"noticed {date(at)}"


def seen_in_words(look: StorageLook) -> str:
    """Say what a look saw ("12 restore points, the newest stored 2026-11-21 07:00 UTC")."""
    newest = look.points[0].stored_at if look.points else look.newest_at
    when = "never" if newest is None else date(newest)
    if look.total is None:
        return f"the storage was last written {when}"
    return f"{count(look.total, 'restore point')} in the storage, the newest stored {when}"
