"""The evidence ladder: on which rung a copy stands, and until when.

What central saw itself stands above what an agent lists, and where it contradicts the agent, no
more than a claim is left of what the agent says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, TypeVar

from guardian.domain.asset import Obligation
from guardian.domain.disagreements import Comparison, Tolerance, compare
from guardian.domain.evidence import CopyEvidence, RestoreSeen
from guardian.domain.reading import reading
from guardian.domain.recovered import bad_share, brought_back, good_tests, is_proof
from guardian.domain.words import later

T = TypeVar("T")


class Rung(IntEnum):
    """How well a copy is proven; each rung needs dated evidence and falls by itself."""

    UNKNOWN = 0
    CLAIMED = 1
    OBSERVED = 2
    WITNESSED = 3
    INTACT = 4
    RESTORED = 5
    PROVEN = 6

    @property
    def label(self) -> str:
        """Return the rung's name as the interfaces spell it ("observed")."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each kind of evidence bears: as agreed for the copy, with the checks' defaults."""

    max_age: timedelta = timedelta(hours=26)
    """Of the list of restore points."""
    intact_max_age: timedelta = timedelta(days=32)
    whole_within: timedelta = timedelta(days=92)
    """In which all of the data must have been read."""
    restore_max_age: timedelta = timedelta(days=92)
    proven_max_age: timedelta = timedelta(days=92)
    max_lag: timedelta = timedelta(hours=26)
    """How much older than its restore point a canary may be."""
    encrypted_max_age: timedelta = timedelta(days=8)
    """Of a look at whether the copy is encrypted."""
    witnessed_max_age: timedelta = timedelta(hours=26)
    """Of central's own look, and of the list that it bears out."""
    tolerance: Tolerance | None = field(default_factory=Tolerance)
    """How far the two may lie apart; None: it was not agreed that central looks."""
    bad_share: float = 0.01
    """Below which share of bad files a test of files must put the rest,"""
    confidence: float = 0.95
    """and how surely: one comparable file of many bears nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The rung of a copy and when it falls if nothing new comes; None: it cannot fall."""

    rung: Rung
    until: datetime | None


def limits(obligation: Obligation) -> Limits:
    """Return what was agreed for a copy; a control that was not agreed keeps the default."""
    default = Limits()

    def of(control: str, key: str, otherwise: T) -> T:
        found: T = agreed(obligation, control, key, otherwise)
        return found

    return Limits(
        max_age=agreed(obligation, "backup.fresh", "max_age", None) or default.max_age,
        intact_max_age=of("restore.intact", "max_age", default.intact_max_age),
        whole_within=of("restore.intact", "whole_within", default.whole_within),
        restore_max_age=of("restore.tested", "max_age", default.restore_max_age),
        proven_max_age=of("restore.proven", "max_age", default.proven_max_age),
        max_lag=of("restore.proven", "max_lag", default.max_lag),
        encrypted_max_age=of("backup.encrypted", "max_age", default.encrypted_max_age),
        witnessed_max_age=of("backup.witnessed", "max_age", default.witnessed_max_age),
        tolerance=_tolerance(obligation),
        bad_share=of("restore.tested", "bad_share", default.bad_share),
        confidence=of("restore.tested", "confidence", default.confidence),
    )


def _tolerance(obligation: Obligation) -> Tolerance | None:
    if "backup.witnessed" not in obligation.agreements:
        return None
    default = Tolerance()
    return Tolerance(
        **{
            each.name: agreed(
                obligation, "backup.witnessed", each.name, getattr(default, each.name)
            )
            for each in fields(Tolerance)
        }
    )


def agreed(obligation: Obligation, control: str, key: str, otherwise: Any) -> Any:  # noqa: ANN401
    """Return one agreed setting; `otherwise` where the control or the key is not there."""
    agreement = obligation.agreements.get(control)
    return otherwise if agreement is None else getattr(agreement.settings, key, otherwise)


def standing(copy: CopyEvidence | None, now: datetime, limits: Limits) -> Standing:
    """Return the highest rung that evidence bears at `now`, and when it falls.

    An empty list of restore points bears nothing: what was once restored is there no more.
    """
    if copy is None or (copy.listing is not None and not copy.listing.points):
        return Standing(rung=Rung.UNKNOWN, until=None)
    # What was seen of a storage that is looked at no more neither lifts a copy nor lowers it.
    seen = Comparison(doubts=("",)) if limits.tolerance is None else compare(copy, limits.tolerance)
    highest = Rung.CLAIMED if seen.faults else Rung.PROVEN
    bearing = [
        (rung, until)
        for rung, until in (*_evidence(copy, limits), *_witnessed(copy, seen, limits))
        if now <= until and rung <= highest
    ]
    if not bearing:
        return Standing(rung=Rung.UNKNOWN, until=None)
    rung, until = max(bearing)
    return Standing(rung=rung, until=until)


def _evidence(copy: CopyEvidence, limits: Limits) -> Iterator[tuple[Rung, datetime]]:
    """Yield what holds the copy up: (rung, until when); known damage lets none stand on intact."""
    is_damaged = copy.standing_failed_integrity is not None
    if copy.standing_failed_restore is None and not is_damaged:
        for test in good_tests(copy):
            yield from _of_test(test, limits)
    read, intact = reading(copy), copy.last_good_integrity
    if intact is not None and read is not None and not is_damaged:
        recent = later(intact.ended_at, limits.intact_max_age)
        yield Rung.INTACT, min(recent, later(read.since, limits.whole_within))
    if copy.listing is not None:
        yield Rung.OBSERVED, later(copy.listing.dated, limits.max_age)
    claims = [
        fact.received_at
        for fact in (copy.listing, copy.contents, copy.encryption, copy.integrity, copy.restore)
        if fact is not None
    ]
    if claims:
        yield Rung.CLAIMED, later(max(claims), limits.restore_max_age)


def _witnessed(
    copy: CopyEvidence, seen: Comparison, limits: Limits
) -> Iterator[tuple[Rung, datetime]]:
    """Yield what central's own look proves where it and the agent's list bear each other out."""
    if seen.agrees and copy.witness and copy.witness.look and copy.listing:
        older = min(copy.witness.look.looked_at, copy.listing.dated)
        yield Rung.WITNESSED, later(older, limits.witnessed_max_age)


def _of_test(test: RestoreSeen, limits: Limits) -> Iterator[tuple[Rung, datetime]]:
    """Yield what a verified test proves: an archive that was only read is intact, not restored."""
    bound = bad_share(test, limits.confidence)
    if bound is not None and bound > limits.bad_share:
        return
    until = later(test.ended_at, limits.restore_max_age)
    yield (Rung.RESTORED if brought_back(test) else Rung.INTACT), until
    if is_proof(test, limits.max_lag):
        yield Rung.PROVEN, later(test.ended_at, limits.proven_max_age)
