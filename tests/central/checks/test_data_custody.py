from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from guardian_agent.wire.observations import Exposure, Reason

from guardian.domain.asset import ServerPlan
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    CHECKS,
    DAY,
    PLAN,
    SECOND,
    T0,
    exposure,
    files,
    judged,
    point,
    points,
    told,
    unspoken,
)

CUSTODY = "data.custody"
GONE_BY = date(2026, 11, 25)
ENDS_AT = datetime(2026, 11, 25, tzinfo=UTC)
HELD = replace(PLAN, custody_of="globex")
DATED = replace(HELD, gone_by=GONE_BY)
FILES = exposure(files(3))


def test_it_is_about_what_is_held_and_about_clients_that_left() -> None:
    is_about = CHECKS[CUSTODY].is_about
    assert is_about(HELD)
    assert is_about(replace(PLAN, offboarded=GONE_BY))
    assert not is_about(PLAN)
    assert CHECKS["data.encrypted"].is_about(PLAN)


def test_what_is_held_without_an_end_passes_while_it_is_looked_at() -> None:
    verdict = judged(CUSTODY, told(FILES), plan=HELD)
    assert (verdict.status, verdict.holds_until) == (Status.PASS, T0 + 8 * DAY)
    assert verdict.reason == (
        "data of globex is held here as agreed, for as long as it is a client"
    )
    late = judged(CUSTODY, told(FILES), T0 + 8 * DAY + SECOND, plan=HELD)
    assert late.status is Status.UNKNOWN


def test_data_must_be_gone_after_its_date() -> None:
    evidence = told(FILES)
    before = judged(CUSTODY, evidence, plan=DATED)
    assert (before.status, before.holds_until) == (Status.PASS, ENDS_AT)
    assert before.reason == "data of globex is held here as agreed, until 2026-11-25"
    assert judged(CUSTODY, evidence, ENDS_AT, plan=DATED).status is Status.PASS
    after = judged(CUSTODY, evidence, ENDS_AT + SECOND, plan=DATED)
    assert (after.status, after.since) == (Status.FAIL, ENDS_AT)
    assert after.reason == "data of globex should be gone and is not: 3 files in exports"


def test_encrypted_or_not_and_however_old_the_look() -> None:
    for look in (FILES, exposure(files(3), complete=False)):
        verdict = judged(CUSTODY, told(look), T0 + 999 * DAY, plan=DATED)
        assert verdict.status is Status.FAIL


def test_backups_of_it_must_be_gone_too() -> None:
    evidence = told(exposure(), points(point(1, T0), point(2, T0), total=9))
    verdict = judged(CUSTODY, evidence, ENDS_AT + SECOND, plan=DATED)
    assert verdict.reason.endswith("and is not: 9 restore points in files/local")
    nothing = told(exposure(), points())
    assert judged(CUSTODY, nothing, ENDS_AT + SECOND, plan=DATED).status is Status.UNKNOWN


def test_objects_of_a_bucket_count() -> None:
    plan = replace(DATED, exposures=(), buckets=("archive",))
    evidence = told(exposure(files(1), name="archive"))
    verdict = judged(CUSTODY, evidence, ENDS_AT + SECOND, plan=plan)
    assert verdict.reason.endswith("1 file in archive")


def test_an_empty_place_may_as_well_not_be_mounted() -> None:
    for now in (T0, ENDS_AT + SECOND):
        verdict = judged(CUSTODY, told(exposure()), now, plan=DATED)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason.startswith("nothing was found in exports: if the data is destroyed")


def test_an_empty_place_counts_as_gone_where_that_was_agreed() -> None:
    late = ENDS_AT + SECOND
    evidence = told(exposure(scanned_at=late), at=late)
    verdict = judged(CUSTODY, evidence, late, plan=DATED, empty_is_gone=True)
    assert (verdict.status, verdict.holds_until) == (Status.PASS, late + 8 * DAY)
    assert verdict.reason == "data of globex is gone: nothing was found where it was"
    early = judged(CUSTODY, told(exposure()), plan=DATED, empty_is_gone=True)
    assert early.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ((), "exports was never scanned"),
        (
            (exposure(complete=False, reason=Reason.PATH_MISSING),),
            "the scan of exports was cut short (path missing)",
        ),
    ],
)
def test_what_was_not_looked_at_is_unknown(looks: tuple[Exposure, ...], said: str) -> None:
    for now in (T0, ENDS_AT + SECOND):
        verdict = judged(CUSTODY, told(*looks), now, plan=DATED, empty_is_gone=True)
        assert (verdict.status, verdict.reason) == (Status.UNKNOWN, said)


def test_nobody_said_where_it_lies() -> None:
    verdict = judged(CUSTODY, told(FILES), plan=replace(HELD, exposures=()))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.startswith("nobody said where the data lies")


def test_what_is_held_must_be_backed_up() -> None:
    bare = replace(HELD, obligations=PLAN.obligations[:1])
    verdict = judged(CUSTODY, unspoken(), plan=bare)
    assert (verdict.status, verdict.reason) == (
        Status.FAIL,
        "data of globex is held here and in no backup set",
    )
    assert judged(CUSTODY, told(FILES), plan=bare, backed_up=False).status is Status.PASS
    late = judged(CUSTODY, told(FILES), ENDS_AT + SECOND, plan=replace(bare, gone_by=GONE_BY))
    assert "3 files in exports; data of globex is held here and in no backup set" in late.reason


@pytest.mark.parametrize(
    ("plan", "ends_at"),
    [
        (replace(PLAN, offboarded=date(2026, 11, 1)), datetime(2026, 12, 1, tzinfo=UTC)),
        (replace(HELD, offboarded=date(2026, 11, 1)), datetime(2026, 12, 1, tzinfo=UTC)),
        (replace(DATED, offboarded=date(2026, 11, 1)), ENDS_AT),
        (replace(DATED, offboarded=date(2026, 10, 25)), datetime(2026, 11, 24, tzinfo=UTC)),
        (replace(PLAN, offboarded=date(9999, 12, 31)), None),
    ],
)
def test_data_of_a_client_that_left_has_its_days_of_grace(
    plan: ServerPlan, ends_at: datetime | None
) -> None:
    if ends_at is None:
        assert judged(CUSTODY, told(FILES), plan=plan).status is Status.PASS
        return
    evidence = told(exposure(files(3), scanned_at=ends_at), at=ends_at)
    assert judged(CUSTODY, evidence, ends_at, plan=plan).status is Status.PASS
    after = judged(CUSTODY, evidence, ends_at + SECOND, plan=plan)
    assert (after.status, after.since) == (Status.FAIL, ends_at)
    assert after.reason.startswith(f"data of {plan.custody_of or 'acme'} should be gone")
