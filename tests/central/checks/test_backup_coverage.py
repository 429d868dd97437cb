from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import LiveArea, LiveAreas, Reason
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.asset import Exemption, Uncovered
from guardian.domain.evidence import ServerEvidence
from guardian.domain.looked import MAX_AREAS
from guardian.domain.uncovered import by_kind
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    PLAN,
    T0,
    judged,
    live_area,
    live_areas,
    point_id,
    told,
    unspoken,
)

CONTROL = "backup.coverage"
GB = 1_000_000_000
OPEN = live_area(1, bytes_uncovered=41 * GB, files_uncovered=7)


def of(*facts: LiveAreas, **more: object) -> Verdict:
    return judged(CONTROL, told(*facts), **more)


def accepted(number: int, expires: date) -> Uncovered:
    said = Exemption(reason="scratch data", owner="ops@example.org", expires=expires)
    return Uncovered(area=point_id(number), exemption=said)


def test_a_complete_look_that_found_all_in_backups_passes() -> None:
    verdict = of(live_areas(live_area(1), live_area(2)))
    assert (verdict.status, verdict.holds_until) == (Status.PASS, T0 - HOUR + 8 * DAY)
    assert verdict.reason == "the newest restore points have what lies in 2 places (10 GB)"


def test_data_in_no_backup_fails_since_it_was_first_told() -> None:
    evidence = told(live_areas(OPEN), at=T0 - 9 * DAY)
    evidence = told(live_areas(OPEN, live_area(2)), after=evidence)
    verdict = judged(CONTROL, evidence)
    assert verdict.status is Status.FAIL
    assert verdict.reason == "41 GB (home 00000000…) in no backup since 2026-11-12"
    assert verdict.since == T0 - 9 * DAY


def test_it_counts_anew_after_it_was_in_a_backup() -> None:
    evidence = told(live_areas(OPEN), at=T0 - 9 * DAY)
    evidence = told(live_areas(live_area(1)), after=evidence, at=T0 - 5 * DAY)
    evidence = told(live_areas(OPEN), after=evidence)
    assert judged(CONTROL, evidence).since == T0


def test_the_largest_areas_are_named() -> None:
    areas = [live_area(n, kind=Slug(f"kind-{n}"), bytes_uncovered=n * GB) for n in range(1, 6)]
    said = of(live_areas(*areas)).reason
    assert said.startswith(
        "15 GB (kind-5 00000000…, kind-4 00000000…, kind-3 00000000… and 2 more)"
    )


def test_little_is_tolerated_and_the_limit_is_agreed() -> None:
    small = live_areas(live_area(1, bytes_uncovered=100 * 1024 * 1024 - 1))
    assert of(small).status is Status.PASS
    assert of(small).reason.endswith("in 1 place (5 GB); 105 MB of it in none")
    assert of(small, least_mib=0).status is Status.FAIL
    assert of(live_areas(live_area(1)), least_mib=0).status is Status.PASS
    assert of(live_areas(live_area(1, bytes_uncovered=100 * 1024 * 1024))).status is Status.FAIL


def test_what_is_not_named_counts_with_the_rest() -> None:
    verdict = of(live_areas(live_area(1), rest_bytes_uncovered=GB))
    assert verdict.reason == "1 GB in no backup since 2026-11-21"


def test_open_data_fails_however_old_or_incomplete_the_look() -> None:
    fact = live_areas(OPEN, complete=False, reason=Reason.UNREADABLE_ANSWER)
    assert of(fact, now=T0 + 99 * DAY).status is Status.FAIL


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (live_areas(), "no live data was found where it usually lies"),
        (
            live_areas(live_area(1), complete=False, reason=Reason.UNREADABLE_ANSWER),
            "the look for live data was cut short (unreadable answer)",
        ),
        (
            live_areas(live_area(1, reason=Reason.PERMISSION_DENIED)),
            "the look for live data in home 00000000… was cut short (permission denied)",
        ),
        (live_areas(live_area(1, measured_at=None)), "1 place with live data not measured yet"),
        (
            live_areas(live_area(1, bytes_unproven=3 * GB)),
            "whether 3 GB (home 00000000…) is in a backup cannot be seen",
        ),
        (
            live_areas(live_area(1), rest_bytes_unproven=3 * GB),
            "whether 3 GB is in a backup cannot be seen",
        ),
        (
            live_areas(live_area(1, measured_at=T0 - 9 * DAY)),
            "the newest look for live data is 9 d old, 8 d allowed",
        ),
    ],
)
def test_doubt_is_unknown(fact: LiveAreas, said: str) -> None:
    verdict = of(fact)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.startswith(said)


def test_nothing_told_is_unknown() -> None:
    for evidence in (unspoken(), told()):
        verdict = judged(CONTROL, evidence)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason.startswith("the agent told of no look for live data")


def test_what_somebody_accepts_counts_again_at_its_end() -> None:
    plan = replace(PLAN, uncovered=(accepted(1, date(2026, 11, 24)),))
    evidence = told(live_areas(OPEN, live_area(2)))
    verdict = judged(CONTROL, evidence, plan=plan)
    assert verdict.holds_until == T0 + 2 * DAY + 12 * HOUR
    assert verdict.excused_by == accepted(1, date(2026, 11, 24)).exemption
    assert judged(CONTROL, evidence, T0 + 3 * DAY, plan=plan).status is Status.FAIL
    other = replace(PLAN, uncovered=(accepted(2, date(2026, 11, 24)),))
    assert judged(CONTROL, evidence, plan=other).status is Status.FAIL


def test_what_somebody_accepts_is_no_backup() -> None:
    first, second = accepted(1, date(2026, 12, 24)), accepted(2, date(2026, 11, 24))
    plan = replace(PLAN, uncovered=(first, second))
    evidence = told(live_areas(OPEN, live_area(2, bytes_unproven=GB), live_area(3)))
    verdict = judged(CONTROL, evidence, plan=plan)
    assert (verdict.status, verdict.excused_by) == (Status.FAIL, second.exemption)
    assert verdict.reason.startswith("41 GB (home 00000000…) in no backup since")


def test_what_somebody_accepts_excuses_nothing_else() -> None:
    plan = replace(PLAN, uncovered=(accepted(1, date(2026, 11, 24)),))
    other = told(live_areas(OPEN, live_area(2, bytes_uncovered=3 * GB)))
    verdict = judged(CONTROL, other, plan=plan)
    assert (verdict.status, verdict.excused_by) == (Status.FAIL, None)
    assert verdict.reason.startswith("3 GB (")
    whole = judged(CONTROL, told(live_areas(live_area(1), live_area(2))), plan=plan)
    assert (whole.status, whole.excused_by) == (Status.PASS, None)
    assert whole.reason.endswith("; 1 place accepted to be in none")


def test_what_a_server_can_make_central_remember_is_bounded() -> None:
    areas = [live_area(n, bytes_uncovered=1) for n in range(MAX_AREAS + 9)]
    live = told(live_areas(*areas)).live
    assert live is not None
    assert len(live.fact.areas) == len(live.open_since) == MAX_AREAS
    assert live.since("never seen") is None


def test_figures_are_by_kind() -> None:
    live = told(live_areas(OPEN, live_area(2), rest_bytes_uncovered=5)).live
    assert live is not None
    assert by_kind(live) == (("home", 41 * GB), ("home", 0), ("unnamed", 5))


AREAS = st.lists(
    st.builds(
        live_area,
        st.integers(1, 5),
        bytes_uncovered=st.sampled_from([0, 0, 1, GB]),
        bytes_unproven=st.sampled_from([0, 0, GB]),
        measured_at=st.sampled_from([T0, T0, T0 - 9 * DAY, T0 + 9 * DAY, None]),
        reason=st.sampled_from([Reason.NONE, Reason.NONE, Reason.PERMISSION_DENIED]),
    ),
    max_size=4,
)
LOOKS = st.builds(
    lambda areas, **fields: live_areas(*areas, **fields),
    AREAS,
    complete=st.booleans(),
    rest_bytes_uncovered=st.sampled_from([0, 0, GB]),
    rest_bytes_unproven=st.sampled_from([0, 0, GB]),
)
WAITS = st.sampled_from([timedelta(), HOUR, 8 * DAY, 1000 * DAY])


def _sum(areas: tuple[LiveArea, ...], what: str) -> int:
    return sum(getattr(each, what) for each in areas)


def _evidence(looks: list[LiveAreas]) -> ServerEvidence:
    known = unspoken()
    for look in looks:
        known = told(look, after=known)
    return known


@given(st.lists(LOOKS, min_size=1, max_size=3), WAITS)
def test_only_a_complete_recent_look_passes(looks: list[LiveAreas], wait: timedelta) -> None:
    newest = looks[-1]
    verdict = judged(CONTROL, _evidence(looks), T0 + wait)
    is_open = _sum(newest.areas, "bytes_uncovered") + newest.rest_bytes_uncovered >= GB
    assert (verdict.status is Status.FAIL) is is_open
    if verdict.status is Status.PASS:
        assert newest.complete
        assert newest.areas
        assert all(each.measured_at and each.reason is Reason.NONE for each in newest.areas)
        assert _sum(newest.areas, "bytes_unproven") + newest.rest_bytes_unproven < GB
        assert verdict.holds_until is not None
        assert verdict.holds_until >= T0 + wait
        later = judged(CONTROL, _evidence(looks), verdict.holds_until + HOUR)
        assert later.status is Status.UNKNOWN
