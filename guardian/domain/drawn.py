"""Whether the files that a restore test drew are the right ones, and came back as signed."""

from __future__ import annotations

from collections.abc import Sequence

from guardian_agent.wire.manifest import verify_draws
from guardian_agent.wire.names import Hash, ShortHash
from guardian_agent.wire.observations import Draw, DrawResult, RestoreTest
from guardian_agent.wire.sampling import SAMPLE_FILES, draw, seed

from guardian.domain.evidence import SignedManifest

NOT_COMPARED = (DrawResult.CHANGED, DrawResult.NOT_HASHED, DrawResult.NOT_IN_POINT)


def badly_drawn(
    test: RestoreTest, point: ShortHash, checkpoint: Hash, manifest: SignedManifest
) -> str | None:
    """Draw the files again, and say where the test departs from the rules; None: nowhere."""
    drawn = [each.index for each in test.draws]
    chosen_by = seed(checkpoint, test.checkpoint_size, test.backup_set, test.copy, point)
    expected = list(draw(chosen_by, manifest.files))
    if drawn != expected[: len(drawn)]:
        return "its files are not those that the checkpoint draws"
    compared = [each.result not in NOT_COMPARED for each in test.draws]
    if sum(compared) < SAMPLE_FILES and len(drawn) < len(expected):
        return "the drawing ended too early"
    if sum(compared[:-1]) >= SAMPLE_FILES:
        return "the drawing went on too long"
    return None


def badly_compared(
    draws: Sequence[Draw], proof: Sequence[Hash], manifest: SignedManifest
) -> str | None:
    """Say what speaks against the comparison; None: nothing."""
    if all(each.result in NOT_COMPARED for each in draws):
        return "no file was compared"
    if not verify_draws(draws, proof, manifest.root, manifest.files):
        return "the files drawn are not proven to be those that the earlier statement signed"
    for each in draws:
        if each.result is DrawResult.NOT_HASHED and each.content is not None:
            return "a file counts as never hashed whose hash was signed"
        if each.result not in NOT_COMPARED and not _came_back(each):
            return "a file that came back is not the one that the earlier statement signed"
    return None


def _came_back(each: Draw) -> bool:
    """Say whether a file of a passed test is what was signed; None as `restored`: just that."""
    return each.content is not None and each.restored in (None, each.content)
