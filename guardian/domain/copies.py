"""What one fact changes in what is known of a copy."""

from __future__ import annotations

from dataclasses import replace

from guardian_agent.wire.observations import (
    CopyEncryption,
    Integrity,
    Outcome,
    PointContents,
    RestorePoints,
)
from guardian_agent.wire.statement import ProbeFailure

from guardian.domain.arrival import Arrival
from guardian.domain.contents import lacks
from guardian.domain.evidence import (
    Contents,
    CopyEvidence,
    EncryptionSeen,
    Failure,
    IntegritySeen,
    RestoreSeen,
)
from guardian.domain.listing import next_listing, next_vanished

MAX_EARLIER = 14
"""Restore points whose sizes are kept to compare the newest with."""
WHOLE = 0.999
"""Shares of the data that add up to all of it; tenths do not add up to one in binary."""


def listed(copy: CopyEvidence, fact: RestorePoints, at: Arrival) -> CopyEvidence:
    """Take a new list of restore points: the probe has answered, so its failure is over."""
    new = next_listing(fact, copy.listing, copy.vanished, at)
    vanished = next_vanished(new, copy.listing, copy.vanished, at)
    return replace(copy, listing=new, vanished=vanished, failure=None)


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
    return _marked(replace(copy, contents=contents), fact)


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


def checked(copy: CopyEvidence, fact: Integrity, at: Arrival) -> CopyEvidence:
    """Take a check of the stored data.

    A failure stands until passes after it have read all of the data: a pass over another tenth
    says nothing of the tenth that failed.
    """
    seen = IntegritySeen(received_at=at.received_at, fact=fact)
    copy = replace(copy, integrity=seen)
    if fact.outcome is Outcome.FAILED:
        return replace(copy, standing_failed_integrity=seen, read_since_failure=0.0)
    if fact.outcome is not Outcome.PASSED or fact.data_read <= 0:
        return copy
    copy = replace(copy, last_good_integrity=seen)
    if copy.standing_failed_integrity is None:
        return copy
    read = copy.read_since_failure + fact.data_read
    standing = None if read >= WHOLE else copy.standing_failed_integrity
    return replace(copy, standing_failed_integrity=standing, read_since_failure=read)


def tested(copy: CopyEvidence, seen: RestoreSeen) -> CopyEvidence:
    """Take a restore test: one not performed, or without proof, hides neither good nor bad."""
    copy = replace(copy, restore=seen)
    if seen.outcome is Outcome.FAILED:
        return replace(copy, standing_failed_restore=seen)
    if not seen.verified:
        return copy
    return replace(copy, last_good_restore=seen, standing_failed_restore=None)


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
