from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import CanaryReturn, DrawResult, Outcome, Reason, RestoreTest
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import issued
from guardian.domain.proof import restore_seen, unproven
from tests.central.domain.making import (
    COPY,
    DAY,
    LIVE,
    SET,
    T0,
    LiveData,
    digest,
    given_checkpoint,
    point,
    point_id,
    points,
    told,
    unspoken,
)

AT = Arrival(epoch=1, number=2, received_at=T0, stated_at=T0)
NOT_DRAWN = "its files are not those that the checkpoint draws"
NOT_SIGNED = "a file drawn is not the one that the earlier statement signed"
NOT_BACK = "a file that came back is not the one that the earlier statement signed"
NO_MANIFEST = "no earlier statement signed the hashes that it was compared with"


LISTED = told(points(point(1, T0 - 2 * DAY), point(2, T0 - 2 * DAY))).copies[0].listing


def before(live: LiveData = LIVE) -> ServerEvidence:
    """Return evidence of an agent that signed a manifest and was given a checkpoint."""
    return given_checkpoint(told(live.manifest(), at=T0 - DAY), at=T0 - DAY)


def doubt(
    test: RestoreTest, evidence: ServerEvidence | None = None, at: Arrival = AT
) -> str | None:
    return unproven(test, evidence or before(), at, LISTED)


def with_draw(place: int, **fields: object) -> RestoreTest:
    """Return a good test with one of its draws changed."""
    draws = list(LIVE.draws())
    draws[place] = replace(draws[place], **fields)
    return LIVE.test(draws=tuple(draws))


def test_a_sound_test_is_proven() -> None:
    assert doubt(LIVE.test()) is None
    seen = restore_seen(LIVE.test(), before(), AT, LISTED)
    assert seen.verified
    assert seen.unverified_because == ""
    assert (seen.matched, seen.mismatched, seen.missing, seen.not_compared) == (12, 0, 0, 0)


@pytest.mark.parametrize("count", [1, 2, 11, 12, 13, 47, 48, 49, 200])
def test_every_size_of_live_data_can_be_proven(count: int) -> None:
    live = LiveData(count)
    assert doubt(live.test(), before(live)) is None


def test_a_copy_that_was_never_listed_proves_nothing() -> None:
    said = "its restore point is in no list of the copy"
    assert unproven(LIVE.test(), before(), AT, None) == said


def test_hashes_signed_when_the_draw_was_known_prove_nothing() -> None:
    early = given_checkpoint(told(at=T0 - 2 * DAY), at=T0 - 2 * DAY)
    late = told(LIVE.manifest(), after=early, at=T0 - DAY)
    said = "its files were drawn by a checkpoint older than the hashes that were signed"
    assert doubt(LIVE.test(), late, replace(AT, number=3)) == said


def test_files_that_cannot_be_compared_are_counted_and_passed_over() -> None:
    live = LiveData(60, not_hashed=frozenset(range(0, 60, 2)))
    seen = restore_seen(live.test(), before(live), AT, LISTED)
    assert seen.verified
    assert seen.matched == SAMPLE_FILES
    assert seen.not_compared > 0


def test_the_drawing_may_end_at_its_limit_with_few_compared() -> None:
    live = LiveData(500, not_hashed=frozenset(range(500)) - {LiveData(500).indices()[5]})
    test = live.test()
    assert len(test.draws) == MAX_DRAWS
    assert doubt(test, before(live)) is None


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (LIVE.test(outcome=Outcome.FAILED, reason=Reason.MISMATCH), "the test did not pass"),
        (LIVE.test(outcome=Outcome.NOT_PERFORMED), "the test did not pass"),
        (LIVE.test(point=None), "it does not say from which"),
        (LIVE.test(point=point_id(3)), "its restore point is in no list of the copy"),
        (LIVE.test(checkpoint_root=None), "it does not say from which"),
        (LIVE.test(manifest_root=None), "it does not say from which"),
        (LIVE.test(checkpoint_size=8), "a checkpoint that this agent was never given"),
        (LIVE.test(checkpoint_root=digest(1)), "a checkpoint that this agent was never given"),
        (LIVE.test(manifest_root=digest(1)), NO_MANIFEST),
        (LIVE.test(manifest_files=61), NO_MANIFEST),
        (LIVE.test(point=point_id(2)), NOT_DRAWN),
        (LIVE.test(draws=LIVE.draws()[::-1]), NOT_DRAWN),
        (LIVE.test(draws=LIVE.draws()[1:]), NOT_DRAWN),
        (LIVE.test(draws=()), "the drawing ended too early"),
        (LIVE.test(draws=LIVE.draws()[:-1]), "the drawing ended too early"),
        (
            LIVE.test(draws=tuple(LIVE.drawn(n) for n in LIVE.indices()[: SAMPLE_FILES + 1])),
            "the drawing went on too long",
        ),
        (LIVE.test(draws=LIVE.draws() * 5), NOT_DRAWN),
        (with_draw(0, size=77), NOT_SIGNED),
        (with_draw(3, modified_ns=77), NOT_SIGNED),
        (with_draw(3, path_hash=point_id(77)), NOT_SIGNED),
        (with_draw(3, content=digest(77)), NOT_SIGNED),
        (with_draw(3, proof=""), NOT_SIGNED),
        (with_draw(3, proof="zz"), NOT_SIGNED),
        (with_draw(11, restored=digest(77)), NOT_BACK),
        (with_draw(11, restored=None), NOT_BACK),
        (with_draw(11, result=DrawResult.MISMATCHED), NOT_BACK),
        (with_draw(11, result=DrawResult.MISSING), NOT_BACK),
    ],
)
def test_each_missing_link_is_named(test: RestoreTest, said: str) -> None:
    found = doubt(test)
    assert found is not None
    assert said in found
    assert not restore_seen(test, before(), AT, LISTED).verified


def test_a_file_without_a_signed_hash_cannot_have_matched() -> None:
    live = LiveData(1, not_hashed=frozenset({0}))
    matched = live.drawn(0, result=DrawResult.MATCHED, restored=digest(1))
    assert doubt(live.test(draws=(matched,)), before(live)) == NOT_BACK


def test_a_file_with_a_signed_hash_cannot_count_as_never_hashed() -> None:
    live = LiveData(1)
    skipped = live.drawn(0, result=DrawResult.NOT_HASHED, restored=None)
    found = doubt(live.test(draws=(skipped,)), before(live))
    assert found == "a file counts as never hashed whose hash was signed"


def test_a_test_that_compared_nothing_proves_nothing() -> None:
    live = LiveData(3)
    draws = tuple(live.drawn(n, result=DrawResult.CHANGED) for n in live.indices())
    assert doubt(live.test(draws=draws), before(live)) == "no file was compared"
    empty = LiveData(0)
    assert doubt(empty.test(draws=()), before(empty)) == "no file was compared"


def test_the_manifest_must_be_of_an_earlier_statement() -> None:
    signed = before()
    same = replace(AT, number=1)
    assert doubt(LIVE.test(), signed, same) == NO_MANIFEST
    assert doubt(LIVE.test(), signed, replace(AT, epoch=2, number=1)) is None
    assert doubt(LIVE.test(), signed, replace(AT, epoch=0, number=99)) == NO_MANIFEST


def test_the_manifest_must_be_of_the_same_backup_set() -> None:
    elsewhere = replace(LIVE.test(), backup_set=Name("other"))
    assert doubt(elsewhere) == NO_MANIFEST


def test_the_files_are_drawn_for_one_copy() -> None:
    assert doubt(replace(LIVE.test(), copy=Name("cloud"))) == NOT_DRAWN


def test_an_agent_never_heard_of_has_no_checkpoint() -> None:
    found = doubt(LIVE.test(), unspoken())
    assert found is not None
    assert "never given" in found


def test_a_manifest_in_the_same_statement_is_too_late() -> None:
    evidence = given_checkpoint(told(at=T0 - DAY), at=T0 - DAY)
    listed = points(point(1, T0 - 2 * DAY))
    evidence = told(LIVE.manifest(), listed, LIVE.test(), after=evidence)
    copy = evidence.copy(SET, COPY)
    assert copy is not None
    assert copy.restore is not None
    assert copy.restore.unverified_because == NO_MANIFEST


def test_a_returned_canary_dates_the_backup_by_centrals_own_time() -> None:
    issued_at = T0 - 2 * DAY
    evidence = issued(before(), 3, digest(3), issued_at)
    canary = CanaryReturn(tree_size=3, root=digest(3))
    seen = restore_seen(LIVE.test(canary=canary), evidence, AT, LISTED)
    assert seen.proven_not_older_than == issued_at
    forged = CanaryReturn(tree_size=3, root=digest(4))
    assert (
        restore_seen(LIVE.test(canary=forged), evidence, AT, LISTED).proven_not_older_than is None
    )


def test_what_failed_is_counted() -> None:
    first, second, third = LIVE.indices()[:3]
    draws = (
        LIVE.drawn(first, result=DrawResult.MISMATCHED, restored=digest(1)),
        LIVE.drawn(second, result=DrawResult.MISSING, restored=None),
        LIVE.drawn(third, result=DrawResult.NOT_IN_POINT, restored=None),
    )
    seen = restore_seen(LIVE.test(outcome=Outcome.FAILED, draws=draws), before(), AT, LISTED)
    assert (seen.matched, seen.mismatched, seen.missing, seen.not_compared) == (0, 1, 1, 1)
