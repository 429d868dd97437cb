from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Coverage

from guardian.domain.evidence import CopyEvidence, RestoreSeen
from guardian.domain.recovered import (
    bad_share,
    brought_back,
    is_proof,
    newest_proven,
    standing_failures,
    waiting_since,
)
from guardian.domain.recovered import test_due as due_at
from tests.central.domain.making import (
    COPY,
    DAY,
    HOUR,
    SET,
    T0,
    answered,
    coverage,
    database,
    failed_test,
    of_kind,
    seen,
)

MAX_LAG = 26 * HOUR
POINT = T0 - 2 * HOUR
CANARY = {"proven_not_older_than": POINT - HOUR, "point_started_at": POINT}


def knowing(*tests: RestoreSeen) -> CopyEvidence:
    return CopyEvidence(backup_set=SET, copy=COPY, tests=tuple(of_kind(test) for test in tests))


@pytest.mark.parametrize(
    ("test", "bound"),
    [
        pytest.param(seen(matched=60, population=60), 0.0, id="everything"),
        pytest.param(seen(matched=57, not_compared=3, population=60), 0.0, id="but-what-changed"),
        pytest.param(seen(matched=299, population=10**12), 0.00997, id="a-whole-sample"),
        pytest.param(seen(matched=0, population=60), 1.0, id="nothing"),
        pytest.param(seen(matched=299, population=0), 0.00997, id="no-population"),
        pytest.param(seen("full", matched=299, population=10**9), 0.00997, id="full"),
        pytest.param(seen("database", matched=0), None, id="draws-no-files"),
    ],
)
def test_the_share_that_may_be_bad(test: RestoreSeen, bound: float | None) -> None:
    assert bad_share(test, 0.95) == (None if bound is None else pytest.approx(bound, abs=1e-5))


def test_too_many_that_could_not_be_compared_count_as_not_looked_at() -> None:
    # 299 of 400 may be compared in a whole sample: 75 of 100 are as many, 74 are not.
    assert bad_share(seen(matched=75, not_compared=25, population=100), 0.95) == 0.0
    assert bad_share(seen(matched=74, not_compared=26, population=100), 0.95) > 0.01


def test_a_kind_that_is_only_read_brings_nothing_back() -> None:
    assert [kind for kind in ("sample", "archive", "command") if brought_back(seen(kind))] == [
        "sample",
        "command",
    ]


@pytest.mark.parametrize(
    ("test", "proves"),
    [
        pytest.param(seen("full", **CANARY), True, id="full-with-canary"),
        pytest.param(seen("full"), False, id="full-without"),
        pytest.param(seen("full", answers=(answered(),)), False, id="full-asks-nothing"),
        pytest.param(seen("database", answers=(answered(),), whole_bytes=9), True, id="answered"),
        pytest.param(seen("database", answers=(answered(),)), False, id="one-of-many-files"),
        pytest.param(seen("command", answers=(answered(),), whole_files=9), True, id="command"),
        pytest.param(seen("command", answers=(answered(),)), False, id="some-paths"),
        pytest.param(seen("database", **CANARY, whole_bytes=9), True, id="database-with-canary"),
        pytest.param(seen("database", **CANARY), False, id="one-of-many-files-with-canary"),
        pytest.param(
            seen("database", database=database(), whole_bytes=9), False, id="nothing-asked"
        ),
        pytest.param(
            seen("database", answers=(answered(holds=False),), whole_bytes=9), False, id="wrong"
        ),
        pytest.param(
            seen("database", answers=(answered(),), canary_expected=True, whole_bytes=9),
            False,
            id="canary-lost",
        ),
        pytest.param(
            seen(
                "database",
                whole_bytes=9,
                answers=(answered(),),
                proven_not_older_than=POINT - 27 * HOUR,
                point_started_at=POINT,
            ),
            False,
            id="canary-too-old",
        ),
        pytest.param(seen("sample", **CANARY), False, id="a-sample"),
        pytest.param(seen("archive", **CANARY), False, id="an-archive"),
        pytest.param(seen("full", duration_seconds=0.0, **CANARY), False, id="no-time-measured"),
    ],
)
def test_what_proves_a_recovery(test: RestoreSeen, proves: bool) -> None:  # noqa: FBT001
    assert is_proof(test, MAX_LAG) is proves


def test_a_test_is_due_when_the_newest_of_any_kind_is_too_old() -> None:
    old, young = seen("full", started_at=T0 - 9 * DAY), seen()
    assert due_at(knowing(old, young), (), 92 * DAY) == young.ended_at + 92 * DAY
    assert due_at(knowing(), (), 92 * DAY) is None


def test_of_kinds_that_are_named_the_oldest_is_due_first() -> None:
    copy = knowing(seen("full", started_at=T0 - 9 * DAY), seen())
    kinds = (Slug("full"), Slug("sample"))
    assert due_at(copy, kinds, 92 * DAY) == copy.tests[0].newest.ended_at + 92 * DAY
    assert due_at(copy, (*kinds, Slug("database")), 92 * DAY) is None
    assert due_at(copy, kinds, timedelta.max) is not None


def test_failures_stand_newest_first() -> None:
    old, new = failed_test("full", started_at=T0 - 9 * DAY), failed_test()
    copy = CopyEvidence(backup_set=SET, copy=COPY, tests=(of_kind(failed=old), of_kind(failed=new)))
    assert standing_failures(copy) == [new, old]


def test_the_newest_canary_counts() -> None:
    old = seen("full", started_at=T0 - 9 * DAY, **CANARY)
    assert newest_proven(knowing(old, seen("database")).tests) == old
    assert newest_proven(knowing(seen()).tests) is None


@pytest.mark.parametrize(
    "covered",
    [
        pytest.param(coverage(61, 60, oldest_test_at=T0), id="more-than-there-are"),
        pytest.param(
            replace(coverage(60, 60, oldest_test_at=T0), bytes_tested=6001), id="more-bytes"
        ),
    ],
)
def test_coverage_that_contradicts_itself_tells_nothing(covered: Coverage) -> None:
    assert waiting_since(seen(), covered) is None


def test_a_test_stated_again_makes_what_it_covered_no_younger() -> None:
    again = seen(started_at=T0 - 60 * DAY, received_at=T0)
    covered = coverage(60, 60, oldest_test_at=T0)
    assert waiting_since(again, covered) == again.ended_at
