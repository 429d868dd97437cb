"""What a check of the stored data changes in what is known of a copy.

Data is read whole, in turns (`part` of `parts`, disjoint) or in shares that nobody can tell apart.
A failure stands until what failed has been read again and found intact: that very part, or the
whole at once, or every part of one division since. Where nobody knows which part failed, all must
be read; shares count by their sum then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from guardian_agent.wire.observations import Integrity, Outcome

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import CopyEvidence, IntegritySeen, PartRead

WHOLE = 0.999
"""Shares of the data that add up to all of it; tenths do not add up to one in binary."""
MAX_PARTS = 100
"""Parts of one division; finer ones prove nothing."""

_ALL = (1, 1)


def checked(copy: CopyEvidence, fact: Integrity, at: Arrival) -> CopyEvidence:
    """Take a check of the stored data; one that read none is only the newest."""
    seen = IntegritySeen(received_at=at.received_at, fact=fact)
    copy = replace(copy, integrity=seen)
    if fact.outcome is Outcome.FAILED:
        return _failed(copy, seen)
    if fact.outcome is not Outcome.PASSED or fact.data_read <= 0:
        return copy
    good = copy.last_good_integrity
    if good is None or seen.ended_at >= good.ended_at:
        copy = replace(copy, last_good_integrity=seen)
    # A pass from before a failure, stated once more, says nothing of what was found since.
    if any(seen.ended_at < failed.ended_at for failed in copy.failed_checks):
        return copy
    return _passed(copy, seen)


def _turn(fact: Integrity) -> tuple[int, int] | None:
    """Return (part, parts) of what was read, (1, 1) for the whole, None where nobody can tell."""
    if fact.parts <= 1:
        return _ALL if fact.data_read >= WHOLE else None
    if 1 <= fact.part <= fact.parts <= MAX_PARTS:
        return fact.part, fact.parts
    return None


def _failed(copy: CopyEvidence, seen: IntegritySeen) -> CopyEvidence:
    copy = replace(copy, read_since_failure=0.0)
    turn = _turn(seen.fact)
    if turn is None or turn == _ALL:
        return replace(copy, failed_checks=(seen,), parts_read=(), parts_began_at=None)
    part, parts = turn
    others = [failed for failed in copy.failed_checks if _turn(failed.fact) != turn]
    read = [known for known in _division(copy.parts_read, parts) if known.part != part]
    return replace(copy, failed_checks=_bounded(seen, others), parts_read=tuple(read))


def _bounded(newest: IntegritySeen, others: Iterable[IntegritySeen]) -> tuple[IntegritySeen, ...]:
    """Keep one failure of another division: all of them end together, when everything was read."""
    same, strange = [newest], list[IntegritySeen]()
    for failed in others:
        is_same = failed.fact.parts == newest.fact.parts
        (same if is_same else strange).append(failed)
    return (*same, *strange[:1])


def _passed(copy: CopyEvidence, seen: IntegritySeen) -> CopyEvidence:
    turn = _turn(seen.fact)
    if turn is None or seen.fact.data_read * turn[1] < WHOLE:
        return _shared(copy, seen.fact)
    part, parts = turn
    before = _division(copy.parts_read, parts)
    began_at = copy.parts_began_at if before else None
    read = _read(before, part, parts, seen.ended_at)
    copy = replace(copy, parts_read=read, parts_began_at=began_at or seen.ended_at)
    if len(read) == parts:
        return replace(copy, failed_checks=(), read_since_failure=0.0)
    standing = [failed for failed in copy.failed_checks if _turn(failed.fact) != turn]
    return replace(copy, failed_checks=tuple(standing))


def _shared(copy: CopyEvidence, fact: Integrity) -> CopyEvidence:
    """Add up what was read without turns; which part of a division nobody knows is none."""
    if not copy.failed_checks or fact.parts > 1:
        return copy
    read = copy.read_since_failure + fact.data_read
    if read >= WHOLE:
        return replace(copy, failed_checks=(), read_since_failure=0.0)
    return replace(copy, read_since_failure=read)


def _division(known: tuple[PartRead, ...], parts: int) -> tuple[PartRead, ...]:
    """Return what was read by a division: the whole, once read, is all parts of any other."""
    if known and known[0].parts == parts:
        return known
    if known and known[0].parts == 1:
        return tuple(
            PartRead(part=part, parts=parts, at=known[0].at) for part in range(1, parts + 1)
        )
    return ()


def _read(known: tuple[PartRead, ...], part: int, parts: int, at: datetime) -> tuple[PartRead, ...]:
    newest = max([at, *(each.at for each in known if each.part == part)])
    new = PartRead(part=part, parts=parts, at=newest)
    others = [each for each in known if each.part != part]
    return tuple(sorted((*others, new), key=lambda each: each.part))
