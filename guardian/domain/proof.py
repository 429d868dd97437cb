"""Whether a restore test proves what it says.

A test is believed when all of this holds:

- it passed, and compared at least one file;
- its restore point stands in the copy's own list;
- the checkpoint that drew the files is one that central gave to this agent;
- the live data's manifest was signed in an earlier statement, and before that checkpoint was given:
  who knows what will be drawn can make a manifest to suit;
- the files are those that the checkpoint draws, in that order, and the drawing ended where the
  rules end it, so that none was picked and none left out;
- each file's leaf is in the manifest, and what came back has the hash that the leaf carries.

Its date is believed as far as a day after that checkpoint: the same proof sent again later, with a
later date, is no younger for it. Everything else is kept as what it is: something an agent said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from guardian_agent.wire.manifest import verify_draw
from guardian_agent.wire.names import Hash, ShortHash
from guardian_agent.wire.observations import CanaryReturn, Draw, DrawResult, Outcome, RestoreTest
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES, draw, seed

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import (
    IssuedCheckpoint,
    Listing,
    RestoreSeen,
    ServerEvidence,
    SignedManifest,
)
from guardian.domain.words import later

TESTED_WITHIN = timedelta(days=1)
"""How long after its checkpoint was given a test is believed to have been made."""
NOT_COMPARED = (DrawResult.CHANGED, DrawResult.NOT_HASHED, DrawResult.NOT_IN_POINT)


def restore_seen(
    test: RestoreTest, evidence: ServerEvidence, at: Arrival, listing: Listing | None
) -> RestoreSeen:
    """Return a test with central's own verdict on it.

    Args:
        test: what the agent states.
        evidence: what was known before the statement that carries the test.
        at: that statement.
        listing: the newest list of the copy's restore points, that statement's included.
    """
    doubt = unproven(test, evidence, at, listing)
    results = [drawn.result for drawn in test.draws]
    return RestoreSeen(
        received_at=at.received_at,
        test=test.test,
        outcome=test.outcome,
        reason=test.reason,
        started_at=_believable(test, evidence),
        duration_seconds=test.duration_seconds,
        files_restored=test.files_restored,
        bytes_restored=test.bytes_restored,
        matched=results.count(DrawResult.MATCHED),
        mismatched=results.count(DrawResult.MISMATCHED),
        missing=results.count(DrawResult.MISSING),
        not_compared=sum(result in NOT_COMPARED for result in results),
        verified=doubt is None,
        unverified_because=doubt or "",
        proven_not_older_than=_issue_of(test.canary, evidence),
    )


def _believable(test: RestoreTest, evidence: ServerEvidence) -> datetime:
    """Return the test's beginning, held down to a day after the checkpoint that drew its files."""
    root = test.checkpoint_root
    drawn_by = None if root is None else _issued(test.checkpoint_size, root, evidence)
    if drawn_by is None:
        return test.started_at
    return min(test.started_at, later(drawn_by.issued_at, TESTED_WITHIN))


def unproven(
    test: RestoreTest, evidence: ServerEvidence, at: Arrival, listing: Listing | None
) -> str | None:
    """Say which link of the proof is missing, or None when all of them hold."""
    if test.outcome is not Outcome.PASSED:
        return "the test did not pass"
    if test.point is None or test.checkpoint_root is None or test.manifest_root is None:
        return "it does not say from which restore point, checkpoint and manifest it was drawn"
    if listing is None or all(point.id != test.point for point in listing.points):
        return "its restore point is in no list of the copy"
    checkpoint = _issued(test.checkpoint_size, test.checkpoint_root, evidence)
    if checkpoint is None:
        return "its files were drawn by a checkpoint that this agent was never given"
    manifest = _signed_before(test, evidence, at)
    if manifest is None:
        return "no earlier statement signed the hashes that it was compared with"
    if manifest.received_at > checkpoint.issued_at:
        return "its files were drawn by a checkpoint older than the hashes that were signed"
    return _badly_drawn(test, test.point, test.checkpoint_root, manifest) or _badly_compared(
        test.draws, manifest
    )


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


def _badly_drawn(
    test: RestoreTest, point: ShortHash, root: Hash, manifest: SignedManifest
) -> str | None:
    """Draw the files again, and say where the test departs from the rules."""
    drawn = [each.index for each in test.draws]
    chosen_by = seed(root, test.checkpoint_size, test.backup_set, test.copy, point)
    expected = list(islice(draw(chosen_by, manifest.files), MAX_DRAWS))
    if drawn != expected[: len(drawn)]:
        return "its files are not those that the checkpoint draws"
    compared = [each.result not in NOT_COMPARED for each in test.draws]
    if sum(compared) < SAMPLE_FILES and len(drawn) < len(expected):
        return "the drawing ended too early"
    if sum(compared[:-1]) >= SAMPLE_FILES:
        return "the drawing went on too long"
    return None


def _badly_compared(draws: Sequence[Draw], manifest: SignedManifest) -> str | None:
    for each in draws:
        if not verify_draw(each, manifest.root, manifest.files):
            return "a file drawn is not the one that the earlier statement signed"
        if each.result is DrawResult.NOT_HASHED and each.content is not None:
            return "a file counts as never hashed whose hash was signed"
        if each.result not in NOT_COMPARED and not _came_back(each):
            return "a file that came back is not the one that the earlier statement signed"
    if all(each.result in NOT_COMPARED for each in draws):
        return "no file was compared"
    return None


def _came_back(each: Draw) -> bool:
    return (
        each.result is DrawResult.MATCHED
        and each.content is not None
        and each.restored == each.content
    )
