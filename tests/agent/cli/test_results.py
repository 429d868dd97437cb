from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.cli._results import details, heading, summary
from guardian_agent.cli._words import row
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    Answer,
    CanaryReturn,
    Compared,
    Comparison,
    Coverage,
    DatabaseContents,
    Draw,
    DrawResult,
    Integrity,
    Outcome,
    Reason,
    RestoreTest,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OF = {"backup_set": Name("files"), "copy": Name("local")}


def a_test(kind: str = "sample", **words) -> RestoreTest:
    known = {
        "outcome": Outcome.PASSED,
        "reason": Reason.NONE,
        "duration_seconds": 1.25,
        "started_at": NOW,
    }
    return RestoreTest(**OF, test=Slug(kind), **{**known, **words})


def draws(**counts: int) -> tuple[Draw, ...]:
    results = [DrawResult[name.upper()] for name, count in counts.items() for _ in range(count)]
    return tuple(
        Draw(
            index=index,
            path_hash=ShortHash("ab" * 16),
            size=1,
            modified_ns=1,
            content=None,
            result=result,
        )
        for index, result in enumerate(results)
    )


def compared(**counts: int) -> Compared:
    known = {"matched": 0, "mismatched": 0, "missing": 0, "changed": 0}
    return Compared(files=sum(counts.values()), bytes=2048, **{**known, **counts})


def answer(comparison=Comparison.AT_LEAST, expected=10.0, **words) -> Answer:
    return Answer(question=Name("orders"), comparison=comparison, expected=expected, **words)


CHECK = Integrity(
    **OF,
    outcome=Outcome.PASSED,
    reason=Reason.NONE,
    data_read=0.05,
    started_at=NOW,
    duration_seconds=2.0,
)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (
            a_test(
                draws=draws(matched=299, changed=3),
                files_restored=299,
                bytes_restored=1 << 30,
            ),
            [
                "299 files restored and compared, all as signed",
                "3 files could not be compared: changed before the backup",
                "299 files, 1.0 GiB restored in 1.2 s",
            ],
        ),
        (
            a_test(draws=draws(matched=10), compared=compared(matched=5)),
            ["15 files restored and compared, all as signed"],
        ),
        (a_test(draws=draws(matched=1)), ["1 file restored and compared, as signed"]),
        (
            a_test(draws=draws(matched=7, mismatched=2), compared=compared(missing=1)),
            ["10 files restored and compared, 2 DIFFERENT, 1 MISSING"],
        ),
        (
            a_test("full", draws=draws(matched=299), compared=compared(matched=5000)),
            ["5000 files restored and compared, all as signed"],
        ),
        (a_test(), []),
        (
            a_test("archive", compared=compared(matched=12)),
            ["12 files read to the end, 2.0 KiB"],
        ),
        (a_test("command", compared=compared(matched=3)), ["3 files looked at, 2.0 KiB"]),
        (
            a_test(
                "database",
                database=DatabaseContents(
                    engine=Slug("postgresql"),
                    engine_version=Slug("15.8"),
                    tables=1,
                    rows=1200,
                    bytes=4096,
                    notices=2,
                ),
            ),
            ["1 table, 1200 rows, 4.0 KiB in postgresql 15.8; 2 benign messages"],
        ),
        (
            a_test(
                "database",
                database=DatabaseContents(
                    engine=Slug("sqlite"), engine_version=None, tables=2, rows=1, bytes=0, notices=0
                ),
            ),
            ["2 tables, 1 row, 0 B in sqlite"],
        ),
        (
            a_test(
                point_started_at=NOW,
                canary=CanaryReturn(tree_size=7, root=Hash("ab" * 32)),
            ),
            ["restore point of 2026-11-21 12:00 UTC", "canary 7 came back"],
        ),
        (
            a_test(files_restored=1, bytes_restored=1, canary_expected=True, duration_seconds=7200),
            ["1 file, 1 B restored in 2 h", "the canary DID NOT COME BACK"],
        ),
        (
            a_test(
                coverage=Coverage(
                    files=1000, bytes=1, files_tested=250, bytes_tested=1, untested_since=NOW
                )
            ),
            ["so far 250 of 1000 files tested (25%); the longest untested since 2026-11-21"],
        ),
        (
            a_test(coverage=Coverage(files=1, bytes=1, files_tested=1, bytes_tested=1)),
            ["so far 1 of 1 file tested (100%)"],
        ),
        (a_test(coverage=Coverage(files=0, bytes=0, files_tested=0, bytes_tested=0)), []),
        (
            a_test(outcome=Outcome.NOT_PERFORMED, reason=Reason.NO_CHECKPOINT),
            ["run `guardian-agent run` first; central's receipt brings a checkpoint"],
        ),
        (CHECK, ["5% of the data read in 2.0 s"]),
    ],
)
def test_results_are_said_in_words(fact, said):
    assert details(fact) == said


def test_a_part_of_the_data_says_which():
    third = Integrity(
        **OF,
        outcome=Outcome.NOT_PERFORMED,
        reason=Reason.LOCKED,
        data_read=0.0,
        started_at=NOW,
        duration_seconds=0.0,
        part=3,
        parts=20,
    )
    assert summary(third) == (
        "not performed: locked; part 3 of 20, 0% of the data read in 0.0 s; "
        "something else holds the repository's lock"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(number=12.0), "orders: 12, expected at least 10"),
        (answer(number=9.5), "orders: 9.5, expected at least 10: WRONG"),
        (answer(Comparison.AT_MOST, number=12.0), "orders: 12, expected at most 10: WRONG"),
        (answer(Comparison.EQUAL, 123456789.0, number=123456789.0), "expected exactly 123456789"),
        (
            answer(Comparison.NEWER_THAN, 26 * 3600.0, moment=NOW - timedelta(hours=3)),
            "orders: 2026-11-21 09:00 UTC, expected at most 26 h before the restore point",
        ),
        (
            answer(Comparison.NEWER_THAN, 3600.0, moment=NOW - timedelta(hours=3)),
            "expected at most 1 h before the restore point: WRONG",
        ),
        (answer(reason=Reason.NO_ANSWER), "orders: NO ANSWER, expected at least 10"),
        (answer(reason=Reason.TIMEOUT), "orders: NO ANSWER (timeout), expected at least 10"),
    ],
)
def test_questions_are_shown_with_what_was_expected(given, said):
    first, *_ = details(a_test("database", answers=(given,), point_started_at=NOW))
    assert first.endswith(said)


def test_without_a_restore_points_time_no_answer_holds():
    assert details(a_test(answers=(answer(number=12.0),)))[0].endswith(": WRONG")


def test_a_failure_is_hard_to_overlook():
    fact = a_test(outcome=Outcome.FAILED, reason=Reason.MISMATCH)
    assert heading(fact) == ("files/local", "sample", "FAILED: mismatch")
    assert heading(CHECK) == ("files/local", "integrity", "passed")
    assert row(fact, NOW) == ("sample", "files/local", "FAILED: mismatch")
