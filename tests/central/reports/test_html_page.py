"""What the owner of a business reads: the worst first, nothing rounded up, nothing hidden."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from guardian.domain.ladder import Rung
from guardian.errors import ReportError
from guardian.ports import ReportFormat, ReportInput
from guardian.reports.html import FORMAT
from guardian.reports.html.page import build_page
from tests.central.reports import months
from tests.central.reports.months import EXEMPT, FAIL, FILES, ORDERS, PASS, UNKNOWN, WEB


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def read(month: ReportInput) -> str:
    parser = _Text()
    parser.feed(FORMAT.render(month).decode())
    return re.sub(r"\s+", " ", " ".join(parser.parts))


def all_well(**more: object) -> ReportInput:
    findings = months.all_pass(WEB) + months.all_pass(FILES)
    changes = months.healthy(WEB) + months.healthy(FILES)
    return months.month(findings, changes, [months.figures(FILES, Rung.RESTORED)], **more)


def test_it_is_a_report_format() -> None:
    form: ReportFormat = FORMAT
    assert (form.name, form.suffix) == ("html", ".html")


def test_equal_months_give_equal_bytes() -> None:
    assert FORMAT.render(months.troubled()) == FORMAT.render(months.troubled())


def test_all_well_is_said_plainly() -> None:
    checks = len(all_well().snapshot.findings)
    head = build_page(all_well()).headline
    assert (head.status, head.title) == (PASS, "Protected as agreed")
    assert head.sentences == (
        f"All {checks} checks on 1 server hold, each with proof that is still valid.",
        "During the month nothing failed.",
    )


def test_the_worst_thing_comes_first() -> None:
    month = months.troubled()
    page, checks = build_page(month), len(month.snapshot.findings)
    assert page.headline.title == f"Not protected as agreed: 3 of {checks} checks fail"
    assert page.headline.sentences[0].startswith("The worst of it, on db1: 18 files in exports")
    assert "2 more have no answer; not knowing is not passing." in page.headline.sentences
    assert "For 1 server no backup is agreed at all: legacy." in page.headline.sentences
    assert page.copies[0].server == "legacy"


def test_not_knowing_is_never_passing() -> None:
    findings = [*months.all_pass(FILES), months.finding(WEB, "agent.clock", UNKNOWN, "no word")]
    page = build_page(months.month(findings))
    good = len(findings) - 1
    assert page.headline.title == f"Not certain: 1 of {good + 1} checks have no answer"
    assert page.tally == ((FAIL, 0), (UNKNOWN, 1), (EXEMPT, 0), (PASS, good))


def test_an_accepted_risk_is_no_pass_either() -> None:
    exempt = months.finding(WEB, "agent.clock", EXEMPT, "accepted", exempt_owner="j.doe")
    page = build_page(months.month([*months.all_pass(FILES), exempt]))
    assert page.headline.title == "Protected, with 1 accepted risk"
    assert page.accepted[0].owner == "j.doe"


def test_a_client_without_anything_is_not_well() -> None:
    page = build_page(months.month([]))
    assert (page.headline.status, page.headline.title) == (UNKNOWN, "Nothing is watched")
    assert "No backup copy is agreed for this client." in read(months.month([]))


def test_a_month_that_was_bad_is_owned_up_to_when_all_is_well_again() -> None:
    month = all_well()
    bad = [
        months.change(FILES, "backup.fresh", timedelta(days=8), FAIL, "31 h old"),
        months.change(FILES, "backup.fresh", timedelta(days=8, hours=5), PASS),
    ]
    page = build_page(months.month(list(month.snapshot.findings), [*month.changes, *bad]))
    assert page.headline.status is PASS
    assert page.headline.sentences[-1] == "During the month something failed 1 time, 5 h in all."
    (only,) = page.went_wrong.shown
    assert (only.start, only.end) == ("9 Nov 2026, 00:00", "9 Nov 2026, 05:00")
    assert only.is_over


def test_missing_answers_of_the_month_are_owned_up_to() -> None:
    month = all_well()
    gap = [
        months.change(FILES, "backup.fresh", timedelta(days=8), UNKNOWN, "no word"),
        months.change(FILES, "backup.fresh", timedelta(days=9), PASS),
    ]
    page = build_page(months.month(list(month.snapshot.findings), [*month.changes, *gap]))
    assert "some answers were missing, for up to 1 day" in page.headline.sentences[-1]


def test_what_one_server_suffered_at_one_time_for_one_reason_is_one_row() -> None:
    gap = [
        months.change(FILES, control, at, status, "no word")
        for control in ("backup.fresh", "backup.complete")
        for at, status in ((timedelta(days=8), UNKNOWN), (timedelta(days=9), PASS))
    ]
    month = all_well()
    page = build_page(months.month(list(month.snapshot.findings), [*month.changes, *gap]))
    (row,) = [row for row in page.was_unknown.shown if row.reason == "No word"]
    assert (row.title, row.length) == ("2 checks", "1 day")


def test_a_server_without_backup_spoils_the_green() -> None:
    month = all_well()
    page = build_page(
        months.month(
            list(month.snapshot.findings),
            list(month.changes),
            list(month.snapshot.copies),
            ["web1", "legacy"],
        )
    )
    assert page.headline.status is UNKNOWN
    assert page.headline.title == "Not all protected: 1 server without backup"


def test_a_failure_now_needs_no_word_about_a_quiet_month() -> None:
    findings = [months.finding(FILES, "backup.fresh", FAIL, "31 h old", since=months.END)]
    page = build_page(months.month(findings, months.healthy(FILES)))
    assert "During" not in " ".join(page.headline.sentences)


def test_a_month_without_history_is_not_called_quiet() -> None:
    month = months.month(months.all_pass(FILES))
    said = "Nothing was judged in the month, so nothing can be said of it."
    assert build_page(month).headline.sentences[-1] == said
    assert "Nothing was judged in this month, so nothing can be said of it." in read(month)


def test_other_clients_stay_out() -> None:
    other = months.copy("secret-host", "payroll", "tape", client="rival")
    month = all_well()
    mixed = months.month(
        [*month.snapshot.findings, *months.all_pass(other)],
        [*month.changes, months.change(other, "backup.fresh", timedelta(days=2), FAIL, "theirs")],
        [*month.snapshot.copies, months.figures(other, Rung.OBSERVED)],
    )
    assert FORMAT.render(mixed) == FORMAT.render(all_well())


def test_shares_are_rounded_against_us() -> None:
    month = all_well()
    blink = [
        months.change(FILES, "backup.fresh", timedelta(days=8), FAIL, "for a second"),
        months.change(FILES, "backup.fresh", timedelta(days=8, seconds=1), PASS),
    ]
    page = build_page(months.month(list(month.snapshot.findings), [*month.changes, *blink]))
    worst = page.levels[0]
    assert worst.shares == {"pass": "99.9 %", "fail": "0.1 %", "unknown": "0 %", "exempt": "0 %"}
    assert [piece.status for piece in worst.segments] == [PASS, FAIL]
    assert float(worst.segments[1].width) >= 3
    assert page.levels[-1].shares["pass"] == "100 %"


def test_time_before_the_first_judgement_counts_as_unknown() -> None:
    changes = [months.change(FILES, "backup.fresh", timedelta(days=15), PASS)]
    page = build_page(months.month(months.all_pass(FILES), changes))
    assert page.levels[0].shares["unknown"] == "50.0 %"


def test_a_month_that_is_not_over_ends_where_it_was_built() -> None:
    page = build_page(all_well(built_at=months.START + timedelta(days=10)))
    assert not page.is_over
    assert page.span_until == "11 Nov 2026, 00:00"
    assert page.levels[0].hours == "240 h"


def test_a_month_that_has_not_begun_is_refused() -> None:
    with pytest.raises(ReportError, match="2026-11 has not begun"):
        FORMAT.render(all_well(built_at=months.START))


def test_many_failures_are_summed_up_and_never_dropped() -> None:
    changes = [
        months.change(FILES, "backup.fresh", timedelta(hours=hour), (FAIL, PASS)[hour % 2], "x")
        for hour in range(200)
    ]
    page = build_page(months.month(months.all_pass(FILES), changes))
    assert (page.went_wrong.number, page.went_wrong.total) == (100, "4 days 4 h")
    assert len(page.went_wrong.shown) == 40
    assert (page.went_wrong.hidden, page.went_wrong.hidden_total) == (60, "2 days 12 h")
    assert "And 60 shorter ones, 2 days 12 h in all." in read(
        months.month(months.all_pass(FILES), changes)
    )


def test_a_copy_nobody_heard_of_gives_nothing_back() -> None:
    bare = months.figures(
        FILES,
        Rung.UNKNOWN,
        last_complete_at=None,
        restore_last_success_at=None,
        restore_duration_seconds=None,
    )
    (row,) = build_page(months.month([], copies=[bare])).copies
    assert (row.newest.text, row.tested.text, row.encrypted.text) == (
        "none known",
        "never",
        "not checked",
    )
    assert (row.newest.status, row.proven) == (UNKNOWN, "nothing is proven")


def test_an_accepted_plaintext_copy_is_still_called_readable() -> None:
    row = next(row for row in build_page(months.troubled()).copies if row.backup_set == "orders-db")
    assert (row.encrypted.text, row.encrypted.status) == ("no", EXEMPT)


@pytest.mark.parametrize(
    ("rungs", "said"),
    [
        ([Rung.RESTORED], "Of 1 backup copy, every one was restored"),
        ([Rung.RESTORED, Rung.INTACT], "Of 2 backup copies, 1 was restored"),
        ([Rung.INTACT, Rung.CLAIMED], "Of 2 backup copies, none was restored"),
        ([Rung.RESTORED, Rung.PROVEN, Rung.CLAIMED], "Of 3 backup copies, 2 were restored"),
    ],
)
def test_copies_are_counted_by_proof(rungs: list[Rung], said: str) -> None:
    copies = [
        months.figures(months.copy("web1", "files", f"copy{index}"), rung)
        for index, rung in enumerate(rungs)
    ]
    assert build_page(months.month([], copies=copies)).recoverable.startswith(said)


def test_a_control_without_a_check_keeps_its_name() -> None:
    findings = [months.finding(ORDERS, "backup.moon", FAIL, "no moon")]
    changes = [months.change(ORDERS, "backup.moon", timedelta(), FAIL, "no moon")]
    page = build_page(months.month(findings, changes))
    assert page.risks[0].title == page.levels[0].title == page.went_wrong.shown[0].title
    assert (page.risks[0].title, page.risks[0].why) == ("backup.moon", "")


def test_the_page_says_all_it_must() -> None:
    text = read(months.troubled())
    for words in (
        "Northlight IT",
        "November 2026",
        "1 day 7 h of work lost",
        "took 12 min 14 s",
        "files came back as they were, or a database came to life",
        "Whoever reaches the server, its disk or an export folder can read the client's data.",
        "The agent has been silent for 3 h; it should speak every 1 h",
        "15 Nov 2026, 05:12",
        "31 Jan 2027",
        "4182",
        "6f1ab0c7" * 8,
        "c0ffee11" * 8,
        "All times are UTC",
    ):
        assert words in text


def test_it_is_accessible() -> None:
    page = FORMAT.render(months.troubled()).decode()
    assert '<html lang="en">' in page
    assert page.count("<table") == page.count("<caption>")
    assert page.count("<h1") == 1
    assert re.search(r'<svg[^>]*role="img"[^>]*aria-labelledby="chart-title chart-text"', page)
    assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", page))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    labels = set(" ".join(re.findall(r'aria-labelledby="([^"]+)"', page)).split())
    assert labels <= set(ids)
