from __future__ import annotations

from dataclasses import replace

import pytest

from guardian.checks.backup_copies import Settings
from guardian.domain.asset import CopyPlan, Media, ServerPlan
from guardian.domain.evidence import ServerEvidence
from guardian.domain.storage import DeletedPoint, Witnessed
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.looking import look, stored
from tests.central.domain.making import (
    COPY,
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    SECOND,
    SET,
    T0,
    Name,
    Outcome,
    failed_test,
    failure,
    integrity,
    judged,
    knowing,
    of_kind,
    point,
    points,
    told,
    unspoken,
)

CLOUD = Name("cloud")
LOCAL_COPY = CopyPlan(backup_set=SET, copy=COPY, place="office", media=Media.DISK, offsite=False)
CLOUD_COPY = CopyPlan(
    backup_set=SET, copy=CLOUD, place="frankfurt", media=Media.OBJECT, offsite=True
)
RULE = {"copies": 2, "media": 2, "places": 2, "offsite": 1}


def plan(*copies: CopyPlan) -> ServerPlan:
    other = CopyPlan(backup_set="orders", copy="local", media=Media.TAPE)
    return replace(PLAN, copies=(*copies, other))


BOTH = plan(LOCAL_COPY, CLOUD_COPY)


def two(**fields: object) -> ServerEvidence:
    """Return evidence of two copies, of which what is named of the first is so."""
    local = points(point(1, T0 - HOUR))
    cloud = points(point(2, T0 - HOUR), copy=CLOUD)
    return knowing(told(local, cloud), **fields)


def counted(evidence: ServerEvidence, of: ServerPlan = BOTH, **settings: object) -> Verdict:
    return judged("backup.copies", evidence, plan=of, **{**RULE, **settings})


def test_what_nobody_agreed_on_is_not_judged() -> None:
    assert not Settings().is_agreed
    assert all(Settings(**{key: 1}).is_agreed for key in RULE)


def test_two_copies_two_media_one_offsite() -> None:
    verdict = counted(two())
    assert verdict.status is Status.PASS
    assert verdict.reason == (
        "2 copies, 2 agreed; 2 kinds of media, 2 agreed; 2 places, 2 agreed; "
        "1 copy offsite, 1 agreed"
    )
    assert verdict.holds_until == T0 + 8 * DAY


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"media": Media.DISK}, "1 kind of media, 2 agreed"),
        ({"place": "office"}, "1 place, 2 agreed"),
        ({"offsite": False}, "0 copies offsite, 1 agreed"),
    ],
)
def test_copies_that_are_not_apart_fail(change: dict[str, object], said: str) -> None:
    verdict = counted(two(), plan(LOCAL_COPY, replace(CLOUD_COPY, **change)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"media": None}, "1 kind of media for certain, 2 possible, 2 agreed"),
        ({"place": None}, "1 place for certain, 2 possible, 2 agreed"),
        ({"offsite": None}, "0 copies offsite for certain, 1 possible, 1 agreed"),
    ],
)
def test_what_was_not_told_is_neither_alike_nor_apart(change: dict[str, object], said: str) -> None:
    verdict = counted(two(), plan(LOCAL_COPY, replace(CLOUD_COPY, **change)))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == said


def test_where_nothing_was_told_one_kind_is_certain() -> None:
    bare = plan(CopyPlan(backup_set=SET, copy=COPY), CopyPlan(backup_set=SET, copy=CLOUD))
    assert counted(two(), bare, media=1, places=1, offsite=None).status is Status.PASS
    assert counted(unspoken(), bare, media=1).status is Status.UNKNOWN


def test_fewer_copies_than_agreed_fail_before_anybody_spoke() -> None:
    verdict = counted(unspoken(), plan(CLOUD_COPY), media=None, places=None)
    assert verdict.status is Status.FAIL
    assert verdict.reason == "1 copy, 2 agreed"


@pytest.mark.parametrize(
    "lost",
    [
        {"failed_checks": knowing(told(integrity(Outcome.FAILED))).copies[0].failed_checks},
        {"tests": (of_kind(failed=failed_test()),)},
        {"listing": told(points(point(1, T0 + DAY))).copies[0].listing},
    ],
    ids=["damaged", "not restored", "dated in the future"],
)
def test_a_copy_that_is_none_does_not_count(lost: dict[str, object]) -> None:
    verdict = counted(two(**lost))
    assert verdict.status is Status.FAIL
    assert verdict.reason.startswith("1 copy, 2 agreed")


def test_a_copy_that_the_storage_contradicts_is_not_certain() -> None:
    young = stored(2, T0 - DAY)
    taken = DeletedPoint(id=young.id, stored_at=young.stored_at, deleted_at=T0)
    for seen, status in (
        (look(stored(1, T0 - HOUR + MINUTE), at=T0), Status.PASS),
        (look(at=T0, deleted=(taken,)), Status.UNKNOWN),
    ):
        assert counted(two(witness=Witnessed(look=seen))).status is status
    nobody_looks = replace(BOTH, obligations=())
    assert counted(two(witness=Witnessed(look=seen)), nobody_looks).status is Status.PASS


def test_a_copy_that_nobody_saw_may_be_there() -> None:
    for evidence in (
        told(points(point(1, T0 - HOUR))),
        told(points(point(1, T0 - HOUR)), points(copy=CLOUD)),
        told(points(point(1, T0 - HOUR)), failures=(failure(copy=CLOUD),)),
        told(after=two(), at=T0 + HOUR, failures=(failure(copy=CLOUD),)),
    ):
        verdict = judged("backup.copies", evidence, T0 + HOUR, plan=BOTH, copies=2)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason == "1 copy for certain, 2 possible, 2 agreed"
        assert verdict.since is None


def test_a_copy_not_listed_for_long_is_unknown_since_then() -> None:
    verdict = judged("backup.copies", two(), T0 + 8 * DAY + SECOND, plan=BOTH, copies=2)
    assert verdict.status is Status.UNKNOWN
    assert verdict.since == T0 + 8 * DAY


def test_without_an_agreement_one_copy_is_needed() -> None:
    verdict = judged("backup.copies", two(), plan=BOTH)
    assert (verdict.status, verdict.reason) == (Status.PASS, "2 copies, 1 agreed")
