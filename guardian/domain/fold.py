"""Fold statements into evidence: pure, total, and the same for the same statements in their order.

Statements are folded in the order of their numbers, so a later one supersedes an earlier one,
however late both came. A statement that was spooled for days is news only as far as its facts are:
restore points carry their own dates, checks and tests count from when they ended, and what has no
date of its own counts from the statement's (never later than central's receipt of it).

What one agent can make central remember is bounded, whatever it states.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from guardian_agent.wire.names import Hash, Name, Slug
from guardian_agent.wire.observations import (
    CanaryPlanted,
    CopyEncryption,
    CopySettings,
    Exposure,
    Integrity,
    JobRun,
    LiveAreas,
    Manifest,
    Observation,
    PersonalData,
    PointContents,
    Posture,
    Reach,
    RestorePoints,
    RestoreTest,
    Unrecognised,
)
from guardian_agent.wire.statement import ProbeFailure, Statement

from guardian.domain import copies
from guardian.domain.agents import issued_to, renewed, spoke
from guardian.domain.arrival import Arrival
from guardian.domain.drift import set_up
from guardian.domain.evidence import (
    CopyEvidence,
    Failure,
    IssuedCheckpoint,
    KeyTrouble,
    ServerEvidence,
    SetEvidence,
)
from guardian.domain.integrity import checked
from guardian.domain.looked import looked, newest
from guardian.domain.proof import restore_seen
from guardian.domain.recalled import NOTHING, Recalled
from guardian.domain.restores import tested
from guardian.domain.sets import committed, ran
from guardian.domain.storage import NoLook, StorageLook
from guardian.domain.witnessed import nothing_seen, seen

MAX_COPIES = 256
MAX_SETS = 256
MAX_FAILURES = 32

Told = RestorePoints | PointContents | CopyEncryption | CopySettings | Integrity
CopyFact = Told | RestoreTest


def enrolled(
    client: Name, server: Name, at: datetime, previous: ServerEvidence | None
) -> ServerEvidence:
    """Return the evidence after an agent enrolled: the key is new, so its troubles are over.

    What is known of the backups stays; so do the checkpoints, which lie in canaries in backups.
    """
    known = previous or ServerEvidence(client=client, server=server)
    agent = None if known.agent is None else renewed(known.agent)
    return replace(known, enrolled_at=at, key_trouble=None, agent=agent)


def trouble(evidence: ServerEvidence, reason: Slug, at: datetime) -> ServerEvidence:
    """Return the evidence with a conflict about the agent's key: the newest, since the first."""
    first = evidence.key_trouble
    since = at if first is None else first.at
    return replace(evidence, key_trouble=KeyTrouble(at=since, reason=reason))


def witnessed(
    evidence: ServerEvidence, backup_set: Name, copy: Name, found: StorageLook | NoLook
) -> ServerEvidence:
    """Return the evidence after a look of central's own at the storage of one copy."""
    known = evidence.copy(backup_set, copy) or CopyEvidence(backup_set=backup_set, copy=copy)
    before = known.witness
    after = nothing_seen(before, found) if isinstance(found, NoLook) else seen(before, found)
    return _put_copy(evidence, replace(known, witness=after))


def issued(
    evidence: ServerEvidence, tree_size: int, root: Hash, issued_at: datetime
) -> ServerEvidence:
    """Return the evidence with the checkpoint that a receipt carried, so that it is known again.

    A statement comes before its receipt: before the first one there is nobody who was given any.
    """
    if evidence.agent is None:
        return evidence
    new = IssuedCheckpoint(tree_size=tree_size, root=root, issued_at=issued_at)
    return replace(evidence, agent=issued_to(evidence.agent, new))


def fold(
    evidence: ServerEvidence,
    statement: Statement,
    *,
    received_at: datetime,
    gap: bool = False,
    skew_seconds: float = 0.0,
    recalled: Recalled = NOTHING,
) -> ServerEvidence:
    """Return the evidence after one accepted statement.

    Args:
        evidence: what was known before.
        statement: verified and in its turn.
        received_at: central's time.
        gap: statements before this one are missing.
        skew_seconds: the agent's wall time minus central's, positive when the agent is ahead.
        recalled: what the statement names and the evidence has forgotten.
    """
    at = Arrival(
        epoch=statement.epoch,
        number=statement.number,
        received_at=received_at,
        stated_at=min(statement.wall_time, received_at),
    )
    known = replace(
        evidence,
        agent=spoke(evidence.agent, statement, received_at, gap=gap, skew_seconds=skew_seconds),
        failures=_of_no_copy(statement.failures, at),
    )
    before = recalled.beside(evidence)
    for fact in sorted(statement.observations, key=_turn):
        known = _with_fact(known, fact, before, at)
    for failure in statement.failures:
        known = _with_failure(known, failure, statement, at)
    return known


def _turn(fact: Observation) -> tuple[bool, datetime]:
    """Return the sorting key: lists before what refers to them, jobs as they ended."""
    ended = fact.finished_at if isinstance(fact, JobRun) else datetime.min.replace(tzinfo=UTC)
    return not isinstance(fact, RestorePoints), ended


def _of_no_copy(failures: Iterable[ProbeFailure], at: Arrival) -> tuple[Failure, ...]:
    kept = [failure for failure in failures if failure.backup_set is None or failure.copy is None]
    return tuple(
        Failure(received_at=at.received_at, probe=failure.probe, reason=failure.reason)
        for failure in kept[:MAX_FAILURES]
    )


def _with_fact(
    known: ServerEvidence, fact: Observation, before: ServerEvidence, at: Arrival
) -> ServerEvidence:
    """Take one fact; `before` is what was known before its statement, against which proofs hold."""
    match fact:
        case RestorePoints() | PointContents() | CopyEncryption() | CopySettings() | Integrity():
            return _put_copy(known, _told(_copy(known, fact), fact, at))
        case RestoreTest():
            copy = _copy(known, fact)
            seen = restore_seen(fact, before, at, copy)
            return _put_copy(known, tested(copy, seen))
        case Manifest():
            return _put_set(known, committed(_set(known, fact), fact, at))
        case JobRun():
            return _put_set(known, ran(_set(known, fact), fact, at))
        case Exposure() | Reach() | PersonalData() | Posture() | LiveAreas():
            return looked(known, fact, at.received_at)
        case CanaryPlanted() | Unrecognised():  # pragma: no branch - nothing else is stated
            return known


def _told(copy: CopyEvidence, fact: Told, at: Arrival) -> CopyEvidence:
    """Take one fact about a copy that asks nothing else."""
    match fact:
        case RestorePoints():
            return copies.listed(copy, fact, at)
        case PointContents():
            return copies.looked_into(copy, fact, at)
        case CopyEncryption():
            return copies.looked_at_encryption(copy, fact, at)
        case CopySettings():
            return set_up(copy, fact, at)
        case Integrity():  # pragma: no branch - nothing else is asked
            return checked(copy, fact, at)


def _with_failure(
    known: ServerEvidence, failure: ProbeFailure, statement: Statement, at: Arrival
) -> ServerEvidence:
    if failure.backup_set is None or failure.copy is None:
        return known
    whose = (failure.backup_set, failure.copy)
    listed = any(
        isinstance(fact, RestorePoints) and (fact.backup_set, fact.copy) == whose
        for fact in statement.observations
    )
    copy = known.copy(*whose) or CopyEvidence(backup_set=whose[0], copy=whose[1])
    return _put_copy(known, copies.failed(copy, failure, at, listed=listed))


def _copy(known: ServerEvidence, fact: CopyFact) -> CopyEvidence:
    new = CopyEvidence(backup_set=fact.backup_set, copy=fact.copy)
    return known.copy(fact.backup_set, fact.copy) or new


def _set(known: ServerEvidence, fact: Manifest | JobRun) -> SetEvidence:
    return known.set(fact.backup_set) or SetEvidence(backup_set=fact.backup_set)


def _put_copy(known: ServerEvidence, new: CopyEvidence) -> ServerEvidence:
    whose = (new.backup_set, new.copy)
    others = [old for old in known.copies if (old.backup_set, old.copy) != whose]
    return replace(known, copies=newest(others, new, MAX_COPIES))


def _put_set(known: ServerEvidence, new: SetEvidence) -> ServerEvidence:
    others = [old for old in known.sets if old.backup_set != new.backup_set]
    return replace(known, sets=newest(others, new, MAX_SETS))
