from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.verdict import Status, Verdict, fails, passes, unknown
from guardian.domain.verdicts import MOST_SAID, all_of, any_of
from tests.central.domain.making import DAY, T0

GOOD, LONGER = passes("good", T0 + DAY), passes("longer", T0 + 2 * DAY)
ENDLESS = passes("endless")
DARK = unknown("dark", T0 + 3 * DAY)
BAD, WORSE = fails("bad", since=T0 - DAY), fails("worse", since=T0 - 2 * DAY)
MOMENTS = st.none() | st.integers(-9, 9).map(lambda days: T0 + days * DAY)
VERDICTS = st.builds(
    Verdict,
    status=st.sampled_from([Status.PASS, Status.UNKNOWN, Status.FAIL]),
    reason=st.sampled_from(["a", "b", "c"]),
    holds_until=MOMENTS,
    since=MOMENTS,
)
SEVERAL = st.lists(VERDICTS, min_size=1, max_size=4)
ORDER = [Status.PASS, Status.UNKNOWN, Status.FAIL]


def test_all_hold_until_the_first_does_not() -> None:
    assert all_of([LONGER, GOOD, ENDLESS]) == passes("longer; good; endless", T0 + DAY)
    assert all_of([ENDLESS]) == ENDLESS


def test_one_that_fails_fails_all_and_says_why_alone() -> None:
    assert all_of([GOOD, BAD, DARK]) == BAD
    assert all_of([BAD, WORSE]) == fails("bad; worse", since=T0 - 2 * DAY)


def test_what_is_unknown_may_fail_when_a_part_ends() -> None:
    assert all_of([GOOD, DARK]) == unknown("dark", T0 + DAY)


def test_one_reason_is_said_once() -> None:
    assert all_of([GOOD, GOOD]).reason == "good"


def test_what_is_unknown_began_with_its_first() -> None:
    old, newer = unknown("old", since=T0 - DAY), unknown("newer", since=T0)
    assert all_of([GOOD, newer, DARK, old]) == unknown("newer; dark; old", T0 + DAY, since=T0 - DAY)


def test_no_more_is_said_than_a_person_reads() -> None:
    def said(count: int) -> str:
        return all_of([fails(str(number)) for number in range(count)]).reason

    assert said(MOST_SAID) == "0; 1; 2; 3; 4"
    assert said(MOST_SAID + 1) == "0; 1; 2; 3; 4; and 1 more"


def test_one_that_holds_is_enough_and_the_longest_counts() -> None:
    assert any_of([BAD, DARK, GOOD, LONGER]) == LONGER
    assert any_of([LONGER, ENDLESS]) == ENDLESS
    assert any_of([BAD, DARK]) == DARK


def test_where_none_holds_it_fails_since_the_last_fell() -> None:
    assert any_of([WORSE, BAD]) == fails("worse", since=T0 - DAY)
    assert any_of([fails("undated")]).since is None


@given(SEVERAL)
def test_all_are_as_bad_as_the_worst_and_one_as_good_as_the_best(parts: list[Verdict]) -> None:
    ranks = [ORDER.index(part.status) for part in parts]
    assert ORDER.index(all_of(parts).status) == max(ranks)
    assert ORDER.index(any_of(parts).status) == min(ranks)
