from __future__ import annotations

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    T0,
    failure,
    judged,
    made_with,
    point,
    points,
    told,
    unspoken,
)

DRIFT = "backup.drift"


def changed(**settings: object) -> ServerEvidence:
    return told(made_with(**settings), after=told(made_with()), at=T0 + HOUR)


def test_nothing_changed() -> None:
    verdict = judged(DRIFT, told(made_with()))
    assert verdict.status is Status.PASS
    assert verdict.reason == "of 3 settings none was weakened since 2026-11-21 12:00 UTC"
    assert verdict.holds_until == T0 + 8 * DAY
    late = judged(DRIFT, told(made_with()), T0 + 8 * DAY + SECOND)
    assert (late.status, late.since) == (Status.UNKNOWN, T0 + 8 * DAY)


def test_a_path_that_is_gone_fails_since_the_statement_that_told_it() -> None:
    verdict = judged(DRIFT, changed(paths=()), T0 + 30 * DAY)
    assert verdict.status is Status.FAIL
    assert verdict.since == T0 + HOUR
    assert verdict.reason == (
        "1 configured path gone (told by statement 2 of key 1, 2026-11-21 13:00 UTC)"
    )


def test_each_kind_of_change_in_words() -> None:
    before = told(made_with(keep_daily=7, encryption=1, schedule=("a",)))
    new = made_with(
        keep_daily=3, encryption=0, schedule=("b",), excludes=("*.db", "*.x"), host=("c",)
    )
    reason = judged(DRIFT, told(new, after=before), T0).reason
    for said in (
        "keep-daily is 3, it was 7",
        "it is not encrypted any more",
        "1 schedule line gone, 1 schedule line new",
        "2 excludes new",
        "host is another",
    ):
        assert said in reason


def test_strengthening_is_told_and_no_fault() -> None:
    verdict = judged(DRIFT, changed(paths=("/srv", "/etc")), T0 + HOUR)
    assert verdict.status is Status.PASS
    assert verdict.reason.endswith("; strengthened: 1 configured path new")


def test_settling_it_is_the_acknowledgement() -> None:
    evidence = changed(paths=())
    verdict = judged(DRIFT, evidence, T0 + HOUR, settled=T0 + HOUR)
    assert verdict.status is Status.PASS
    assert verdict.reason == "of 3 settings none was weakened since 2026-11-21 13:00 UTC"
    assert judged(DRIFT, evidence, T0 + HOUR, settled=T0).status is Status.FAIL


def test_what_nobody_told_is_unknown() -> None:
    assert judged(DRIFT, unspoken()).reason == "the agent has reported nothing of it yet"
    old = judged(DRIFT, told(points(point(1, T0 - HOUR))))
    assert old.status is Status.UNKNOWN
    assert "bring the agent up to date" in old.reason


def test_a_failed_look_hides_no_change_and_proves_nothing() -> None:
    failed = told(after=changed(paths=()), failures=(failure(),), at=T0 + 2 * HOUR)
    assert judged(DRIFT, failed, T0 + 2 * HOUR).status is Status.FAIL
    quiet = told(after=told(made_with()), failures=(failure(),), at=T0 + HOUR)
    verdict = judged(DRIFT, quiet, T0 + HOUR)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.endswith("; nothing was weakened before it")


def test_a_change_may_be_announced_but_not_every_change_for_ever() -> None:
    evidence = told(made_with())
    assert judged(DRIFT, evidence, T0 + HOUR, settled=T0 + 31 * DAY).status is Status.PASS
    verdict = judged(DRIFT, evidence, T0 + HOUR, settled=T0 + 3000 * DAY)
    assert verdict.status is Status.UNKNOWN
    assert "nothing is watched" in verdict.reason
