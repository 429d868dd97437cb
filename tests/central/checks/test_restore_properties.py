"""What holds of restore.* and of the ladder whatever restore tests a copy has seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import Compared, Comparison, Coverage, Outcome, Reason
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.asset import Agreement, Obligation, Subject
from guardian.domain.evidence import CopyEvidence, RestoreSeen, SizeSeen
from guardian.domain.evidence import TestsOfKind as OfKind
from guardian.domain.figures import copy_figures
from guardian.domain.ladder import Limits, Rung, standing
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    CHECKS,
    COPY,
    COPY_ASSET,
    DAY,
    HOUR,
    SECOND,
    SET,
    T0,
    agreements,
    answer,
    answered,
    judged,
    knowing,
    point,
    points,
    seen,
    told,
)

KINDS = ("sample", "full", "database", "archive", "command")
COUNTS = st.sampled_from([0, 1, 2, 40, 60, 299, 400, 10**6, 2**63 - 1])
SECONDS = st.sampled_from([0.0, 0.001, 30.0, 3600.0, 43_200.0, 9e18])
MOMENTS = st.sampled_from(
    [T0, *(T0 - days * DAY for days in (1, 20, 92, 93, 400, 700_000)), T0 + 9 * DAY]
)
MAYBE = st.none() | MOMENTS
WAITS = st.sampled_from([timedelta(0), SECOND, HOUR, DAY, 32 * DAY, 92 * DAY, 1000 * DAY])
ANSWERS = st.lists(
    st.builds(
        answered,
        st.builds(
            answer,
            question=st.sampled_from(["orders", "invoices"]),
            comparison=st.sampled_from(Comparison),
            moment=MAYBE,
        ),
        holds=st.sampled_from([True, True, True, False, None]),
    ),
    max_size=2,
).map(tuple)
COVERAGES = st.none() | st.builds(
    Coverage,
    files=COUNTS,
    bytes=COUNTS,
    files_tested=COUNTS,
    bytes_tested=COUNTS,
    untested_since=MAYBE,
    oldest_test_at=MAYBE,
)
COMPARED = st.none() | st.builds(
    Compared,
    files=COUNTS,
    bytes=COUNTS,
    matched=COUNTS,
    mismatched=COUNTS,
    missing=COUNTS,
    changed=COUNTS,
)


@st.composite
def restore_test(draw: st.DrawFn, kind: str, *, good: bool) -> RestoreSeen:
    given = {
        name: draw(COUNTS)
        for name in (
            *("matched", "not_compared", "population", "files_restored", "bytes_restored"),
            *("whole_files", "whole_bytes"),
        )
    }
    outcome = Outcome.PASSED if good else draw(st.sampled_from(Outcome))
    return seen(
        kind,
        started_at=draw(MOMENTS),
        received_at=T0,
        outcome=outcome,
        reason=draw(st.sampled_from(Reason)),
        verified=good,
        duration_seconds=draw(SECONDS),
        fixed_seconds=draw(SECONDS),
        point_started_at=draw(MAYBE),
        proven_not_older_than=draw(MAYBE),
        canary_expected=draw(st.booleans()),
        answers=draw(ANSWERS),
        coverage=draw(COVERAGES),
        compared=draw(COMPARED),
        **given,
    )


@st.composite
def of_kind(draw: st.DrawFn, kind: str) -> OfKind:
    failed = draw(st.none() | st.none() | restore_test(kind, good=False))
    good = draw(st.none() | restore_test(kind, good=True))
    newest = draw(restore_test(kind, good=False))
    return OfKind(kind=Slug(kind), newest=newest, last_good=good, standing_failed=failed)


SIZES = st.lists(st.builds(SizeSeen, at=MOMENTS, bytes=COUNTS), max_size=8).map(tuple)
KNOWN = st.lists(st.sampled_from(KINDS), unique=True, max_size=3).flatmap(
    lambda kinds: st.tuples(*(of_kind(kind) for kind in kinds))
)
SETTINGS = {
    "restore.tested": st.fixed_dictionaries(
        {},
        optional={
            "kinds": st.lists(st.sampled_from(KINDS).map(Slug), unique=True).map(tuple),
            "whole_within": st.sampled_from([30 * DAY, timedelta.max]),
            "bad_share": st.sampled_from([0.0, 0.01, 0.5]),
            "confidence": st.sampled_from([0.0, 0.95, 0.999]),
        },
    ),
    "restore.proven": st.fixed_dictionaries(
        {}, optional={"questions": st.just((Name("orders"), Name("unheard-of")))}
    ),
    "restore.time": st.fixed_dictionaries(
        {}, optional={"max_time": st.sampled_from([SECOND, HOUR, timedelta.max])}
    ),
}
ASKED = st.sampled_from(sorted(SETTINGS)).flatmap(
    lambda control: st.tuples(st.just(control), SETTINGS[control])
)


@given(KNOWN, SIZES, ASKED, WAITS, WAITS)
def test_verdicts_hold_until_they_say_and_nothing_gets_better_by_age(
    tests: tuple[OfKind, ...],
    sizes: tuple[SizeSeen, ...],
    asked: tuple[str, dict[str, object]],
    wait: timedelta,
    longer: timedelta,
) -> None:
    control, settings = asked
    evidence = knowing(tests=tests, sizes=sizes)
    now = T0 + wait
    early = judged(control, evidence, now, **settings)
    late = judged(control, evidence, now + longer, **settings)
    assert early.reason
    assert early.since is None or early.since <= now
    assert early.holds_until is None or early.holds_until >= now
    if early.status is not Status.PASS:
        assert late.status is not Status.PASS
    if early.status is Status.FAIL:
        assert late.status is Status.FAIL
    if early.holds_until is None or now + longer <= early.holds_until:
        assert late.status is early.status


@given(KNOWN, ASKED)
def test_without_a_verified_test_nothing_passes(
    tests: tuple[OfKind, ...], asked: tuple[str, dict[str, object]]
) -> None:
    control, settings = asked
    claimed = tuple(
        OfKind(kind=each.kind, newest=each.newest, standing_failed=each.standing_failed)
        for each in tests
    )
    verdict = judged(control, knowing(tests=claimed), **settings)
    assert verdict.status is not Status.PASS


def _copy(tests: tuple[OfKind, ...], **known: object) -> CopyEvidence:
    found = knowing(tests=tests, **known).copy(SET, COPY)
    assert found is not None
    return found


@given(KNOWN, WAITS, WAITS)
def test_no_rung_rises_by_age(
    tests: tuple[OfKind, ...], wait: timedelta, longer: timedelta
) -> None:
    copy, now = _copy(tests), T0 + wait
    early, late = (standing(copy, when, Limits()) for when in (now, now + longer))
    assert late.rung <= early.rung
    if early.until is not None and now + longer <= early.until:
        assert late == early


@given(KNOWN)
def test_no_rung_without_its_evidence(tests: tuple[OfKind, ...]) -> None:
    rung = standing(_copy(tests), T0, Limits()).rung
    good = {each.kind for each in tests if each.last_good is not None}
    if any(each.standing_failed is not None for each in tests):
        assert rung <= Rung.OBSERVED
    if rung is Rung.INTACT:
        assert "archive" in good
    if rung is Rung.RESTORED:
        assert good & {"sample", "full", "database", "command"}
    if rung is Rung.PROVEN:
        assert good & {"full", "database", "command"}


@given(KNOWN, SIZES, MOMENTS)
def test_there_are_numbers_whatever_was_stated(
    tests: tuple[OfKind, ...], sizes: tuple[SizeSeen, ...], now: datetime
) -> None:
    listed = told(points(point(1, T0)))
    evidence = knowing(listed, tests=tests, sizes=sizes)
    agreed: dict[str, Agreement] = agreements(Subject.COPY)
    assert set(agreed) < set(CHECKS)
    found = copy_figures(Obligation(asset=COPY_ASSET, agreements=agreed), evidence, now).restores
    if found.time is not None:
        assert 0 <= found.time.lower_seconds <= found.time.upper_seconds
    assert found.bad_share_bound is None or 0 <= found.bad_share_bound <= 1
