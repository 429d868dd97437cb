"""What one look at where client data lies changes in what is known of a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from guardian_agent.wire.observations import Exposure, LiveAreas, PersonalData, Posture, Reach

from guardian.domain.evidence import ServerEvidence
from guardian.domain.looks import (
    ExposureSeen,
    LiveAreasSeen,
    OpenSince,
    PersonalDataSeen,
    PostureSeen,
    ReachSeen,
)

MAX_EXPOSURES = 64
MAX_REACHES = 128
"""More than watched places: what runs backups is looked at, too."""
MAX_POSTURES = 512
"""How each copy travels, and volumes, databases and buckets."""

MAX_AREAS = 64

Look = Exposure | Reach | PersonalData | Posture | LiveAreas
T = TypeVar("T")


def looked(known: ServerEvidence, fact: Look, received_at: datetime) -> ServerEvidence:
    """Take one look; it replaces the one before of the same thing."""
    match fact:
        case Exposure():
            return _scanned(known, ExposureSeen(received_at=received_at, fact=fact))
        case Reach():
            return _reached(known, ReachSeen(received_at=received_at, fact=fact))
        case PersonalData():
            return _searched(known, PersonalDataSeen(received_at=received_at, fact=fact))
        case LiveAreas():
            return _found(known, fact, received_at)
        case Posture():  # pragma: no branch - there is no other look
            return _asked(known, PostureSeen(received_at=received_at, fact=fact))


def _scanned(known: ServerEvidence, new: ExposureSeen) -> ServerEvidence:
    others = [old for old in known.exposures if old.fact.name != new.fact.name]
    return replace(known, exposures=newest(others, new, MAX_EXPOSURES))


def _reached(known: ServerEvidence, new: ReachSeen) -> ServerEvidence:
    others = [old for old in known.reaches if old.fact.name != new.fact.name]
    return replace(known, reaches=newest(others, new, MAX_REACHES))


def _searched(known: ServerEvidence, new: PersonalDataSeen) -> ServerEvidence:
    others = [old for old in known.personal if old.fact.name != new.fact.name]
    return replace(known, personal=newest(others, new, MAX_EXPOSURES))


def _asked(known: ServerEvidence, new: PostureSeen) -> ServerEvidence:
    others = [old for old in known.postures if _whose(old.fact) != _whose(new.fact)]
    return replace(known, postures=newest(others, new, MAX_POSTURES))


def _found(known: ServerEvidence, fact: LiveAreas, received_at: datetime) -> ServerEvidence:
    """Take a look for live data; what was open before is open since then."""
    before = known.live
    kept = replace(fact, areas=fact.areas[:MAX_AREAS])
    since = (
        OpenSince(
            area=each.area,
            since=(None if before is None else before.since(each.area)) or received_at,
        )
        for each in kept.areas
        if each.bytes_uncovered
    )
    new = LiveAreasSeen(received_at=received_at, fact=kept, open_since=tuple(since))
    return replace(known, live=new)


def _whose(fact: Posture) -> tuple[str, str, str | None]:
    return fact.subject, fact.name, fact.backup_set


def newest(others: list[T], new: T, most: int) -> tuple[T, ...]:
    """Put what was spoken of last at the end, and forget what was not for longest."""
    return (*others, new)[-most:]
