from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.names import Slug

from guardian.checks.backup_witnessed import is_witnessed
from guardian.domain.asset import CopyPlan
from guardian.domain.evidence import CopyEvidence
from guardian.domain.figures import copy_figures
from guardian.domain.ladder import Limits, Rung, limits, standing
from guardian.domain.storage import Lack, NoLook, Question, Witnessed
from guardian.domain.verdict import Status, Verdict
from guardian.domain.witnessed import seen
from tests.central.domain.looking import look, stored
from tests.central.domain.making import (
    CHECKS,
    COPY,
    COPY_ASSET,
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    SET,
    T0,
    healthy,
    judged,
    knowing,
    point,
    points,
    told,
)

MADE = T0 - 3 * HOUR
LISTED = told(points(point(1, MADE, finished_at=MADE)))
SEEN = Witnessed(look=look(stored(1, MADE)))
FAILED = NoLook(looked_at=T0, reason=Slug("permission-missing"), permission="s3:ListBucket")


def verdict(now: object = T0, *, evidence: object = LISTED, **settings: object) -> Verdict:
    return judged("backup.witnessed", evidence, now, **settings)


def witnessed(known: Witnessed | None = SEEN) -> Verdict:
    return verdict(evidence=knowing(LISTED, witness=known))


def test_two_views_that_bear_each_other_out():
    found = witnessed()
    assert found.status is Status.PASS
    assert "1 restore point in the storage" in found.reason
    assert found.holds_until == T0 + 26 * HOUR


@pytest.mark.parametrize("known", [None, Witnessed()])
def test_without_a_look_nothing_is_known(known):
    assert witnessed(known).status is Status.UNKNOWN
    assert "not looked" in witnessed(known).reason


def test_a_look_that_saw_nothing_says_which_permission_is_missing():
    found = witnessed(Witnessed(failure=FAILED))
    assert found.status is Status.UNKNOWN
    assert "permission missing: s3:ListBucket" in found.reason


def test_a_later_look_that_saw_nothing_leaves_nothing_known():
    found = witnessed(replace(SEEN, failure=replace(FAILED, permission=None)))
    assert found.status is Status.UNKNOWN
    assert "the look before was" in found.reason


def test_a_bucket_that_was_there_and_is_no_more():
    gone = replace(FAILED, reason=Slug("no-such-bucket"), permission=None)
    assert witnessed(replace(SEEN, failure=gone)).status is Status.FAIL
    assert witnessed(Witnessed(failure=gone)).status is Status.UNKNOWN


def test_but_what_was_seen_before_it_stays_a_fault():
    known = Witnessed(look=look(), failure=FAILED)
    assert witnessed(known).status is Status.FAIL


def test_a_disagreement_fails_however_old_it_is():
    evidence = knowing(LISTED, witness=Witnessed(look=look()))
    for now in (T0, T0 + 400 * DAY):
        found = verdict(now, evidence=evidence)
        assert found.status is Status.FAIL
        assert "does not have" in found.reason


def test_a_doubt_leaves_it_unknown():
    lack = Lack(question=Question.TIMES, reason=Slug("uploader-sets-times"))
    found = witnessed(Witnessed(look=look(stored(1, MADE), lacks=(lack,))))
    assert found.status is Status.UNKNOWN
    assert "whoever uploads" in found.reason


def test_an_old_look_bears_nothing_out():
    evidence = knowing(LISTED, witness=SEEN)
    late = told(points(point(1, MADE, finished_at=MADE)), after=evidence, at=T0 + DAY)
    found = verdict(T0 + 27 * HOUR, evidence=late)
    assert found.status is Status.UNKNOWN
    assert "central's newest look at the storage is 27 h old" in found.reason
    assert found.since == T0 + 26 * HOUR


def test_nor_does_an_old_list():
    later_look = seen(SEEN, look(stored(1, MADE), at=T0 + DAY))
    found = verdict(T0 + 27 * HOUR, evidence=knowing(LISTED, witness=later_look))
    assert found.status is Status.UNKNOWN
    assert "the agent's newest list to compare with is 27 h old" in found.reason


def test_limits_are_as_agreed():
    missing = knowing(LISTED, witness=Witnessed(look=look()))
    assert verdict(evidence=missing, max_lag=4 * HOUR).status is Status.UNKNOWN
    assert verdict(T0 + HOUR, evidence=knowing(LISTED, witness=SEEN), max_age=MINUTE).status is (
        Status.UNKNOWN
    )


def test_it_is_about_copies_with_a_witness_alone():
    plan = replace(PLAN, copies=(CopyPlan(backup_set=SET, copy=COPY),))
    assert not is_witnessed(plan, COPY_ASSET)
    plan = replace(PLAN, copies=(CopyPlan(backup_set=SET, copy=COPY, witness="folder"),))
    assert is_witnessed(plan, COPY_ASSET)
    assert not is_witnessed(replace(PLAN, copies=()), COPY_ASSET)


def test_other_controls_are_about_every_copy():
    fresh = CHECKS["backup.fresh"]
    assert fresh.concerns(PLAN, COPY_ASSET)
    assert fresh.is_agreed(fresh.settings())


def rung(copy: CopyEvidence | None) -> Rung:
    return standing(copy, T0, Limits()).rung


def test_what_central_saw_lifts_a_copy_above_what_is_listed():
    assert rung(LISTED.copy(SET, COPY)) is Rung.OBSERVED
    assert rung(knowing(LISTED, witness=SEEN).copy(SET, COPY)) is Rung.WITNESSED


def test_it_falls_with_the_older_of_both_views():
    copy = knowing(LISTED, witness=SEEN).copy(SET, COPY)
    assert standing(copy, T0, Limits(witnessed_max_age=HOUR)).until == T0 + HOUR


def test_what_contradicts_the_agent_leaves_a_claim_of_all_that_it_says():
    copy = healthy().copy(SET, COPY)
    assert copy is not None
    assert rung(copy) is Rung.RESTORED
    empty = look(at=T0 + 2 * HOUR)
    assert rung(replace(copy, witness=Witnessed(look=empty))) is Rung.CLAIMED


def test_what_was_seen_once_counts_no_more_where_nobody_looks_any_more():
    copy = healthy().copy(SET, COPY)
    assert copy is not None
    contradicted = replace(copy, witness=Witnessed(look=look(at=T0 + 2 * HOUR)))
    obligation = PLAN.obligations[-1]
    left = {k: v for k, v in obligation.agreements.items() if k != "backup.witnessed"}
    for agreed, expected in ((obligation.agreements, Rung.CLAIMED), (left, Rung.RESTORED)):
        given = limits(replace(obligation, agreements=agreed))
        assert standing(contradicted, T0, given).rung is expected
    evidence = replace(healthy(), copies=(contradicted,))
    assert copy_figures(replace(obligation, agreements=left), evidence, T0).witness is None


def test_a_doubt_neither_lifts_nor_lowers():
    lack = Lack(question=Question.CLOCK, reason=Slug("no-date"))
    known = Witnessed(look=look(stored(1, MADE), lacks=(lack,)))
    assert rung(knowing(LISTED, witness=known).copy(SET, COPY)) is Rung.OBSERVED
