"""What does not alarm, and why: parked and retired servers, maintenance, holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from guardian.config.calendars import ZoneCalendar
from guardian.domain.asset import Asset, Exemption, ServerPlan, Uncovered
from guardian.domain.calendar import Pause, stretched
from guardian.domain.evaluate import judge, next_due
from guardian.domain.evidence import ServerEvidence
from guardian.domain.lifecycle import Aside, State
from guardian.domain.verdict import Finding, Status
from tests.central.domain.making import (
    CHECKS,
    COPY_ASSET,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SERVER_ASSET,
    T0,
    healthy,
    live_area,
    live_areas,
    point_id,
    told,
)

COVERAGE = (SERVER_ASSET, "backup.coverage")
REPORTING = (SERVER_ASSET, "agent.reporting")
FRESH = (COPY_ASSET, "backup.fresh")
Key = tuple[Asset, str]


def judged(
    plan: ServerPlan,
    evidence: ServerEvidence | None,
    now: datetime,
    before: dict[Key, Finding] | None = None,
) -> dict[Key, Finding]:
    findings = judge(plan, evidence, CHECKS, now, before or {})
    return {(finding.asset, finding.control): finding for finding in findings}


PARKED = replace(
    PLAN,
    aside=Aside(
        state=State.PARKED, since=T0 + DAY, until=T0 + 30 * DAY, reason="winter break", owner="Ada"
    ),
)
RETIRED = replace(
    PLAN, aside=Aside(state=State.RETIRED, since=T0 + DAY, reason="sold", owner="Ada")
)


class TestAside:
    def test_a_parked_server_does_not_alarm_and_stays_on_record(self):
        for finding in judged(PARKED, healthy(), T0 + 9 * DAY).values():
            assert finding.status is Status.EXEMPT
            assert finding.exempt_owner == "Ada"
            assert finding.exempt_until == T0 + 30 * DAY
            assert finding.reason.startswith(
                "parked since 2026-11-22 12:00 UTC until 2026-12-21 12:00 UTC by Ada: winter break;"
            )
        assert judged(PARKED, healthy(), T0 + 9 * DAY)[FRESH].judged_status is Status.FAIL

    def test_before_its_day_and_after_its_end_it_is_judged_as_any(self):
        early = judged(PARKED, healthy(), T0 + DAY - SECOND)
        assert early[FRESH].status is Status.PASS
        assert next_due(early.values()) <= T0 + DAY
        assert judged(PARKED, healthy(), T0 + 30 * DAY)[FRESH].status is Status.FAIL

    def test_its_day_is_a_moment_at_which_to_judge_again(self):
        waiting = judged(PARKED, None, T0)
        assert next_due(waiting.values()) == T0 + DAY
        assert next_due(judged(PARKED, None, T0 + 2 * DAY).values()) == T0 + 30 * DAY

    def test_a_retired_server_has_no_end(self):
        finding = judged(RETIRED, healthy(), T0 + 900 * DAY)[FRESH]
        assert (finding.status, finding.exempt_until) == (Status.EXEMPT, None)
        assert finding.reason.startswith("retired since 2026-11-22 12:00 UTC by Ada: sold; judged")

    def test_one_that_still_speaks_is_in_use(self):
        for plan in (PARKED, RETIRED):
            spoke = told(after=healthy(), at=T0 + 2 * DAY + SECOND)
            assert judged(plan, spoke, T0 + 9 * DAY)[REPORTING].status is Status.FAIL
            just = told(after=healthy(), at=T0 + 2 * DAY)
            assert judged(plan, just, T0 + 9 * DAY)[REPORTING].status is Status.EXEMPT


WORK = Pause(
    starts=T0 + HOUR,
    ends=T0 + 9 * HOUR,
    reason="new disks",
    owner="Eve",
    holds_alarms=True,
    words="maintenance",
)
MAINTAINED = replace(PLAN, pauses=(WORK,))


class TestMaintenance:
    def test_what_begins_in_it_is_held_until_its_end(self):
        long_work = replace(WORK, ends=T0 + 9 * DAY)
        plan = replace(PLAN, pauses=(replace(long_work, starts=T0 + 27 * HOUR),))
        good = judged(plan, healthy(), T0)
        encrypted = (COPY_ASSET, "backup.encrypted")
        finding = judged(plan, healthy(), T0 + 8 * DAY + HOUR, good)[encrypted]
        assert (finding.status, finding.judged_status) == (Status.EXEMPT, Status.UNKNOWN)
        assert finding.exempt_until == finding.holds_until == long_work.ends

    def test_silence_in_it_is_excused_by_it(self):
        good = judged(MAINTAINED, healthy(), T0)
        finding = judged(MAINTAINED, healthy(), T0 + 5 * HOUR, good)[REPORTING]
        assert (finding.status, finding.judged_status) == (Status.EXEMPT, Status.FAIL)
        assert finding.holds_until == WORK.ends
        assert finding.reason.startswith(
            "maintenance agreed with Eve from 2026-11-21 13:00 UTC to 2026-11-21 21:00 UTC: "
            "new disks; judged fail: "
        )

    def test_what_passes_in_it_passes(self):
        assert judged(MAINTAINED, healthy(), T0 + 2 * HOUR)[FRESH].status is Status.PASS

    def test_what_alarmed_before_goes_on_alarming(self):
        stale = healthy(T0 - 3 * DAY)
        bad = judged(MAINTAINED, stale, T0)
        assert bad[FRESH].status is Status.FAIL
        assert judged(MAINTAINED, stale, T0 + 2 * HOUR, bad)[FRESH].status is Status.FAIL

    def test_after_it_the_silence_in_it_does_not_count_at_once(self):
        good = judged(MAINTAINED, healthy(), T0)
        held = judged(MAINTAINED, healthy(), T0 + 8 * HOUR, good)
        after = judged(MAINTAINED, healthy(), WORK.ends + HOUR, held)[REPORTING]
        assert (after.status, after.judged_status) == (Status.EXEMPT, Status.FAIL)
        due = T0 + timedelta(hours=2, minutes=15) + (WORK.ends - WORK.starts)
        assert after.holds_until == after.exempt_until == due
        late = judged(MAINTAINED, healthy(), due + SECOND, held)[REPORTING]
        assert (late.status, late.since) == (Status.FAIL, due)

    def test_a_holiday_excuses_no_silence(self):
        closed = replace(PLAN, pauses=(replace(WORK, holds_alarms=False),))
        assert judged(closed, healthy(), T0 + 5 * HOUR)[REPORTING].status is Status.FAIL


def test_a_holiday_is_told_as_one():
    closed = Pause(starts=T0 + HOUR, ends=T0 + 5 * DAY, reason="closed", owner="Eve")
    plan = replace(PLAN, pauses=(closed,), calendar=ZoneCalendar(zone="UTC"))
    finding = judged(plan, healthy(), T0 + 4 * DAY)[FRESH]
    assert finding.status is Status.EXEMPT
    assert finding.reason.startswith("no runs agreed with Eve from ")


def test_a_silent_laptop_is_judged_by_its_own_silence():
    laptop = replace(PLAN, longest_silence=14 * DAY)
    fine = judged(laptop, healthy(), T0 + 14 * DAY)[REPORTING]
    assert fine.status is Status.PASS
    assert "at least every 14 d, as it is not always on" in fine.reason
    lost = judged(laptop, healthy(), T0 + 14 * DAY + SECOND)[REPORTING]
    assert (lost.status, lost.since) == (Status.FAIL, T0 + 14 * DAY)


def test_how_long_a_machine_has_been_on_is_remembered():
    first = told(at=T0)
    assert first.agent.speaking_since == T0
    again = told(after=first, at=T0 + 4 * HOUR)
    assert again.agent.speaking_since == T0
    woken = told(after=again, at=T0 + 9 * HOUR)
    assert woken.agent.speaking_since == T0 + 9 * HOUR
    old = replace(first, agent=replace(first.agent, speaking_since=None))
    assert told(after=old, at=T0 + HOUR).agent.speaking_since == T0


def test_time_in_several_pauses_does_not_count():
    def pause(start: int, end: int) -> Pause:
        return replace(WORK, starts=T0 + start * HOUR, ends=T0 + end * HOUR)

    assert stretched(T0, 4 * HOUR, (pause(1, 2), pause(4, 6))) == T0 + 7 * HOUR
    assert stretched(T0, 4 * HOUR, (pause(-3, 1), pause(5, 6))) == T0 + 5 * HOUR
    assert stretched(T0, 4 * HOUR, (pause(-3, 0), pause(4, 6))) == T0 + 4 * HOUR
    far = datetime.max.replace(tzinfo=UTC)
    assert stretched(far, 4 * HOUR, (pause(1, 2),)) == far


def test_a_risk_accepted_for_a_part_is_exempt_and_named():
    said = Exemption(reason="scratch data", owner="ops", expires=date(2026, 11, 24))
    plan = replace(PLAN, uncovered=(Uncovered(area=point_id(1), exemption=said),))
    evidence = told(live_areas(live_area(1, bytes_uncovered=10**12)), after=healthy())
    finding = judged(plan, evidence, T0)[COVERAGE]
    assert (finding.status, finding.judged_status) == (Status.EXEMPT, Status.FAIL)
    assert (finding.exempt_owner, finding.exempt_until) == (
        "ops",
        datetime(2026, 11, 24, tzinfo=UTC),
    )
    assert finding.reason.startswith(
        "accepted by ops until 2026-11-24: scratch data; judged fail: "
    )
    assert judged(plan, evidence, T0 + 3 * DAY)[COVERAGE].status is Status.FAIL
