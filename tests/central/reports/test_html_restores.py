"""What restore tests showed, as the client reads it: nothing rounded up, no failure left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.observations import Outcome, Reason

from guardian.domain.ladder import Rung
from guardian.domain.recovery_time import RecoveryTime
from guardian.domain.snapshot import RestoreFigures, Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.reports.html.restores import CopyTests, copy_tests
from tests.central.domain.making import (
    answer,
    answered,
    compared,
    coverage,
    failed_test,
    of_kind,
    seen,
)
from tests.central.reports import months
from tests.central.reports.months import BUILT, FAIL, FILES, OFFSITE, PASS, UNKNOWN


def told(figures: RestoreFigures, *findings: Finding) -> CopyTests:
    copy = months.figures(FILES, Rung.RESTORED, restores=figures)
    (found,) = copy_tests(Snapshot(judged_at=BUILT, findings=findings, copies=(copy,)))
    return found


def facts(figures: RestoreFigures) -> dict[str, str]:
    return {fact.name: fact.said for fact in told(figures).facts}


def test_a_sample_says_what_came_back_and_how_it_was_compared() -> None:
    (line,) = told(months.sampled()).tests
    assert (line.status, line.title, line.when) == (
        PASS,
        "A sample of files",
        "23 Nov 2026, 06:00",
    )
    assert line.said == (
        "520 files (1.9 GB) restored in 41 s. 299 files of 210,000, drawn by chance, are byte for "
        "byte what was signed before, and so are 214 more whose turn it was; 7 of 306 drawn had "
        "changed and could not be compared."
    )


def test_it_says_how_sure_how_much_how_long_and_from_when() -> None:
    assert facts(months.sampled()) == {
        "How sure that is": "We are 95 % sure that fewer than 1 % of the files are bad; "
        "agreed is 1 % bad ones at most.",
        "Brought back so far": "24 % of the files, 73 % of the data; "
        "some wait since 22 Sep 2026 to be tested at all.",
        "A whole restore takes": "Between 30 min and 3 h 58 min, estimated from a sample; "
        "12 h agreed. If it goes on growing so, that is passed about 26 Dec 2026.",
        "From when the data is": "Certainly not older than 23 Nov 2026, 00:20; "
        "the restore point itself claims 23 Nov 2026, 01:00.",
        "New proof needed": "by 23 Feb 2027",
    }


def test_a_database_says_what_stood_in_it_and_what_it_answered() -> None:
    found = told(months.asked())
    (line,) = found.tests
    assert line.said == (
        "Came to life in an empty PostgreSQL in 12 min 14 s, and was read: "
        "41 tables with 8,340,211 rows."
    )
    assert [(each.name, each.answer, each.expected, each.status) for each in found.questions] == [
        ("orders-of-yesterday", "1,204", "at least 1", PASS),
        ("newest-invoice", "2026-11-22 22:00 UTC", "at most 26 h before its restore point", PASS),
    ]
    assert facts(months.asked())["A whole restore takes"] == (
        "13 min 10 s, measured 23 Nov 2026 and grown with the data since; 12 h agreed."
    )
    assert facts(months.asked())["From when the data is"] == (
        "Not proven: no marker of a known date came back; "
        "the restore point itself claims 23 Nov 2026, 01:00; what the data answered stands below."
    )


def test_what_was_measured_and_did_not_grow() -> None:
    time = RecoveryTime(
        lower_seconds=60.0,
        upper_seconds=60.0,
        measured=True,
        test=seen("full", started_at=BUILT),
        fixed_seconds=0.0,
        grown=1.0,
    )
    said = facts(RestoreFigures(time=time))["A whole restore takes"]
    assert said == "1 min, measured 2 Dec 2026; 12 h agreed."
    short = replace(time, lower_seconds=0.4, upper_seconds=0.4)
    said = facts(RestoreFigures(time=short))["A whole restore takes"]
    assert said == "Under a second, measured 2 Dec 2026; 12 h agreed."


def test_a_failure_is_owned_up_to_before_what_went_well() -> None:
    good = seen(started_at=BUILT - timedelta(days=60))
    bad = failed_test(started_at=BUILT - timedelta(days=1), mismatched=2)
    lines = told(RestoreFigures(tests=(of_kind(good, failed=bad),))).tests
    assert [line.status for line in lines] == [FAIL, PASS]
    assert lines[0].said == ("The test failed: mismatch; 2 files came back wrong or not at all.")


def test_wrong_answers_come_first() -> None:
    answers = (answered(), answered(answer(question="b"), holds=None))
    wrong = answered(answer(0.0, question="c"), holds=False)
    bad = failed_test("database", reason=Reason.WRONG_ANSWER, answers=(*answers, wrong))
    found = told(RestoreFigures(tests=(of_kind(failed=bad),)))
    assert [each.status for each in found.questions] == [UNKNOWN, FAIL, PASS]


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (
            seen(verified=False, outcome=Outcome.NOT_PERFORMED, reason=Reason.QUOTA_EXCEEDED),
            "The test was not made: quota exceeded. Nobody knows what it would show.",
        ),
        (
            seen(verified=False, unverified_because="no file was compared"),
            "The server says that it passed, but that proves nothing: no file was compared.",
        ),
    ],
)
def test_what_proves_nothing_is_no_pass(newest: object, said: str) -> None:
    (line,) = told(RestoreFigures(tests=(of_kind(newest=newest),))).tests
    assert (line.status, line.said) == (UNKNOWN, said)


def test_a_failed_test_is_told_once() -> None:
    assert len(told(RestoreFigures(tests=(of_kind(failed=failed_test()),))).tests) == 1


def test_a_copy_never_tested_says_that_nothing_is_known() -> None:
    found = told(RestoreFigures())
    assert (found.tests, found.questions, found.status) == ((), (), None)
    assert facts(RestoreFigures()) == {
        "A whole restore takes": "Not known: no test measured it, and none lets it be estimated. "
        "12 h agreed.",
        "From when the data is": "Not proven: no marker of a known date came back.",
        "New proof needed": "now",
    }


ALL_WELL = (
    "60 files (6 kB) restored in 30 s. All 60 files are byte for byte what was signed before."
)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (seen("archive", compared=compared(3)), "3 files read to the end in 30 s."),
        (seen("command"), "60 files (6 kB) restored in 30 s."),
        (seen("full"), ALL_WELL),
    ],
)
def test_each_kind_says_what_it_did(test: object, said: str) -> None:
    assert told(RestoreFigures(tests=(of_kind(test),))).tests[0].said == said


def test_an_estimate_of_nothing_worth_telling_is_one_number() -> None:
    time = replace(months.sampled().time, lower_seconds=0.1, upper_seconds=0.9)
    said = facts(replace(months.sampled(), time=time, breach_at=None))["A whole restore takes"]
    assert said == "Under a second, estimated from a sample; 12 h agreed."


def test_files_beside_those_drawn_are_told_where_there_are_any() -> None:
    sample = seen(compared=compared(0))
    said = told(RestoreFigures(tests=(of_kind(sample),))).tests[0].said
    assert said.endswith("are byte for byte what was signed before.")


def test_a_full_test_says_what_the_server_counted() -> None:
    full = seen("full", compared=compared(900), population=900)
    said = told(RestoreFigures(tests=(of_kind(full),))).tests[0].said
    assert said.endswith("what was signed before; by the server's own count 900 of 900 are.")


def test_one_file_is_said_as_one() -> None:
    (line,) = told(RestoreFigures(tests=(of_kind(seen(matched=1, population=1)),))).tests
    assert line.said.endswith("The one file is byte for byte what was signed before.")


def test_what_is_sure_is_no_estimate() -> None:
    def sure(**fields: object) -> str:
        found = RestoreFigures(tests=(of_kind(seen(**fields)),), bad_share_bound=0.0)
        return facts(found)["How sure that is"]

    assert sure() == "Every file that can be compared is good; agreed is 1 % bad ones at most."
    assert sure(matched=59).startswith("We are 95 % sure that none of the files are bad;")


def test_a_kind_that_is_not_known_keeps_its_name() -> None:
    (line,) = told(RestoreFigures(tests=(of_kind(newest=seen("moon", verified=False)),))).tests
    assert line.title == "moon"


def test_what_waits_to_be_tested_is_said() -> None:
    def said(**fields: object) -> str:
        found = RestoreFigures(coverage=coverage(60, **fields))
        return facts(found)["Brought back so far"]

    assert said() == "100 % of the files, 100 % of the data."
    assert said(oldest_test_at=BUILT) == (
        "100 % of the files, 100 % of the data; each since 2 Dec 2026."
    )


def test_a_bound_that_was_not_reached_is_not_known() -> None:
    weak = replace(months.sampled(), bad_share_bound=0.0678)
    (fact,) = [fact for fact in told(weak).facts if fact.name == "How sure that is"]
    assert fact.status is UNKNOWN
    assert "fewer than 6.8 % of the files are bad; agreed is 1 % bad ones at most" in fact.said


def test_the_worst_of_what_was_agreed_is_the_copys() -> None:
    def found(**statuses: Status) -> Status | None:
        findings = [
            months.finding(FILES, f"restore.{control}", status)
            for control, status in statuses.items()
        ]
        return told(RestoreFigures(), *findings).status

    assert found(tested=PASS, proven=FAIL, time=UNKNOWN) is FAIL
    assert found(tested=PASS, time=UNKNOWN, intact=FAIL) is UNKNOWN
    assert found(tested=PASS) is PASS


def test_each_fact_has_its_own_verdict() -> None:
    findings = [
        months.finding(FILES, "restore.time", UNKNOWN),
        months.finding(FILES, "restore.proven", FAIL),
    ]
    verdicts = {fact.name: fact.status for fact in told(RestoreFigures(), *findings).facts}
    assert verdicts["A whole restore takes"] is UNKNOWN
    assert verdicts["From when the data is"] is FAIL


def test_the_worst_copy_comes_first() -> None:
    copies = (months.figures(FILES, Rung.RESTORED), months.figures(OFFSITE, Rung.INTACT))
    findings = (
        months.finding(FILES, "restore.tested"),
        months.finding(OFFSITE, "restore.tested", FAIL),
    )
    shot = Snapshot(judged_at=BUILT, findings=findings, copies=copies)
    assert [each.where for each in copy_tests(shot)] == [
        "web1, files, copy offsite",
        "web1, files, copy local",
    ]
