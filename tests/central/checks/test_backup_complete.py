from __future__ import annotations

import pytest
from guardian_agent.wire.observations import JobRun, Reason

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    SET,
    T0,
    contents,
    failure,
    judged,
    point,
    points,
    told,
    unspoken,
)

COMPLETE = "backup.complete"
NEWEST = points(point(1, T0 - HOUR))


def job(exit_status: int) -> JobRun:
    return JobRun(backup_set=SET, started_at=T0 - HOUR, finished_at=T0, exit_status=exit_status)


def holding(**fields: object) -> ServerEvidence:
    return told(NEWEST, contents(1, **fields))


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        pytest.param({}, Status.PASS, "100 files, all 90 that were compared", id="whole"),
        pytest.param({"valid": True}, Status.PASS, "and is well-formed", id="whole-and-valid"),
        pytest.param(
            {"paths_expected": 0, "valid": True, "files": 1},
            Status.PASS,
            "holds 1 file, and is well-formed",
            id="dump",
        ),
        pytest.param({"files": 0, "bytes": 0}, Status.FAIL, "is empty", id="empty"),
        pytest.param(
            {"paths_expected": 2, "paths_missing": 1},
            Status.FAIL,
            "lacks 1 of 2 configured paths",
            id="path-missing",
        ),
        pytest.param(
            {"files_missing": 3}, Status.FAIL, "lacks 3 of 90 files looked for", id="files-missing"
        ),
        pytest.param(
            {"valid": False, "reason": Reason.DAMAGED},
            Status.FAIL,
            "is not well-formed (damaged)",
            id="broken-dump",
        ),
        pytest.param(
            {"paths_expected": 0}, Status.UNKNOWN, "nothing to hold", id="nothing-to-hold-against"
        ),
        pytest.param(
            {"paths_expected": 0, "valid": True, "files": 0},
            Status.UNKNOWN,
            "holds no file",
            id="no-file-and-no-path",
        ),
        pytest.param(
            {"reason": Reason.TIMEOUT, "paths_expected": 0},
            Status.UNKNOWN,
            "the newest restore point could not be read through: timeout",
            id="cut-short",
        ),
        pytest.param(
            {"reason": Reason.PERMISSION_DENIED},
            Status.UNKNOWN,
            "not all live data could be looked at",
            id="live-data-not-seen",
        ),
        pytest.param(
            {"reason": Reason.PERMISSION_DENIED, "files_missing": 1},
            Status.FAIL,
            "lacks 1 of 90 files",
            id="live-data-not-seen-and-some-missing",
        ),
    ],
)
def test_what_the_newest_point_holds(fields: dict[str, object], status: Status, said: str) -> None:
    verdict = judged(COMPLETE, holding(**fields))
    assert verdict.status is status
    assert said in verdict.reason


def test_all_that_is_missing_is_said() -> None:
    verdict = judged(COMPLETE, holding(paths_missing=1, files_missing=2))
    assert verdict.reason == (
        "the newest restore point lacks 1 of 1 configured path, lacks 2 of 90 files looked for"
    )


def shrunk(*sizes: int, **fields: object) -> ServerEvidence:
    """Return evidence of points with so many files, oldest first."""
    evidence = unspoken()
    for n, size in enumerate(sizes):
        at = T0 + n * HOUR
        made = {"files": size, "bytes": size * 10, **fields}
        evidence = told(points(point(n, at)), contents(n, **made), after=evidence, at=at)
    return evidence


def test_half_of_the_usual_size_is_still_enough() -> None:
    assert judged(COMPLETE, shrunk(100, 100, 50)).status is Status.PASS


def test_less_than_half_of_the_usual_size_fails() -> None:
    verdict = judged(COMPLETE, shrunk(100, 1000, 100, 49))
    assert verdict.status is Status.FAIL
    assert "has 49 files, the 3 before it 100 in the median" in verdict.reason
    assert "has 490 bytes, the 3 before it 1000 in the median" in verdict.reason


def test_files_emptied_of_their_bytes_fail_by_size() -> None:
    evidence = told(points(point(1, T0)), contents(1, bytes=4000))
    newer = point(2, T0 + HOUR)
    evidence = told(points(newer), contents(2, bytes=9), after=evidence, at=T0 + HOUR)
    assert "has 9 bytes, the 1 before it 4000" in judged(COMPLETE, evidence).reason


def test_the_share_is_a_setting() -> None:
    assert judged(COMPLETE, shrunk(100, 49), min_share=0.4).status is Status.PASS
    assert judged(COMPLETE, shrunk(100, 80), min_share=0.9).status is Status.FAIL


def test_a_failed_job_fails_whatever_the_point_holds() -> None:
    verdict = judged(COMPLETE, told(NEWEST, contents(1), job(77)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == ("the backup job that ended 2026-11-21 12:00 UTC had exit status 77")
    assert judged(COMPLETE, told(job(1))).status is Status.FAIL


def test_a_job_that_ended_well_follows() -> None:
    failed = told(NEWEST, contents(1), job(3))
    assert judged(COMPLETE, told(job(0), after=failed)).status is Status.PASS


def test_nobody_looked_into_the_newest_point() -> None:
    assert judged(COMPLETE, unspoken()).status is Status.UNKNOWN
    assert judged(COMPLETE, told(NEWEST)).reason == "the newest restore point was not looked into"
    newer = told(points(point(2, T0), point(1, T0 - HOUR)), after=holding())
    assert judged(COMPLETE, newer).status is Status.UNKNOWN


def test_the_reason_for_not_looking_is_said() -> None:
    verdict = judged(COMPLETE, told(NEWEST, failures=(failure(),)))
    assert verdict.reason.endswith(
        "not looked into: the newest look at it failed (restic: timeout)"
    )


def test_a_failed_look_is_unknown_where_nothing_certainly_fails() -> None:
    failed = {"failures": (failure(),), "at": T0 + HOUR}
    assert judged(COMPLETE, told(after=holding(), **failed)).status is Status.UNKNOWN
    assert judged(COMPLETE, told(after=holding(files=0), **failed)).status is Status.FAIL


def test_the_point_that_began_last_and_the_one_that_ended_last_are_both_newest() -> None:
    long = point(1, T0 - 20 * HOUR, finished_at=T0 - HOUR)
    short = point(2, T0 - 10 * HOUR, finished_at=T0 - 9 * HOUR)
    for name in (1, 2):
        assert judged(COMPLETE, told(points(long, short), contents(name))).status is Status.PASS


def test_a_point_from_the_future_is_not_the_newest() -> None:
    ahead = point(2, T0 + 999 * DAY)
    assert judged(COMPLETE, told(points(ahead, *NEWEST.points), contents(1))).status is Status.PASS
    assert judged(COMPLETE, told(points(ahead), contents(2))).status is Status.UNKNOWN


def test_the_list_grows_old() -> None:
    assert judged(COMPLETE, holding(), T0 + 8 * DAY).status is Status.PASS
    late = judged(COMPLETE, holding(), T0 + 8 * DAY + SECOND)
    assert late.status is Status.UNKNOWN
    assert late.since == T0 + 8 * DAY
    assert judged(COMPLETE, holding(files=0), T0 + 99 * DAY).status is Status.FAIL
