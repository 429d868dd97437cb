from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.history import FindingChange, periods, service_levels
from guardian.domain.verdict import Status
from tests.central.domain.making import DAY, HOUR, T0

END = T0 + 30 * DAY


def change(
    at: datetime,
    status: Status,
    control: str = "backup.fresh",
    copy: str | None = "local",
    backup_set: str = "files",
) -> FindingChange:
    return FindingChange(
        client="acme",
        server="web1",
        backup_set=None if copy is None else backup_set,
        copy=copy,
        control=control,
        at=at,
        status=status,
        reason=f"it is {status}",
    )


def spans(*changes: FindingChange) -> list[tuple[Status, datetime, datetime, str]]:
    return [(p.status, p.start, p.end, p.reason) for p in periods(changes, T0, END)]


def test_what_held_before_the_span_holds_in_it() -> None:
    assert spans(change(T0 - DAY, Status.PASS)) == [(Status.PASS, T0, END, "it is pass")]


def test_before_the_first_change_nobody_knew() -> None:
    assert spans(change(T0 + DAY, Status.PASS)) == [
        (Status.UNKNOWN, T0, T0 + DAY, "not judged yet"),
        (Status.PASS, T0 + DAY, END, "it is pass"),
    ]


def test_changes_cut_the_span_whatever_their_order() -> None:
    changes = [
        change(T0 + 2 * DAY, Status.PASS),
        change(T0 + DAY, Status.FAIL),
        change(T0 - DAY, Status.PASS),
        change(END + DAY, Status.FAIL),
    ]
    assert [(status, start) for status, start, _, _ in spans(*changes)] == [
        (Status.PASS, T0),
        (Status.FAIL, T0 + DAY),
        (Status.PASS, T0 + 2 * DAY),
    ]


def test_of_two_changes_at_one_moment_the_later_one_counts() -> None:
    both = [change(T0 + DAY, Status.UNKNOWN), change(T0 + DAY, Status.FAIL)]
    assert [status for status, *_ in spans(change(T0, Status.PASS), *both)] == [
        Status.PASS,
        Status.FAIL,
    ]


def test_neighbours_of_one_status_are_one_period() -> None:
    assert len(spans(change(T0, Status.PASS), change(T0 + DAY, Status.PASS))) == 1


def test_an_empty_span_has_no_periods() -> None:
    assert periods([change(T0, Status.PASS)], END, T0) == ()
    assert periods([], T0, END) == ()


def test_findings_are_kept_apart_and_in_order() -> None:
    changes = [
        change(T0, Status.FAIL, "restore.tested"),
        change(T0, Status.PASS),
        change(T0, Status.PASS, "agent.key", None),
    ]
    assert [(p.copy, p.control) for p in periods(changes, T0, END)] == [
        (None, "agent.key"),
        ("local", "backup.fresh"),
        ("local", "restore.tested"),
    ]


def test_copies_and_sets_are_kept_apart() -> None:
    changes = [
        change(T0, Status.PASS, copy="local"),
        change(T0, Status.FAIL, copy="cloud"),
        change(T0, Status.UNKNOWN, copy="cloud", backup_set="db"),
    ]
    found = [(p.backup_set, p.copy, p.status) for p in periods(changes, T0, END)]
    assert found == [
        ("db", "cloud", Status.UNKNOWN),
        ("files", "cloud", Status.FAIL),
        ("files", "local", Status.PASS),
    ]


def test_a_service_level_says_how_long_each_status_held() -> None:
    changes = [change(T0, Status.PASS), change(T0 + 20 * DAY, Status.FAIL)]
    (level,) = service_levels(changes, T0, END)
    assert (level.client, level.server, level.backup_set, level.copy, level.control) == (
        "acme",
        "web1",
        "files",
        "local",
        "backup.fresh",
    )
    assert level.seconds == {
        Status.PASS: 20 * 86400.0,
        Status.FAIL: 10 * 86400.0,
        Status.UNKNOWN: 0.0,
        Status.EXEMPT: 0.0,
    }


@given(
    st.lists(
        st.tuples(st.integers(-100, 900), st.sampled_from(Status), st.sampled_from(["a", "b"]))
    ),
    st.integers(0, 800),
)
def test_seconds_add_up_to_the_span(drawn: list[tuple[int, Status, str]], hours: int) -> None:
    changes = [change(T0 + at * HOUR, status, control) for at, status, control in drawn]
    end = T0 + timedelta(hours=hours)
    levels = service_levels(changes, T0, end)
    assert len(levels) == len({control for _, _, control in drawn})
    for level in levels:
        assert sum(level.seconds.values()) == hours * 3600
    for one, two in zip((found := periods(changes, T0, end)), found[1:], strict=False):
        assert one.end == two.start or one.control != two.control
