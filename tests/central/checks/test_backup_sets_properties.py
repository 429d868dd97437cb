"""What holds of the controls about whole sets whatever agents say, once something was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.domain.asset import CopyPlan, Media, Subject
from guardian.domain.check import Case
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import CHECKS, DAY, HOUR, PLAN, SECOND, SET_ASSET
from tests.central.domain.strategies import COPIES, SETS, Event, lived, lives

AGREED: dict[str, dict[str, Any]] = {
    "backup.retention": {
        "daily": 2,
        "weekly": 2,
        "monthly": 1,
        "yearly": 3,
        "reach_back": 9 * DAY,
        "delete_after": 40 * DAY,
        "at_most": 3,
    },
    "backup.copies": {"copies": 2, "media": 2, "places": 1, "offsite": 1},
    "backup.size": {"watch": True, "after": 1},
    "backup.drift": {},
}
every = pytest.mark.parametrize("control", AGREED)
WAITS = st.sampled_from([timedelta(0), SECOND, HOUR, 7 * DAY, 8 * DAY, 40 * DAY, 400 * DAY])
MEDIA = dict(zip(COPIES, Media, strict=False))
WHERE = replace(
    PLAN,
    copies=tuple(
        CopyPlan(backup_set=name, copy=copy, media=MEDIA[copy], offsite=copy == COPIES[1])
        for name in SETS
        for copy in COPIES
    ),
)


def judged(control: str, evidence: ServerEvidence, now: Any) -> Verdict:
    check = CHECKS[control]
    of_set = check.applies_to is Subject.SET
    asset = replace(SET_ASSET, copy=None if of_set else COPIES[0])
    agreed = replace(check.settings(), **AGREED[control])
    return check.judge(Case(asset=asset, plan=WHERE, evidence=evidence), agreed, now)


@every
@settings(max_examples=40)
@given(events=lives(), wait=WAITS, longer=WAITS)
def test_nothing_gets_better_by_age_and_all_holds_until_it_says(
    control: str, events: list[Event], wait: timedelta, longer: timedelta
) -> None:
    evidence, now = lived(events), events[-1].at + wait
    early, late = judged(control, evidence, now), judged(control, evidence, now + longer)
    assert early.reason
    assert early.reason.isprintable()
    if early.status is not Status.PASS:
        assert late.status is not Status.PASS
    if early.status is Status.FAIL:
        assert late.status is Status.FAIL
    if early.holds_until is None or now + longer <= early.holds_until:
        assert late.status is early.status
    assert early.since is None or early.since <= now


@every
@settings(max_examples=20)
@given(events=lives(most=3))
def test_nothing_passes_of_which_nothing_was_told(control: str, events: list[Event]) -> None:
    other = replace(lived(events), copies=(), sets=())
    assert judged(control, other, events[-1].at).status is Status.UNKNOWN
