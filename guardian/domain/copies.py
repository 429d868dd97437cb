"""What one fact changes in what is known of a copy."""

from __future__ import annotations

from dataclasses import replace

from guardian_agent.wire.observations import CopyEncryption, PointContents, RestorePoints
from guardian_agent.wire.statement import ProbeFailure

from guardian.domain.arrival import Arrival
from guardian.domain.contents import lacks
from guardian.domain.evidence import (
    Contents,
    CopyEvidence,
    EncryptionSeen,
    Failure,
    Listing,
)
from guardian.domain.listing import next_listing, next_vanished
from guardian.domain.runs import measured, recorded
from guardian.domain.sizes import grown

MAX_EARLIER = 14
"""Restore points whose sizes are kept to compare the newest with."""


def listed(copy: CopyEvidence, fact: RestorePoints, at: Arrival) -> CopyEvidence:
    """Take a new list of restore points: the probe has answered, so its failure is over."""
    new = next_listing(fact, copy.listing, copy.vanished, at)
    vanished = next_vanished(new, copy.listing, copy.vanished, at)
    since = copy.listed_since or at.received_at
    copy = replace(copy, listing=new, vanished=vanished, listed_since=since, failure=None)
    copy = recorded(copy, fact)
    size = _listed_size(new)
    # Only where nobody looks into the points: the two are not measured alike.
    if size is None or copy.contents is not None:
        return copy
    return grown(copy, at.stated_at, size)


def _listed_size(listing: Listing) -> int | None:
    complete = [point for point in listing.points if not point.future and not point.incomplete]
    return complete[0].bytes if complete else None


def looked_into(copy: CopyEvidence, fact: PointContents, at: Arrival) -> CopyEvidence:
    """Take what a restore point contains, and keep the sizes of those before it."""
    contents = Contents(received_at=at.received_at, fact=fact)
    before = copy.contents
    if before is not None and before.fact.point == fact.point:
        contents = replace(before, received_at=at.received_at, fact=fact)
    elif before is not None:
        contents = replace(
            contents,
            earlier_files=(before.fact.files, *before.earlier_files)[:MAX_EARLIER],
            earlier_bytes=(before.fact.bytes, *before.earlier_bytes)[:MAX_EARLIER],
        )
    copy = measured(_marked(replace(copy, contents=contents), fact), fact)
    # What lacks something does not tell how much there is to restore.
    return copy if lacks(fact) else grown(copy, at.stated_at, fact.bytes)


def _marked(copy: CopyEvidence, fact: PointContents) -> CopyEvidence:
    """Mark the listed point as incomplete, or as complete after all (its paths were put right)."""
    if copy.listing is None:
        return copy
    points = tuple(
        replace(point, incomplete=bool(lacks(fact))) if point.id == fact.point else point
        for point in copy.listing.points
    )
    return replace(copy, listing=replace(copy.listing, points=points))


def looked_at_encryption(copy: CopyEvidence, fact: CopyEncryption, at: Arrival) -> CopyEvidence:
    """Take whether the copy can be read without its key."""
    seen = EncryptionSeen(received_at=at.received_at, stated_at=at.stated_at, fact=fact)
    return replace(copy, encryption=seen)


def failed(copy: CopyEvidence, failure: ProbeFailure, at: Arrival, *, listed: bool) -> CopyEvidence:
    """Take that the copy's probe had no answer, or with `listed` only a list."""
    return replace(
        copy,
        failure=Failure(
            received_at=at.received_at,
            probe=failure.probe,
            reason=failure.reason,
            listed=listed,
        ),
    )
