from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import (
    CanaryReturn,
    Comparison,
    DrawResult,
    Outcome,
    Reason,
    RestoreTest,
)
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import RestoreSeen, ServerEvidence
from guardian.domain.fold import issued
from guardian.domain.proof import KINDS, MAX_ANSWERS, TESTED_WITHIN, restore_seen
from tests.agent.wire.examples import values
from tests.central.domain.making import (
    CHECKPOINT,
    COPY,
    DAY,
    HOUR,
    LIVE,
    SECOND,
    SET,
    T0,
    LiveData,
    answer,
    compared,
    coverage,
    database,
    digest,
    given_checkpoint,
    point,
    point_id,
    points,
    restored,
    told,
    unspoken,
)

AT = Arrival(epoch=1, number=2, received_at=T0, stated_at=T0)
NOT_PASSED = "the test did not pass"
NOT_DRAWN = "its files are not those that the checkpoint draws"
NOT_SIGNED = "the files drawn are not proven to be those that the earlier statement signed"
NOT_BACK = "a file that came back is not the one that the earlier statement signed"
NO_MANIFEST = "no earlier statement signed the hashes that it was compared with"
NEVER_GIVEN = "it was made under a checkpoint that this agent was never given"
NOT_ALL = "its counts do not add up to all files of the hashes that were signed"
OLD_POINT = "a newer restore point was known when its checkpoint was given"
NOT_FROM_POINT = (
    "the canary that came back is younger than its restore point: it comes from elsewhere"
)
NO_ANSWER = "a question has no answer that central can judge"

LISTED = told(points(point(1, T0 - 2 * DAY), point(2, T0 - 2 * DAY))).copies[0]
SOME = LiveData(700, not_hashed=frozenset(range(0, 700, 5)))
"""More files than are ever drawn, a fifth of them not comparable."""


def before(live: LiveData = LIVE) -> ServerEvidence:
    """Return evidence of an agent that signed a manifest and was given a checkpoint."""
    return given_checkpoint(told(live.manifest(), at=T0 - DAY), at=T0 - DAY)


SIGNED, SOME_SIGNED = before(), before(SOME)


def seen(test: RestoreTest, evidence: ServerEvidence = SIGNED, at: Arrival = AT) -> RestoreSeen:
    return restore_seen(test, evidence, at, LISTED)


def doubt(test: RestoreTest, evidence: ServerEvidence = SIGNED, at: Arrival = AT) -> str | None:
    """Return which link is missing, None when the test is verified."""
    found = seen(test, evidence, at)
    assert found.verified == (found.unverified_because == "")
    return found.unverified_because or None


def with_draw(place: int, **fields: object) -> RestoreTest:
    """Return a good test with one of its draws changed."""
    draws = list(LIVE.draws())
    draws[place] = replace(draws[place], **fields)
    return LIVE.test(draws=tuple(draws))


class TestSample:
    def test_a_sound_one_is_proven(self) -> None:
        found = seen(LIVE.test())
        assert found.verified
        assert (found.matched, found.mismatched, found.missing, found.not_compared) == (60, 0, 0, 0)
        assert (found.population, found.point) == (60, point_id(1))

    @pytest.mark.parametrize("count", [1, 2, 298, 299, 300, 399, 400, 401, 1000])
    def test_every_size_of_live_data_can_be_proven(self, count: int) -> None:
        live = LiveData(count)
        test = live.test()
        assert len(test.draws) == min(count, SAMPLE_FILES)
        assert doubt(test, before(live)) is None

    def test_files_that_cannot_be_compared_are_counted_and_passed_over(self) -> None:
        found = seen(SOME.test(), SOME_SIGNED)
        assert found.verified
        assert found.matched == SAMPLE_FILES
        assert found.not_compared > 0

    def test_the_drawing_may_end_at_its_limit_with_few_compared(self) -> None:
        hashed = LiveData(500).indices()[5]
        live = LiveData(500, not_hashed=frozenset(range(500)) - {hashed})
        test = live.test()
        assert len(test.draws) == MAX_DRAWS
        assert doubt(test, before(live)) is None

    def test_of_few_files_all_are_drawn(self) -> None:
        live = LiveData(350, not_hashed=frozenset(range(100)))
        test = live.test()
        assert len(test.draws) == 350
        assert doubt(test, before(live)) is None
        less = live.test(draws=test.draws[:-1])
        assert doubt(less, before(live)) == "the drawing ended too early"

    def test_hashes_of_what_came_back_may_be_told_as_well(self) -> None:
        draws = tuple(replace(each, restored=each.content) for each in LIVE.draws())
        assert doubt(LIVE.test(draws=draws)) is None

    def test_one_proof_must_hold_for_every_draw_changed_or_compared(self) -> None:
        test = SOME.test()
        skipped = next(n for n, each in enumerate(test.draws) if each.content is None)
        draws = list(test.draws)
        draws[skipped] = replace(draws[skipped], size=77, result=DrawResult.CHANGED)
        assert doubt(replace(test, draws=tuple(draws)), SOME_SIGNED) == NOT_SIGNED
        assert doubt(replace(test, proof=test.proof[:-1]), SOME_SIGNED) == NOT_SIGNED
        assert doubt(replace(test, proof=(*test.proof, digest(1))), SOME_SIGNED) == NOT_SIGNED
        assert doubt(replace(test, proof=()), SOME_SIGNED) == NOT_SIGNED

    def test_hashes_signed_when_the_draw_was_known_prove_nothing(self) -> None:
        early = given_checkpoint(told(at=T0 - 2 * DAY), at=T0 - 2 * DAY)
        late = told(LIVE.manifest(), after=early, at=T0 - DAY)
        said = "its files were drawn by a checkpoint older than the hashes that were signed"
        assert doubt(LIVE.test(), late, replace(AT, number=3)) == said

    @pytest.mark.parametrize(
        ("test", "said"),
        [
            (LIVE.test(outcome=Outcome.FAILED, reason=Reason.MISMATCH), NOT_PASSED),
            (LIVE.test(outcome=Outcome.NOT_PERFORMED), NOT_PASSED),
            (LIVE.test(point=None), "it does not say of which restore point"),
            (LIVE.test(point=point_id(3)), "its restore point is in no list of the copy"),
            (LIVE.test(checkpoint_root=None), "and under which checkpoint, it was made"),
            (LIVE.test(manifest_root=None), NO_MANIFEST),
            (LIVE.test(checkpoint_size=8), NEVER_GIVEN),
            (LIVE.test(checkpoint_root=digest(1)), NEVER_GIVEN),
            (LIVE.test(manifest_root=digest(1)), NO_MANIFEST),
            (LIVE.test(manifest_files=61), NO_MANIFEST),
            (LIVE.test(point=point_id(2)), NOT_DRAWN),
            (LIVE.test(draws=LIVE.draws()[::-1]), NOT_DRAWN),
            (LIVE.test(draws=LIVE.draws()[1:]), NOT_DRAWN),
            (LIVE.test(draws=()), "the drawing ended too early"),
            (LIVE.test(draws=LIVE.draws()[:-1]), "the drawing ended too early"),
            (LIVE.test(draws=LIVE.draws() * 9), NOT_DRAWN),
            (with_draw(0, size=77), NOT_SIGNED),
            (with_draw(3, modified_ns=77), NOT_SIGNED),
            (with_draw(3, path_hash=point_id(77)), NOT_SIGNED),
            (with_draw(3, content=digest(77)), NOT_SIGNED),
            (LIVE.test(proof=(digest(1),)), NOT_SIGNED),
            (with_draw(11, restored=digest(77)), NOT_BACK),
            (with_draw(11, result=DrawResult.MISMATCHED), NOT_PASSED),
            (with_draw(11, result=DrawResult.MISSING), NOT_PASSED),
        ],
    )
    def test_each_missing_link_is_named(self, test: RestoreTest, said: str) -> None:
        assert said in (doubt(test) or "")

    def test_going_on_after_enough_were_compared_is_picking(self) -> None:
        draws = tuple(SOME.drawn(n) for n in SOME.indices())
        assert doubt(SOME.test(draws=draws), SOME_SIGNED) == "the drawing went on too long"

    def test_a_file_without_a_signed_hash_cannot_have_matched(self) -> None:
        live = LiveData(1, not_hashed=frozenset({0}))
        matched = live.drawn(0, result=DrawResult.MATCHED, restored=digest(1))
        assert doubt(live.test(draws=(matched,)), before(live)) == NOT_BACK

    def test_a_file_with_a_signed_hash_cannot_count_as_never_hashed(self) -> None:
        said = "a file counts as never hashed whose hash was signed"
        assert doubt(with_draw(3, result=DrawResult.NOT_HASHED)) == said

    def test_one_that_compared_nothing_proves_nothing(self) -> None:
        live = LiveData(3)
        draws = tuple(live.drawn(n, result=DrawResult.CHANGED) for n in live.indices())
        assert doubt(live.test(draws=draws), before(live)) == "no file was compared"
        empty = LiveData(0)
        assert doubt(empty.test(draws=()), before(empty)) == "no file was compared"

    def test_the_manifest_must_be_of_an_earlier_statement(self) -> None:
        assert doubt(LIVE.test(), at=replace(AT, number=1)) == NO_MANIFEST
        assert doubt(LIVE.test(), at=replace(AT, epoch=2, number=1)) is None
        assert doubt(LIVE.test(), at=replace(AT, epoch=0, number=99)) == NO_MANIFEST
        assert seen(LIVE.test(), at=replace(AT, number=1)).population == 0

    def test_the_manifest_must_be_of_the_same_backup_set(self) -> None:
        assert doubt(replace(LIVE.test(), backup_set=Name("other"))) == NO_MANIFEST

    def test_the_files_are_drawn_for_one_copy(self) -> None:
        assert doubt(replace(LIVE.test(), copy=Name("cloud"))) == NOT_DRAWN

    def test_a_manifest_in_the_same_statement_is_too_late(self) -> None:
        evidence = given_checkpoint(told(at=T0 - DAY), at=T0 - DAY)
        listed = points(point(1, T0 - 2 * DAY))
        evidence = told(LIVE.manifest(), listed, LIVE.test(), after=evidence)
        copy = evidence.copy(SET, COPY)
        assert copy is not None
        assert copy.restore is not None
        assert copy.restore.unverified_because == NO_MANIFEST


class TestFull:
    def test_a_sound_one_is_proven(self) -> None:
        assert doubt(LIVE.full()) is None

    @pytest.mark.parametrize(
        ("test", "said"),
        [
            (LIVE.full(compared=None), "how the files beyond those drawn compared"),
            (LIVE.full(compared=compared(0)), "how the files beyond those drawn compared"),
            (LIVE.full(compared=compared(59)), NOT_ALL),
            (LIVE.full(compared=compared(61)), NOT_ALL),
            (LIVE.full(compared=replace(compared(60), matched=59)), NOT_ALL),
            (LIVE.full(compared=replace(compared(60), matched=59, changed=1)), NOT_ALL),
            (LIVE.full(compared=compared(60, mismatched=1)), NOT_PASSED),
            (LIVE.full(draws=()), "the drawing ended too early"),
            (LIVE.full(manifest_root=None), NO_MANIFEST),
            (LIVE.full(proof=(digest(1),)), NOT_SIGNED),
        ],
    )
    def test_it_draws_under_the_same_rules(self, test: RestoreTest, said: str) -> None:
        assert said in (doubt(test) or "")


class TestKindsWithoutDraws:
    @pytest.mark.parametrize("kind", ["database", "archive", "command"])
    def test_a_sound_one_is_proven(self, kind: str) -> None:
        assert doubt(restored(kind)) is None

    @pytest.mark.parametrize("kind", ["database", "archive", "command"])
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"outcome": Outcome.NOT_PERFORMED}, NOT_PASSED),
            ({"point": None}, "it does not say of which restore point"),
            ({"point": point_id(3)}, "its restore point is in no list of the copy"),
            ({"checkpoint_root": None}, "and under which checkpoint, it was made"),
            ({"checkpoint_size": 8}, NEVER_GIVEN),
            ({"answers": (answer(None, reason=Reason.NO_ANSWER),)}, NO_ANSWER),
            ({"answers": (answer(), answer(comparison=Comparison.NEWER_THAN))}, NO_ANSWER),
            ({"answers": (answer(1.0),)}, NOT_PASSED),
        ],
    )
    def test_the_links_are_the_same(self, kind: str, fields: dict[str, object], said: str) -> None:
        assert said in (doubt(restored(kind, **fields)) or "")

    @pytest.mark.parametrize(
        ("test", "said"),
        [
            (restored("database", database=None), "what stood in the restored database"),
            (restored("database", database=database(rows=0)), "has no table, or no row"),
            (restored("database", database=database(tables=0)), "has no table, or no row"),
            (restored("archive", compared=None), "no file of the archive was read"),
            (restored("archive", compared=compared(0)), "no file of the archive was read"),
            (restored("archive", compared=compared(3, mismatched=1)), NOT_PASSED),
            (restored("archive", compared=compared(3, missing=1)), NOT_PASSED),
            (
                restored("command", answers=(), files_restored=0),
                "it neither answered a question nor restored a file",
            ),
        ],
    )
    def test_each_must_do_what_it_promises(self, test: RestoreTest, said: str) -> None:
        assert said in (doubt(test) or "")

    def test_a_command_may_restore_files_without_an_answer(self) -> None:
        assert doubt(restored("command", answers=(), files_restored=1)) is None

    @pytest.mark.parametrize("kind", ["vm", "samples", "unknown"])
    def test_a_kind_that_central_does_not_know_is_never_verified(self, kind: str) -> None:
        said = f"central does not know what a test of kind {kind} proves"
        everything = {"database": database(), "compared": compared(3), "answers": (answer(),)}
        assert doubt(LIVE.test(test=Slug(kind), **everything)) == said

    def test_an_agent_never_heard_of_has_no_checkpoint(self) -> None:
        for test in (LIVE.test(), restored()):
            assert doubt(test, unspoken()) == NEVER_GIVEN

    def test_a_copy_that_was_never_listed_proves_nothing(self) -> None:
        for test in (LIVE.test(), restored()):
            found = restore_seen(test, SIGNED, AT, replace(LISTED, listing=None))
            assert found.unverified_because == "its restore point is in no list of the copy"

    def test_a_point_may_have_been_taken_away_since(self) -> None:
        listed = told(points(point(1, T0 - 2 * DAY)), at=T0 - DAY)
        pruned = told(points(point(2, T0)), after=listed).copies[0]
        for test in (LIVE.test(), restored()):
            found = restore_seen(test, SIGNED, AT, pruned)
            assert found.verified
            assert found.point_started_at == T0 - 2 * DAY

    @pytest.mark.parametrize(
        ("newer", "seen_at", "said"),
        [
            pytest.param(point(2, T0 - 2 * DAY), T0 - DAY, OLD_POINT, id="known"),
            pytest.param(point(2, T0 - 2 * DAY), T0 - DAY + SECOND, "", id="not-known-yet"),
            pytest.param(point(2, T0 - 3 * DAY), T0 - DAY, "", id="as-old"),
            pytest.param(point(2, T0 + 9 * DAY), T0 - DAY, "", id="dated-in-the-future"),
        ],
    )
    def test_the_newest_point_is_tested_that_there_was(self, newer, seen_at, said) -> None:  # type: ignore[no-untyped-def]
        old = point(1, T0 - 3 * DAY)
        known = told(points(newer, old), after=told(points(old), at=T0 - 2 * DAY), at=seen_at)
        for test in (LIVE.test(), restored()):
            found = restore_seen(test, SIGNED, AT, known.copies[0])
            assert found.unverified_because == said
            pruned = told(points(old), after=known).copies[0]
            assert restore_seen(test, SIGNED, AT, pruned).verified

    def test_a_canary_from_after_the_point_was_listed_does_not_come_from_it(self) -> None:
        listed = told(points(point(1, T0 - 3 * DAY)), at=T0 - 2 * DAY)
        gone = told(points(point(2, T0 - HOUR)), after=listed)
        back = CanaryReturn(tree_size=3, root=digest(3))
        for test in (LIVE.test(canary=back), restored(canary=back)):
            for known in (listed, gone):
                for issued_at, said in (
                    (T0 - 2 * DAY, ""),
                    (T0 - 2 * DAY + SECOND, NOT_FROM_POINT),
                ):
                    evidence = issued(SIGNED, 3, digest(3), issued_at)
                    found = restore_seen(test, evidence, AT, known.copies[0])
                    assert found.unverified_because == said


class TestOwnVerdict:
    @pytest.mark.parametrize(
        ("test", "reason"),
        [
            (restored(answers=(answer(), answer(9.0))), Reason.WRONG_ANSWER),
            (restored("command", answers=(answer(9.0), answer(None))), Reason.WRONG_ANSWER),
            (with_draw(11, result=DrawResult.MISMATCHED), Reason.MISMATCH),
            (with_draw(11, result=DrawResult.MISSING), Reason.MISSING_FILE),
            (LIVE.test(compared=compared(mismatched=1, missing=1)), Reason.MISMATCH),
            (LIVE.test(compared=compared(missing=1)), Reason.MISSING_FILE),
            (restored("archive", compared=compared(missing=1)), Reason.MISSING_FILE),
        ],
    )
    def test_passed_over_something_wrong_is_failed(self, test: RestoreTest, reason: Reason) -> None:
        assert test.outcome is Outcome.PASSED
        found = seen(test)
        assert (found.outcome, found.reason) == (Outcome.FAILED, reason)
        assert not found.verified

    def test_what_the_agent_calls_failed_or_not_performed_stays_so(self) -> None:
        wrong = (answer(9.0),)
        for outcome in (Outcome.FAILED, Outcome.NOT_PERFORMED):
            found = seen(restored(outcome=outcome, reason=Reason.TIMEOUT, answers=wrong))
            assert (found.outcome, found.reason) == (outcome, Reason.TIMEOUT)

    def test_of_too_many_answers_the_wrong_ones_are_remembered(self) -> None:
        many = (*[answer()] * MAX_ANSWERS, answer(None), answer(9.0))
        found = seen(restored(answers=many))
        assert found.reason is Reason.WRONG_ANSWER
        assert [each.holds for each in found.answers[:3]] == [None, False, True]
        assert len(found.answers) == MAX_ANSWERS
        assert len(seen(restored(answers=many[:MAX_ANSWERS])).answers) == MAX_ANSWERS

    def test_a_time_is_held_against_the_point_as_it_is_listed(self) -> None:
        recent = answer(
            None, comparison=Comparison.NEWER_THAN, expected=3600.0, moment=T0 - 2 * DAY
        )
        lied = seen(restored(answers=(recent,), point_started_at=T0 + DAY))
        assert lied.verified
        assert lied.point_started_at == T0 - 2 * DAY
        unlisted = restored(answers=(recent,), point_started_at=T0, point=point_id(3))
        assert seen(unlisted).outcome is Outcome.FAILED
        unsaid = seen(restored(answers=(recent,), point=point_id(3)))
        assert (unsaid.outcome, unsaid.point_started_at) == (Outcome.PASSED, None)

    def test_what_failed_is_counted(self) -> None:
        first, second, third = LIVE.indices()[:3]
        draws = (
            LIVE.drawn(first, result=DrawResult.MISMATCHED, restored=digest(1)),
            LIVE.drawn(second, result=DrawResult.MISSING),
            LIVE.drawn(third, result=DrawResult.NOT_IN_POINT),
        )
        found = seen(LIVE.test(outcome=Outcome.FAILED, draws=draws))
        assert (found.matched, found.mismatched, found.missing, found.not_compared) == (0, 1, 1, 1)


class TestDates:
    def test_a_returned_canary_dates_the_backup_by_centrals_own_time(self) -> None:
        issued_at = T0 - 2 * DAY
        evidence = issued(SIGNED, 3, digest(3), issued_at)
        for test in (LIVE.test, restored):
            found = seen(test(canary=CanaryReturn(tree_size=3, root=digest(3))), evidence)
            assert found.proven_not_older_than == issued_at
            forged = seen(test(canary=CanaryReturn(tree_size=3, root=digest(4))), evidence)
            assert forged.proven_not_older_than is None

    @pytest.mark.parametrize("test", [LIVE.test, restored])
    @pytest.mark.parametrize(
        "claimed",
        [
            {"started_at": T0 + 30 * DAY},
            {"started_at": T0 - HOUR, "duration_seconds": 9e18},
            {"started_at": T0 + 9 * DAY, "duration_seconds": 40 * DAY.total_seconds()},
        ],
    )
    def test_the_same_proof_stated_again_is_no_younger(self, test, claimed) -> None:  # type: ignore[no-untyped-def]
        late = Arrival(epoch=1, number=9, received_at=T0 + 60 * DAY, stated_at=T0 + 60 * DAY)
        # The checkpoint was given a day before T0.
        assert seen(test(**claimed), at=late).ended_at == T0
        assert seen(test(**claimed), at=late).started_at <= T0

    def test_without_a_checkpoint_a_date_is_the_agents_own(self) -> None:
        found = seen(restored(checkpoint_root=None, started_at=T0 - 9 * DAY))
        assert found.believed_until is None
        assert found.ended_at == T0 - 9 * DAY + 30 * SECOND


def test_all_that_was_stated_is_kept() -> None:
    test = LIVE.full(
        fixed_seconds=2.0,
        whole_files=70,
        whole_bytes=7000,
        coverage=coverage(untested_since=T0),
        database=database(),
        canary_expected=True,
    )
    found = seen(test)
    for field in (
        *("test", "outcome", "reason", "started_at", "duration_seconds", "fixed_seconds"),
        *("files_restored", "bytes_restored", "whole_files", "whole_bytes", "compared"),
        *("coverage", "database", "canary_expected", "point"),
    ):
        assert getattr(found, field) == getattr(test, field), field
    assert found.believed_until == T0 - DAY + TESTED_WITHIN


@given(values(RestoreTest))
def test_whatever_is_stated_is_judged(test: RestoreTest) -> None:
    for stated in (test, replace(test, test=Slug("full")), replace(test, test=Slug("database"))):
        assert not seen(stated).verified
        assert seen(stated).ended_at <= T0


FIELDS = st.sampled_from(
    [
        {},
        {"checkpoint_size": CHECKPOINT[0] + 1},
        {"point": point_id(2)},
        {"proof": (digest(1),)},
        {"draws": LIVE.draws()[:5]},
        {"outcome": Outcome.FAILED},
        {"database": database(), "answers": (answer(),)},
        {"compared": compared(1)},
    ]
)


@given(st.sampled_from([*sorted(KINDS), "junk"]), FIELDS, FIELDS)
def test_only_what_passed_is_verified(kind, some, more) -> None:  # type: ignore[no-untyped-def]
    found = seen(LIVE.test(**{"test": Slug(kind), **some, **more}))
    if found.verified:
        assert found.outcome is Outcome.PASSED
        assert kind in KINDS
        assert found.believed_until is not None
        assert found.ended_at <= found.believed_until
