from __future__ import annotations

from dataclasses import replace

from guardian_agent.wire.names import Slug

from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import enrolled, trouble
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    CLIENT,
    DAY,
    HOUR,
    SECOND,
    SERVER,
    T0,
    judged,
    told,
    unspoken,
)

KEY = "agent.key"


def gapped(**fields: object) -> ServerEvidence:
    """Return evidence of number 1, then 4: two statements never came."""
    return told(after=told(at=T0 - HOUR), number=4, gap=True, **fields)


def test_an_unbroken_chain_passes() -> None:
    verdict = judged(KEY, told(after=told()))
    assert verdict.status is Status.PASS
    assert verdict.reason == "statement 2 of the agent's key 1 follows on all before it"
    assert verdict.holds_until is None


def test_before_enrolment_and_before_the_first_statement_it_is_unknown() -> None:
    assert judged(KEY, ServerEvidence(client=CLIENT, server=SERVER)).status is Status.UNKNOWN
    assert judged(KEY, unspoken()).status is Status.UNKNOWN
    assert judged(KEY, replace(told(), enrolled_at=None)).status is Status.UNKNOWN


def test_a_contradiction_fails_since_it_was_first_seen() -> None:
    twice = trouble(told(), Slug("equivocation"), T0)
    twice = trouble(twice, Slug("broken_chain"), T0 + HOUR)
    verdict = judged(KEY, told(after=twice, at=T0 + DAY), T0 + DAY)
    assert verdict.status is Status.FAIL
    assert "(broken chain) since 2026-11-21 12:00 UTC" in verdict.reason


def test_a_contradiction_fails_also_before_the_first_statement() -> None:
    assert judged(KEY, trouble(unspoken(), Slug("equivocation"), T0)).status is Status.FAIL


def test_a_new_enrolment_clears_it() -> None:
    again = enrolled(CLIENT, SERVER, T0 + HOUR, trouble(told(), Slug("equivocation"), T0))
    assert judged(KEY, again, T0 + HOUR).status is Status.PASS


def test_a_gap_passes_for_two_intervals_and_says_so() -> None:
    verdict = judged(KEY, gapped(), T0 + 2 * HOUR)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == T0 + 2 * HOUR
    assert "2 statements before 2026-11-21 12:00 UTC never came" in verdict.reason


def test_an_older_gap_fails() -> None:
    verdict = judged(KEY, gapped(), T0 + 2 * HOUR + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == T0 + 2 * HOUR
    assert "the agent does not account for them" in verdict.reason


def test_losing_more_makes_no_gap_younger() -> None:
    more = told(after=gapped(), number=9, gap=True, at=T0 + 3 * HOUR)
    verdict = judged(KEY, more, T0 + 3 * HOUR)
    assert verdict.status is Status.FAIL
    assert "6 statements" in verdict.reason


def test_a_full_spool_explains_a_gap() -> None:
    verdict = judged(KEY, gapped(dropped=2), T0 + 9 * DAY)
    assert verdict.status is Status.PASS
    assert verdict.reason == (
        "statement 4 of the agent's key 1 follows on all before it, "
        "but 2 statements that its full spool dropped"
    )


def test_a_full_spool_may_be_told_of_later() -> None:
    explained = told(after=gapped(), at=T0 + 3 * HOUR, dropped=2)
    assert judged(KEY, explained, T0 + 3 * HOUR).status is Status.PASS
    later = told(after=explained, number=7, gap=True, at=T0 + 4 * HOUR, dropped=2)
    assert judged(KEY, later, T0 + 5 * HOUR).status is Status.PASS
    assert judged(KEY, later, T0 + 7 * HOUR).status is Status.FAIL


def test_more_lost_than_the_spool_dropped_fails() -> None:
    verdict = judged(KEY, gapped(dropped=1), T0 + 9 * DAY)
    assert verdict.status is Status.FAIL
    assert verdict.reason.startswith("1 statement before")


def test_a_month_of_unbroken_statements_mends_a_gap_and_a_month_of_silence_does_not() -> None:
    assert judged(KEY, gapped(), T0 + 31 * DAY).status is Status.FAIL
    spoke = told(after=gapped(), at=T0 + 31 * DAY)
    assert judged(KEY, spoke, T0 + 31 * DAY).status is Status.PASS
    early = told(after=gapped(), at=T0 + 31 * DAY - SECOND)
    assert judged(KEY, early, T0 + 31 * DAY).status is Status.FAIL


def test_the_month_counts_from_the_newest_gap() -> None:
    more = told(after=gapped(), number=9, gap=True, at=T0 + 20 * DAY)
    spoke = told(after=more, at=T0 + 40 * DAY)
    assert judged(KEY, spoke, T0 + 40 * DAY).status is Status.FAIL
