from __future__ import annotations

from guardian.checks.backup_size import Settings
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    T0,
    failure,
    judged,
    point,
    points,
    told,
    unspoken,
)

SIZE = "backup.size"


def sized(*sizes: int, **fields: object) -> ServerEvidence:
    """Return evidence of one restore point a day, the last of them the newest."""
    newest = len(sizes) - 1
    listed = (
        point(number, T0 - HOUR - (newest - number) * DAY, bytes=size, **fields)
        for number, size in enumerate(sizes)
    )
    return told(points(*listed))


def watched(evidence: ServerEvidence, **settings: object) -> Verdict:
    return judged(SIZE, evidence, **{"watch": True, **settings})


MONTH = [1000] * 30


def test_nobody_watches_what_nobody_agreed_to_watch() -> None:
    assert judged(SIZE, sized(*MONTH, 1)).status is Status.PASS
    assert "nobody agreed" in judged(SIZE, sized(*MONTH, 1)).reason


def test_as_usual() -> None:
    verdict = watched(sized(*MONTH, files=9, files_new=0))
    assert verdict.status is Status.PASS
    assert verdict.reason == "as usual beside 29 restore points: size, files, what was rewritten"
    assert verdict.holds_until == T0 + 8 * DAY
    late = judged(SIZE, sized(*MONTH), T0 + 8 * DAY + SECOND, watch=True)
    assert (late.status, late.since) == (Status.UNKNOWN, T0 + 8 * DAY)


def test_a_fall_fails_since_central_heard_of_it() -> None:
    verdict = watched(sized(*MONTH, 100))
    assert verdict.status is Status.FAIL
    assert verdict.since == T0
    assert verdict.reason == "size 100 bytes, usually 1 kB, since 2026-11-21 11:00 UTC"


def test_settling_it_and_other_bounds() -> None:
    assert watched(sized(*MONTH, 100), settled=T0).status is Status.PASS
    assert watched(sized(*MONTH, 1400)).status is Status.PASS
    assert watched(sized(*MONTH, 1400), growth=0.2).status is Status.FAIL
    assert watched(sized(*MONTH, 800), loss=0.1).status is Status.FAIL


def test_before_there_is_a_history_nobody_knows() -> None:
    verdict = watched(sized(*[1000] * 6))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == (
        "of 6 restore points the size is known, too few to say what is usual: 7 before the "
        "newest, over 15 d"
    )
    assert watched(sized(*MONTH), after=30).status is Status.UNKNOWN
    assert watched(told(points(point(1, T0)))).status is Status.UNKNOWN


def test_nothing_known() -> None:
    assert watched(unspoken()).reason == "the agent has reported nothing of it yet"


def test_a_failed_look_hides_nothing_and_proves_nothing() -> None:
    failed = {"failures": (failure(),), "at": T0 + HOUR}
    assert watched(told(after=sized(*MONTH, 100), **failed)).status is Status.FAIL
    assert watched(told(after=sized(*MONTH), **failed)).status is Status.UNKNOWN


def test_a_history_of_no_run_is_none() -> None:
    assert Settings(after=0).bounds.after == 1


def test_a_migration_may_be_announced_but_not_for_ever() -> None:
    assert watched(sized(*MONTH), settled=T0 + 31 * DAY).status is Status.PASS
    verdict = watched(sized(*MONTH), settled=T0 + 3000 * DAY)
    assert verdict.status is Status.UNKNOWN
    assert "nothing is watched" in verdict.reason
