from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import DrawResult, JobRun, Observation, Outcome, Reason

from guardian.domain.asset import Obligation, Subject
from guardian.domain.evidence import CopyEvidence
from guardian.domain.ladder import Limits, Rung, Standing, limits, standing
from guardian.domain.storage import NoLook
from tests.central.domain.making import (
    CANARY,
    CHECKS,
    COPY,
    COPY_ASSET,
    DAY,
    HOUR,
    LIVE,
    SECOND,
    SET,
    T0,
    agreements,
    answer,
    compared,
    contents,
    encryption,
    failure,
    given_checkpoint,
    healthy,
    integrity,
    point,
    points,
    restored,
    told,
)

LIMITS = Limits()
LISTED = points(point(1, T0 - 9 * DAY))


CHANGED = tuple(
    LIVE.drawn(index, result=DrawResult.CHANGED) if place else LIVE.drawn(index)
    for place, index in enumerate(LIVE.indices())
)
"""One file of 60 could be compared."""
FEW = LIVE.test(draws=CHANGED)
FEW_OF_ALL = LIVE.full(
    draws=CHANGED, canary=CANARY, compared=replace(compared(60), matched=1, changed=59)
)


def copy_of(*observations: Observation, **fields: object) -> CopyEvidence | None:
    before = given_checkpoint(told(LIVE.manifest(), at=T0 - DAY))
    return told(*observations, after=before, **fields).copy(SET, COPY)


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        pytest.param((), Rung.UNKNOWN, id="nothing"),
        pytest.param((contents(1),), Rung.CLAIMED, id="contents-alone"),
        pytest.param((LISTED,), Rung.OBSERVED, id="listed"),
        pytest.param((LISTED, integrity()), Rung.INTACT, id="read"),
        pytest.param((LISTED, integrity(read=0.0)), Rung.OBSERVED, id="structure-only"),
        pytest.param(
            (LISTED, integrity(Outcome.FAILED, reason=Reason.DAMAGED)), Rung.OBSERVED, id="damaged"
        ),
        pytest.param((LISTED, integrity(), LIVE.test()), Rung.RESTORED, id="restored"),
        pytest.param((LIVE.test(),), Rung.CLAIMED, id="restored-from-no-listed-point"),
        pytest.param((LIVE.test(checkpoint_size=9),), Rung.CLAIMED, id="unproven"),
        pytest.param(
            (LIVE.test(), LIVE.test(outcome=Outcome.FAILED)), Rung.CLAIMED, id="then-failed"
        ),
        pytest.param((integrity(), integrity(Outcome.FAILED)), Rung.CLAIMED, id="read-then-failed"),
        pytest.param((points(), integrity(), LIVE.test()), Rung.UNKNOWN, id="empty"),
        pytest.param((LISTED, integrity(read=0.1)), Rung.OBSERVED, id="shares-read"),
        pytest.param(
            (LISTED, integrity(read=0.1, part=3, parts=10)), Rung.INTACT, id="read-in-turns"
        ),
        pytest.param((LISTED, LIVE.test(canary=CANARY)), Rung.RESTORED, id="sample-with-canary"),
        pytest.param((LISTED, LIVE.full()), Rung.RESTORED, id="full-without-canary"),
        pytest.param((LISTED, LIVE.full(canary=CANARY)), Rung.PROVEN, id="full-with-canary"),
        pytest.param(
            (LISTED, LIVE.full(canary=CANARY, duration_seconds=0.0)), Rung.RESTORED, id="no-time"
        ),
        pytest.param(
            (LISTED, LIVE.full(canary=CANARY, checkpoint_size=9)), Rung.OBSERVED, id="full-unproven"
        ),
        pytest.param((LISTED, restored("database")), Rung.RESTORED, id="database-not-asked"),
        pytest.param(
            (LISTED, restored("database", answers=(answer(),), whole_bytes=9)),
            Rung.PROVEN,
            id="database-asked",
        ),
        pytest.param(
            (LISTED, restored("database", answers=(answer(),))),
            Rung.RESTORED,
            id="database-among-files",
        ),
        pytest.param(
            (LISTED, restored("database", answers=(answer(1.0),))), Rung.OBSERVED, id="wrong-answer"
        ),
        pytest.param((LISTED, restored("archive")), Rung.INTACT, id="archive-read"),
        pytest.param(
            (LISTED, restored("command", whole_files=9)), Rung.PROVEN, id="command-of-all"
        ),
        pytest.param((LISTED, restored("command")), Rung.RESTORED, id="command-of-some-paths"),
        pytest.param(
            (LISTED, restored("command", answers=())), Rung.RESTORED, id="command-without-answers"
        ),
        pytest.param(
            (LISTED, LIVE.full(canary=CANARY), LIVE.test(outcome=Outcome.FAILED)),
            Rung.OBSERVED,
            id="another-kind-failed",
        ),
        pytest.param(
            (LISTED, integrity(Outcome.FAILED), LIVE.test()),
            Rung.OBSERVED,
            id="restored-but-damaged",
        ),
        pytest.param(
            (LISTED, integrity(Outcome.FAILED), LIVE.full(canary=CANARY)),
            Rung.OBSERVED,
            id="all-back-but-damaged",
        ),
        pytest.param(
            (LISTED, integrity(Outcome.FAILED), restored("archive")),
            Rung.OBSERVED,
            id="archive-read-but-damaged",
        ),
        pytest.param((LISTED, FEW), Rung.OBSERVED, id="sample-of-few-comparable"),
        pytest.param((LISTED, FEW_OF_ALL), Rung.OBSERVED, id="full-of-few-comparable"),
    ],
)
def test_each_rung_has_its_proof(observations: tuple[Observation, ...], expected: Rung) -> None:
    assert standing(copy_of(*observations), T0, LIMITS).rung is expected


def test_the_newest_claim_counts() -> None:
    copy = told(encryption(), after=told(contents(1)), at=T0 + DAY).copy(SET, COPY)
    assert standing(copy, T0, LIMITS).until == T0 + 93 * DAY


def test_a_failed_probe_proves_nothing() -> None:
    assert standing(copy_of(failures=(failure(),)), T0, LIMITS).rung is Rung.UNKNOWN


def test_a_job_of_the_set_is_no_evidence_of_a_copy() -> None:
    job = JobRun(backup_set=SET, started_at=T0, finished_at=T0, exit_status=0)
    assert standing(copy_of(job), T0, LIMITS).rung is Rung.UNKNOWN


def test_it_falls_rung_by_rung() -> None:
    copy = healthy().copy(SET, COPY)
    fall = []
    now = T0
    while (stands := standing(copy, now, LIMITS)).until is not None:
        fall.append((stands.rung, stands.until))
        assert standing(copy, stands.until, LIMITS).rung is stands.rung
        now = stands.until + SECOND
    tested = T0 - HOUR + 30 * SECOND + 92 * DAY
    assert fall == [(Rung.RESTORED, tested), (Rung.CLAIMED, T0 + 92 * DAY)]
    assert standing(copy, now, LIMITS).rung is Rung.UNKNOWN


def test_each_kind_of_evidence_has_its_own_limit() -> None:
    copy = replace(healthy().copy(SET, COPY), tests=())
    checked = T0 - HOUR + 60 * SECOND + 32 * DAY
    assert standing(copy, checked, LIMITS).rung is Rung.INTACT
    assert standing(copy, checked + SECOND, LIMITS).rung is Rung.CLAIMED
    assert standing(copy, T0 + 9 * DAY, replace(LIMITS, whole_within=8 * DAY)).rung is Rung.CLAIMED
    copy = replace(copy, last_good_integrity=None)
    assert standing(copy, T0 + 26 * HOUR, LIMITS).rung is Rung.WITNESSED
    copy = replace(copy, witness=None)
    assert standing(copy, T0 + 26 * HOUR, LIMITS).rung is Rung.OBSERVED
    assert standing(copy, T0 + 26 * HOUR + SECOND, LIMITS).rung is Rung.CLAIMED


def test_of_a_bucket_that_is_there_no_more_only_claims_are_left() -> None:
    copy = healthy().copy(SET, COPY)
    gone = NoLook(looked_at=T0, reason=Slug("no-such-bucket"))
    copy = replace(copy, witness=replace(copy.witness, failure=gone))
    assert standing(copy, T0, LIMITS).rung is Rung.CLAIMED


def test_a_proof_falls_to_what_its_test_still_bears() -> None:
    copy = copy_of(LISTED, LIVE.full(canary=CANARY))
    limits = replace(LIMITS, proven_max_age=9 * DAY)
    ended = T0 - HOUR + 30 * SECOND
    assert standing(copy, T0, limits) == Standing(rung=Rung.PROVEN, until=ended + 9 * DAY)
    assert standing(copy, T0 + 9 * DAY, limits).rung is Rung.RESTORED


def test_of_several_tests_the_one_that_bears_longest_counts() -> None:
    old = LIVE.test(started_at=T0 - 9 * DAY)
    copy = copy_of(LISTED, old, restored("database"))
    assert standing(copy, T0, LIMITS).until == T0 - HOUR + 30 * SECOND + 92 * DAY


def test_a_canary_too_old_for_its_restore_point_proves_nothing() -> None:
    young = points(point(1, T0 + 30 * HOUR))
    before = given_checkpoint(told(LIVE.manifest(), at=T0 - DAY))
    late = told(young, LIVE.full(canary=CANARY), after=before, at=T0 + 31 * HOUR).copy(SET, COPY)
    assert standing(late, T0 + 31 * HOUR, LIMITS).rung is Rung.RESTORED
    patient = replace(LIMITS, max_lag=40 * HOUR)
    assert standing(late, T0 + 31 * HOUR, patient).rung is Rung.PROVEN


def test_a_late_list_is_as_old_as_its_statement() -> None:
    late = copy_of(LISTED, wall_time=T0 - 3 * DAY)
    assert standing(late, T0, LIMITS).rung is Rung.CLAIMED


def test_limits_are_what_was_agreed() -> None:
    agreed = agreements(Subject.COPY)
    fresh = CHECKS["backup.fresh"].settings(max_age=timedelta(hours=2))
    agreed["backup.fresh"] = replace(agreed["backup.fresh"], settings=fresh)
    found = limits(Obligation(asset=COPY_ASSET, agreements=agreed))
    assert found == Limits(max_age=timedelta(hours=2))


def test_how_sure_a_sample_must_be_is_what_was_agreed() -> None:
    agreed = agreements(Subject.COPY)
    sure = CHECKS["restore.tested"].settings(bad_share=0.99, confidence=0.5)
    agreed["restore.tested"] = replace(agreed["restore.tested"], settings=sure)
    found = limits(Obligation(asset=COPY_ASSET, agreements=agreed))
    assert (found.bad_share, found.confidence) == (0.99, 0.5)
    assert standing(copy_of(LISTED, FEW), T0, found).rung is Rung.RESTORED


def test_limits_of_controls_not_agreed_are_the_checks_defaults() -> None:
    nothing = limits(Obligation(asset=COPY_ASSET, agreements={}))
    everything = limits(Obligation(asset=COPY_ASSET, agreements=agreements(Subject.COPY)))
    assert nothing == replace(everything, tolerance=None) == replace(LIMITS, tolerance=None)


def test_labels_are_spelt_as_in_the_interfaces() -> None:
    assert [each.label for each in Rung] == [
        "unknown",
        "claimed",
        "observed",
        "witnessed",
        "intact",
        "restored",
        "proven",
    ]
