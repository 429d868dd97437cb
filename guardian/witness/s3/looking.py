"""One look at one bucket, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from guardian_agent.wire.names import Slug

from guardian.domain.disagreements import SLACK
from guardian.domain.layouts import Part, recognise
from guardian.domain.storage import Lack, Layout, NoLook, Question, StorageLook
from guardian.domain.stored import Gathering, Named
from guardian.ports import Looking
from guardian.witness.s3.asking import LIST, RETENTION, Absent, ask
from guardian.witness.s3.pages import Listing
from guardian.witness.s3.port import Client, Reply
from guardian.witness.s3.protecting import Protection, doubts_about_versions
from guardian.witness.s3.stores import RCLONE, recognise_store

KIND = Slug("s3")
ABSENT = "guardian-witness-asks-for-what-is-not-there"
PARTS = {Layout.RESTIC: ("snapshots/", "config", "keys/", "data/")}
"""What is listed, in this order: the restore points are known even where the rest is too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is looked at in a bucket."""

    prefix: str = ""
    """Empty, or with "/" at its end."""
    host: str | None = None
    """Of the endpoint; None: AWS's own."""
    layout: Layout | None = None
    """What lies there, where its names do not say it."""
    shared: bool = False
    """Other backup sets are kept there too."""


def look(client: Client, looking: Looking, target: Target) -> StorageLook | NoLook:
    """Look at all that lies below a prefix of a bucket."""
    now = looking.clock.now()
    lacks: list[Lack] = []
    listing = Listing(client, versions=True)
    top = listing.top(target.prefix)
    if isinstance(top, Lack):
        lacks.append(top)
        listing = Listing(client, versions=False)
        top = listing.top(target.prefix)
    if isinstance(top, Lack):
        return NoLook(looked_at=now, reason=top.reason, permission=top.permission)
    gathering = _gathered(listing, target.layout or recognise(top), looking, target.prefix)
    skew = _skew(listing.headers, now)
    store = recognise_store(target.host, listing.headers)
    lacks += (*listing.cut, *listing.lies, *_absence(client, target.prefix))
    lacks += (*_clock(skew), *_times(store))
    seen = {
        "looked_at": now,
        "kind": KIND,
        "store": store,
        "layout": gathering.layout,
        "exclusive": not target.shared,
        "clock_skew_seconds": skew,
        **gathering.points(),
        **gathering.rest(complete=not listing.cut),
        **_protection(client, gathering, looking, target.prefix, lacks),
    }
    return StorageLook(**seen, lacks=tuple(dict.fromkeys(lacks)))


def _gathered(listing: Listing, layout: Layout, looking: Looking, prefix: str) -> Gathering:
    gathering = Gathering(layout, looking.hashed, looking.since)
    for part in PARTS.get(layout, ("",)):
        for key, versions in listing.objects(prefix + part):
            gathering.add(key[len(prefix) :], versions)
    return gathering


def _protection(
    client: Client, gathering: Gathering, looking: Looking, prefix: str, lacks: list[Lack]
) -> dict[str, Any]:
    """Return the bucket's rules and the newest objects' locks; what is not known joins `lacks`."""
    protection = Protection(client, prefix, looking.clock.now())
    newest = [*_newest(gathering)]
    rules = protection.rules()
    locks = tuple(protection.locks(newest, looking.hashed))
    lacks += (*protection.lacks, *doubts_about_versions(rules, (named for _, named in newest)))
    return {"rules": rules, "locks": locks}


def _newest(gathering: Gathering) -> Iterator[tuple[str, Named]]:
    for part in (Part.POINT, Part.DATA, Part.KEY):
        for named in gathering.newest(part)[:3]:
            yield part.value, named


def _absence(client: Client, prefix: str) -> Iterator[Lack]:
    """Yield a lack where the store answers for an object that nobody ever stored."""
    key = prefix + ABSENT
    page = ask(client, LIST, Prefix=key)
    if isinstance(page, Reply) and page.fields.get("Contents"):
        yield Lack(question=Question.ABSENCE, reason=Slug("ignores-prefix"))
    try:
        kept = ask(client, RETENTION, Key=key)
    except Absent:
        return
    if isinstance(kept, Reply):
        yield Lack(question=Question.ABSENCE, reason=Slug("invents-answers"))


def _skew(headers: Mapping[str, str], now: datetime) -> float | None:
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
        return (told.replace(tzinfo=told.tzinfo or UTC) - now).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _clock(skew: float | None) -> Iterator[Lack]:
    if skew is None:
        yield Lack(question=Question.CLOCK, reason=Slug("no-date"))
    elif abs(skew) > SLACK.total_seconds():
        yield Lack(question=Question.CLOCK, reason=Slug("clock-differs"))


def _times(store: Slug) -> Iterator[Lack]:
    if store == RCLONE:
        # It shows the time that the uploader wrote into the metadata.
        yield Lack(question=Question.TIMES, reason=Slug("uploader-sets-times"))
