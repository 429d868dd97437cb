"""Whether a restore test proves what it says.

A test is believed when all of this holds:

- it passed, also by central's own judgement of what it found;
- its kind is one that central knows how to verify;
- its restore point stands in the copy's own list, or stood there, and no newer one was listed
  before its checkpoint was given: what is tested is the newest;
- the checkpoint that it was made under is one that central gave to this agent;
- a canary that it gave back is not younger than the first list with that point: such a one was
  never in it;
- each question that it asked was answered, and
- what its kind promises was done (`_KINDS`).

Of the kinds that draw files (`sample`, `full`) that is: the live data's manifest was signed in an
earlier statement, and before that checkpoint was given (who knows what will be drawn can make a
manifest to suit); the files are those that the checkpoint draws, in that order, and the drawing
ended where the rules end it, so that none was picked and none left out; all their leaves are in
the manifest, and what came back has the hashes that the leaves carry.

Its date is believed as far as a day after that checkpoint: the same proof sent again later, with a
later date or a longer duration, is no younger for it. Everything else is kept as what it is:
something an agent said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.names import Hash, ShortHash
from guardian_agent.wire.observations import (
    CanaryReturn,
    Compared,
    DrawResult,
    Outcome,
    Reason,
    RestoreTest,
)

from guardian.domain.answers import answered
from guardian.domain.arrival import Arrival
from guardian.domain.drawn import NOT_COMPARED, badly_compared, badly_drawn
from guardian.domain.evidence import (
    Answered,
    CopyEvidence,
    IssuedCheckpoint,
    KnownPoint,
    RestoreSeen,
    ServerEvidence,
    SignedManifest,
    VanishedPoint,
)
from guardian.domain.words import later

TESTED_WITHIN = timedelta(days=1)
"""How long after its checkpoint was given a test is believed to have been made."""
MAX_ANSWERS = 100
"""Answers of one test that are remembered; all of them are judged."""


def restore_seen(
    test: RestoreTest, evidence: ServerEvidence, at: Arrival, copy: CopyEvidence
) -> RestoreSeen:
    """Return a test with central's own verdict on it.

    Args:
        test: what the agent states.
        evidence: what was known before the statement that carries the test.
        at: that statement.
        copy: what is known of the copy, that statement's list of restore points included.
    """
    point = _listed(test, copy)
    point_at = test.point_started_at if point is None else point.started_at
    answers = tuple(answered(answer, point_at) for answer in test.answers)
    outcome, reason = judged(test, answers)
    manifest = _signed_before(test, evidence, at)
    issued = _checkpoint_of(test, evidence)
    canary_at = _issue_of(test.canary, evidence)
    claim = _Claim(
        test=test,
        answers=answers,
        manifest=manifest,
        issued=issued,
        canary_at=canary_at,
        listed=() if copy.listing is None else copy.listing.points,
    )
    doubt = _unproven(claim, outcome, point)
    believed_until = None if issued is None else later(issued.issued_at, TESTED_WITHIN)
    results = [drawn.result for drawn in test.draws]
    return RestoreSeen(
        received_at=at.received_at,
        test=test.test,
        outcome=outcome,
        reason=reason,
        started_at=min(test.started_at, believed_until or test.started_at),
        believed_until=believed_until,
        duration_seconds=test.duration_seconds,
        fixed_seconds=test.fixed_seconds,
        files_restored=test.files_restored,
        bytes_restored=test.bytes_restored,
        whole_files=test.whole_files,
        whole_bytes=test.whole_bytes,
        matched=results.count(DrawResult.MATCHED),
        mismatched=results.count(DrawResult.MISMATCHED),
        missing=results.count(DrawResult.MISSING),
        not_compared=sum(result in NOT_COMPARED for result in results),
        verified=doubt is None,
        unverified_because=doubt or "",
        proven_not_older_than=canary_at,
        point=test.point,
        point_started_at=point_at,
        population=0 if manifest is None else manifest.files,
        compared=test.compared,
        coverage=test.coverage,
        database=test.database,
        answers=_kept(answers),
        canary_expected=test.canary_expected,
        canary_returned=test.canary is not None,
    )


def judged(test: RestoreTest, answers: Sequence[Answered]) -> tuple[Outcome, Reason]:
    """Return how a test ended by central's own judgement of what the agent says it found.

    What an agent calls passed has failed where its own facts say that something is wrong.
    """
    if test.outcome is not Outcome.PASSED:
        return test.outcome, test.reason
    compared = test.compared
    results = [drawn.result for drawn in test.draws]
    if DrawResult.MISMATCHED in results or (compared is not None and compared.mismatched):
        return Outcome.FAILED, Reason.MISMATCH
    if DrawResult.MISSING in results or (compared is not None and compared.missing):
        return Outcome.FAILED, Reason.MISSING_FILE
    if any(each.holds is False for each in answers):
        return Outcome.FAILED, Reason.WRONG_ANSWER
    return test.outcome, test.reason


def _kept(answers: tuple[Answered, ...]) -> tuple[Answered, ...]:
    """Return the answers that are remembered: of too many those that hold are left out first."""
    if len(answers) <= MAX_ANSWERS:
        return answers
    return tuple(sorted(answers, key=lambda each: each.holds is True)[:MAX_ANSWERS])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A test, with what central knows of the links that it names."""

    test: RestoreTest
    answers: tuple[Answered, ...]
    manifest: SignedManifest | None
    issued: IssuedCheckpoint | None
    canary_at: datetime | None
    """When central gave the checkpoint that came back."""
    listed: tuple[KnownPoint, ...]
    """The copy's restore points now."""


def _unproven(
    claim: _Claim, outcome: Outcome, point: KnownPoint | VanishedPoint | None
) -> str | None:
    """Say which link of the proof is missing, or None when all of them hold."""
    test = claim.test
    if outcome is not Outcome.PASSED:
        return "the test did not pass"
    doubt = _KINDS.get(test.test)
    if doubt is None:
        return f"central does not know what a test of kind {test.test} proves"
    if test.point is None or test.checkpoint_root is None:
        return "it does not say of which restore point, and under which checkpoint, it was made"
    if point is None:
        return "its restore point is in no list of the copy"
    if claim.issued is None:
        return "it was made under a checkpoint that this agent was never given"
    if claim.canary_at is not None and claim.canary_at > point.first_seen_at:
        return (
            "the canary that came back is younger than its restore point: it comes from elsewhere"
        )
    if _is_outdated(claim.listed, point, claim.issued):
        return "a newer restore point was known when its checkpoint was given"
    if any(each.holds is None for each in claim.answers):
        return "a question has no answer that central can judge"
    return doubt(claim, claim.issued, point.id)


def _is_outdated(
    listed: tuple[KnownPoint, ...], point: KnownPoint | VanishedPoint, issued: IssuedCheckpoint
) -> bool:
    """Say whether a newer restore point had been listed before the test can have begun."""
    known = [each for each in listed if not each.future and each.first_seen_at <= issued.issued_at]
    return any(each.started_at > point.started_at for each in known)


def _drew(claim: _Claim, issued: IssuedCheckpoint, point: ShortHash) -> str | None:
    test, manifest = claim.test, claim.manifest
    if manifest is None:
        return "no earlier statement signed the hashes that it was compared with"
    if manifest.received_at > issued.issued_at:
        return "its files were drawn by a checkpoint older than the hashes that were signed"
    return badly_drawn(test, point, issued.root, manifest) or badly_compared(
        test.draws, test.proof, manifest
    )


def _restored_all(claim: _Claim, issued: IssuedCheckpoint, point: ShortHash) -> str | None:
    compared = claim.test.compared
    if compared is None or not compared.matched:
        return "it does not say how the files beyond those drawn compared"
    return _drew(claim, issued, point) or _miscounted(claim.test, compared)


def _miscounted(test: RestoreTest, compared: Compared) -> str | None:
    """Say so where a full test does not tell of every signed file what became of it."""
    told = compared.matched + compared.mismatched + compared.missing + compared.changed
    matched = sum(each.result is DrawResult.MATCHED for each in test.draws)
    if told == compared.files == test.manifest_files and matched <= compared.matched:
        return None
    return "its counts do not add up to all files of the hashes that were signed"


def _came_to_life(claim: _Claim, _issued: IssuedCheckpoint, _point: ShortHash) -> str | None:
    database = claim.test.database
    if database is None:
        return "it does not say what stood in the restored database"
    if not database.tables or not database.rows:
        return "the restored database has no table, or no row"
    return None


def _was_read(claim: _Claim, _issued: IssuedCheckpoint, _point: ShortHash) -> str | None:
    compared = claim.test.compared
    return None if compared is not None and compared.files else "no file of the archive was read"


def _did_something(claim: _Claim, _issued: IssuedCheckpoint, _point: ShortHash) -> str | None:
    if claim.answers or claim.test.files_restored:
        return None
    return "it neither answered a question nor restored a file"


_KINDS: dict[str, Callable[[_Claim, IssuedCheckpoint, ShortHash], str | None]] = {
    "sample": _drew,
    "full": _restored_all,
    "database": _came_to_life,
    "archive": _was_read,
    "command": _did_something,
}
"""What each kind of test promises; a kind that is not here is never verified."""

KINDS = frozenset(_KINDS)
"""The kinds of restore tests that central can verify."""


def _listed(test: RestoreTest, copy: CopyEvidence) -> KnownPoint | VanishedPoint | None:
    """Return the test's restore point, also if it was taken away since: a test takes its time."""
    points: list[KnownPoint | VanishedPoint] = [*copy.vanished]
    if copy.listing is not None:
        points += copy.listing.points
    return next((point for point in points if point.id == test.point), None)


def _checkpoint_of(test: RestoreTest, evidence: ServerEvidence) -> IssuedCheckpoint | None:
    root = test.checkpoint_root
    return None if root is None else _issued(test.checkpoint_size, root, evidence)


def _issued(size: int, root: Hash, evidence: ServerEvidence) -> IssuedCheckpoint | None:
    checkpoints = () if evidence.agent is None else evidence.agent.checkpoints
    return next((one for one in checkpoints if (one.tree_size, one.root) == (size, root)), None)


def _issue_of(canary: CanaryReturn | None, evidence: ServerEvidence) -> datetime | None:
    """Return when central gave the checkpoint that the restored canary carries."""
    issued = None if canary is None else _issued(canary.tree_size, canary.root, evidence)
    return None if issued is None else issued.issued_at


def _signed_before(
    test: RestoreTest, evidence: ServerEvidence, at: Arrival
) -> SignedManifest | None:
    known = evidence.set(test.backup_set)
    for manifest in () if known is None else known.manifests:
        earlier = (manifest.epoch, manifest.number) < (at.epoch, at.number)
        if earlier and (manifest.root, manifest.files) == (test.manifest_root, test.manifest_files):
            return manifest
    return None
