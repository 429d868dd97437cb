"""How much time there is to act once backups broke silently."""

from __future__ import annotations

from dataclasses import replace

from guardian.config.calendars import ZoneCalendar
from guardian.domain.asset import Agreement, ServerPlan
from guardian.domain.calendar import Pause
from guardian.domain.evidence import ServerEvidence
from guardian.domain.slack import Slack, slack
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    CHECKS,
    COPY,
    COPY_ASSET,
    DAY,
    HOUR,
    PLAN,
    SET,
    T0,
    judged,
    point,
    points,
    told,
)

MADE = T0 - HOUR


def agreeing(retention: dict[str, object], **freshness: object) -> ServerPlan:
    """Return the plan with these settings for the copy."""
    only = {"max_age": None} if "schedule" in freshness else {}
    settings = {"backup.retention": retention, "backup.fresh": only | freshness}
    given = {
        control: Agreement(
            settings=replace(CHECKS[control].settings(), **values),
            severity=CHECKS[control].severity,
        )
        for control, values in settings.items()
    }
    changed = tuple(
        replace(each, agreements=each.agreements | given) if each.asset == COPY_ASSET else each
        for each in PLAN.obligations
    )
    return replace(PLAN, obligations=changed, calendar=ZoneCalendar(zone="UTC"))


def of(plan: ServerPlan, evidence: ServerEvidence) -> Slack | None:
    return slack(plan, COPY_ASSET, evidence.copy(SET, COPY))


EVIDENCE = told(points(point(1, MADE)))


def test_what_was_agreed_tells_how_long_points_live() -> None:
    found = of(agreeing({"delete_after": 30 * DAY}), EVIDENCE)
    assert (found.alarm_at, found.gone_at) == (MADE + 26 * HOUR, MADE + 30 * DAY)
    assert found.left == 30 * DAY - 26 * HOUR
    assert found.said == (
        "if backups silently broke now: alarm on 2026-11-22 13:00 UTC, "
        "last good copy gone on 2026-12-21 11:00 UTC, 28 d to act"
    )


def test_it_may_come_too_late() -> None:
    found = of(agreeing({"delete_after": 3 * DAY}, max_age=5 * DAY), EVIDENCE)
    assert found.is_too_late
    assert found.said.endswith("last good copy gone on 2026-11-24 11:00 UTC, 2 d too late")


def test_a_schedule_alarms_after_its_grace() -> None:
    plan = agreeing({"delete_after": 30 * DAY}, schedule=("0 2 * * SUN",), grace=3 * HOUR)
    assert of(plan, EVIDENCE).alarm_at == T0 + 17 * HOUR  # T0 is noon on a Saturday


def test_a_pause_puts_the_alarm_off() -> None:
    closed = Pause(starts=T0, ends=T0 + 9 * DAY, reason="closed", owner="Ada")
    plan = replace(agreeing({"delete_after": 7 * DAY}), pauses=(closed,))
    assert of(plan, EVIDENCE).alarm_at == closed.ends + 26 * HOUR
    assert of(plan, EVIDENCE).is_too_late


def lifetime(**retention: object) -> object:
    found = of(agreeing(retention), EVIDENCE)
    return None if found.gone_at is None else found.gone_at - MADE


def test_the_period_that_reaches_furthest_counts_and_no_more_than_is_deleted() -> None:
    assert lifetime(daily=7) == 7 * DAY
    assert lifetime(daily=7, weekly=4) == 21 * DAY
    assert lifetime(reach_back=90 * DAY, daily=7) == 90 * DAY
    assert lifetime(weekly=4, delete_after=14 * DAY) == 14 * DAY
    assert lifetime(weekly=1) is None


def test_without_an_agreement_what_was_seen_to_go_tells() -> None:
    grown = told(*[points(*(point(n, MADE - n * DAY) for n in range(9)))])
    assert of(PLAN, grown).gone_at is None
    assert "neither agreed nor seen" in of(PLAN, grown).said
    pruned = told(points(*(point(n, MADE - n * DAY) for n in range(7))), after=grown)
    found = of(PLAN, pruned)
    assert found.gone_at == MADE + 6 * DAY + HOUR
    assert "as far as was seen, 4 d to act" in found.said


def test_a_point_dated_ahead_that_goes_shows_no_retention() -> None:
    ahead = told(points(point(1, MADE), point(2, T0 + 9 * DAY)))
    assert of(PLAN, told(points(point(1, MADE)), after=ahead)).gone_at is None


def test_without_a_point_or_a_freshness_there_is_nothing_to_say() -> None:
    assert of(PLAN, told()) is None
    assert of(PLAN, told(points())) is None
    assert of(PLAN, told(points(point(1, T0 + 9 * DAY)))) is None
    assert of(replace(PLAN, obligations=()), EVIDENCE) is None
    copy = PLAN.obligations[1]
    bare = {key: value for key, value in copy.agreements.items() if key != "backup.fresh"}
    assert of(replace(PLAN, obligations=(replace(copy, agreements=bare),)), EVIDENCE) is None
    over = agreeing({}, schedule=("2024-06-01 02:00",))
    assert of(over, EVIDENCE) is None


def test_retention_fails_where_it_comes_too_late() -> None:
    late = agreeing({"delete_after": 3 * DAY}, max_age=5 * DAY)
    verdict = judged("backup.retention", EVIDENCE, plan=late, delete_after=3 * DAY)
    assert verdict.status is Status.FAIL
    assert "2 d too late" in verdict.reason
    enough = agreeing({"delete_after": 6 * DAY}, max_age=5 * DAY)
    verdict = judged("backup.retention", EVIDENCE, plan=enough, delete_after=6 * DAY)
    assert verdict.status is Status.PASS
