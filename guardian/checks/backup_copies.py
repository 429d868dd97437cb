"""`backup.copies`: as many copies, places and kinds of media as agreed (3-2-1-1-0)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import CopyPlan, Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.disagreements import compare
from guardian.domain.evidence import CopyEvidence
from guardian.domain.ladder import limits
from guardian.domain.presence import Counted, Kept, Presence, apart, presence
from guardian.domain.verdict import Status, Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.words import later


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How many there must be; the live data is none of them, and what is left out is not judged.

    The rule 3-2-1-1-0 counts the live data as the first of its three: it is `copies = 2`,
    `media = 2`, `offsite = 1`; the last 1 is `backup.immutable`, and for the 0 no copy counts whose
    newest check or restore test failed. `places` counts sites, by the names that you gave them.
    `max_age` is how old a copy's newest list of restore points may be for it to count.
    """

    copies: int | None = None
    media: int | None = None
    places: int | None = None
    offsite: int | None = None
    max_age: timedelta = timedelta(days=8)

    @property
    def is_agreed(self) -> bool:
        """Say whether anything was agreed."""
        return any((self.copies, self.media, self.places, self.offsite))


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Count what is certain and what is possible: between the two nobody knows."""
    kept = [_kept(copy, case, settings, now) for copy in case.plan.copies_of(case.asset.backup_set)]
    said = all_of(list(_counts(kept, settings)))
    if said.status is Status.FAIL:
        return said
    silent = [each.due for each in kept if each.due is not None and now > each.due]
    if said.status is Status.UNKNOWN:
        return unknown(said.reason, since=min(silent, default=None))
    return passes(said.reason, min(each.due for each in kept if each.is_there and each.due))


def _kept(copy: CopyPlan, case: Case, settings: Settings, now: datetime) -> Kept:
    known = case.evidence.copy(copy.backup_set, copy.copy)
    listing = None if known is None else known.listing
    due = None if listing is None else later(listing.dated, settings.max_age)
    found = presence(known, due, now)
    if found is Presence.THERE and known is not None and _is_contradicted(copy, known, case):
        found = Presence.PERHAPS
    return Kept(copy=copy, presence=found, due=due)


def _is_contradicted(copy: CopyPlan, known: CopyEvidence, case: Case) -> bool:
    """Say whether central's own look at the storage bears out something else than the list."""
    place = copy.backup_set, copy.copy
    agreed = (
        limits(each).tolerance
        for each in case.plan.obligations
        if (each.asset.backup_set, each.asset.copy) == place
    )
    return any(each is not None and compare(known, each).faults for each in agreed)


def _counts(kept: Sequence[Kept], settings: Settings) -> Iterator[Verdict]:
    there = [each.copy for each in kept if each.presence is Presence.THERE]
    perhaps = [each.copy for each in kept if each.presence is not Presence.LOST]
    copies = Counted(certain=len(there), possible=len(perhaps))
    yield _held(copies, settings.copies or 1, "copy")
    if settings.media:
        media = apart([each.media for each in there], [each.media for each in perhaps])
        yield _held(media, settings.media, "kind of media")
    if settings.places:
        places = apart([each.place for each in there], [each.place for each in perhaps])
        yield _held(places, settings.places, "place")
    if settings.offsite:
        yield _held(_offsite(there, perhaps), settings.offsite, "copy offsite")


def _offsite(there: Sequence[CopyPlan], perhaps: Sequence[CopyPlan]) -> Counted:
    return Counted(
        certain=sum(each.offsite is True for each in there),
        possible=sum(each.offsite is not False for each in perhaps),
    )


def _held(found: Counted, agreed: int, thing: str) -> Verdict:
    if found.certain >= agreed:
        return passes(f"{_counted(found.certain, thing)}, {agreed} agreed")
    if found.possible < agreed:
        return fails(f"{_counted(found.possible, thing)}, {agreed} agreed")
    said = _counted(found.certain, thing)
    return unknown(f"{said} for certain, {found.possible} possible, {agreed} agreed")


def _counted(number: int, thing: str) -> str:
    word, _, rest = thing.partition(" ")
    several = {"copy": "copies", "kind": "kinds", "place": "places"}[word]
    shown = word if number == 1 else several
    return f"{number} {shown} {rest}".rstrip()


CHECK = Check(
    control="backup.copies",
    title="There are as many copies, apart from each other, as agreed",
    why="One fire, one thief or one administrator's password must not reach every copy.",
    remedy=(
        "Add the copies that are missing, elsewhere and on other media; say of each where it lies "
        "in `[server.backup_set.copy.NAME]` (`place`, `media`, `offsite`)."
    ),
    applies_to=Subject.SET,
    severity=Severity.WARNING,
    settings=Settings,
    judge=judge,
    is_agreed=lambda settings: settings.is_agreed,
)
