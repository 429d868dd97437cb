from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from guardian_agent.wire.observations import Outcome, Reason

from guardian.domain.asset import (
    Agreement,
    Asset,
    Exemption,
    Obligation,
    ServerPlan,
    Severity,
    Subject,
)
from guardian.domain.check import AnyCheck, Case
from guardian.domain.evaluate import judge, next_due
from guardian.domain.evidence import ServerEvidence
from guardian.domain.ladder import Rung
from guardian.domain.verdict import Finding, Status, Verdict, fails, passes, unknown
from tests.central.domain.making import (
    CHECKS,
    COPY_ASSET,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SERVER_ASSET,
    SET_ASSET,
    T0,
    agreements,
    exposure,
    files,
    healthy,
    integrity,
    point,
    points,
    told,
)

FRESH = (COPY_ASSET, "backup.fresh")
Key = tuple[Asset, str]


def judged(
    evidence: ServerEvidence | None,
    now: datetime = T0,
    before: dict[Key, Finding] | None = None,
    *,
    plan: ServerPlan = PLAN,
    checks: dict[str, AnyCheck] = CHECKS,
) -> dict[Key, Finding]:
    findings = judge(plan, evidence, checks, now, before or {})
    return {(finding.asset, finding.control): finding for finding in findings}


def exempted(exemption: Exemption) -> ServerPlan:
    """Return the plan with `exemption` for backup.fresh."""
    server, copy = PLAN.obligations
    agreements = dict(copy.agreements)
    agreements["backup.fresh"] = replace(agreements["backup.fresh"], exemption=exemption)
    return replace(PLAN, obligations=(server, replace(copy, agreements=agreements)))


def saying(*verdicts: Verdict) -> dict[str, AnyCheck]:
    """Return the checks with one backup.fresh that says these verdicts in turn."""
    said = iter(verdicts)
    return CHECKS | {"backup.fresh": replace(CHECKS["backup.fresh"], judge=lambda *_: next(said))}


def test_every_asset_and_control_has_exactly_one_finding() -> None:
    of_set = Obligation(asset=SET_ASSET, agreements=agreements(Subject.SET))
    plan = replace(PLAN, obligations=(*PLAN.obligations, of_set))
    for evidence in (None, told(), healthy()):
        findings = judge(plan, evidence, CHECKS, T0, {})
        expected = [(o.asset, c) for o in plan.obligations for c in sorted(o.agreements)]
        assert [(finding.asset, finding.control) for finding in findings] == expected
        assert len(expected) == len(CHECKS)


def test_silence_is_a_finding_for_everything() -> None:
    assert {finding.status for finding in judged(None).values()} == {Status.UNKNOWN}


def test_a_healthy_server_passes_everything() -> None:
    assert {finding.status for finding in judged(healthy()).values()} == {Status.PASS}


def test_a_finding_carries_what_was_agreed_and_what_to_do() -> None:
    finding = judged(healthy())[FRESH]
    assert finding.severity is Severity.CRITICAL
    assert finding.remedy == CHECKS["backup.fresh"].remedy
    assert finding.judged_status is Status.PASS
    assert finding.exempt_until is None
    assert finding.holds_until == T0 - HOUR + 26 * HOUR


def test_a_check_that_breaks_is_unknown_and_silences_no_other() -> None:
    def broken(case: Case, settings: object, now: datetime) -> Verdict:
        raise ZeroDivisionError("secret text")

    checks = CHECKS | {"backup.fresh": replace(CHECKS["backup.fresh"], judge=broken)}
    findings = judged(healthy(), checks=checks)
    assert findings[FRESH].status is Status.UNKNOWN
    assert findings[FRESH].reason == (
        "the check itself failed (ZeroDivisionError): a fault in Guardian, please report it"
    )
    others = {finding.status for key, finding in findings.items() if key != FRESH}
    assert others == {Status.PASS}


def test_an_agreed_control_without_a_check_is_unknown() -> None:
    checks = {name: check for name, check in CHECKS.items() if name != "backup.fresh"}
    finding = judged(healthy(), checks=checks)[FRESH]
    assert finding.status is Status.UNKNOWN
    assert finding.remedy == ""


def test_no_reason_commands_a_terminal() -> None:
    finding = judged(None, checks=saying(fails("bad\x1b[31m\nred")))[FRESH]
    assert finding.reason == "bad\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}red"


class TestSince:
    def since(self, *verdicts: Verdict, step: int = 1) -> datetime:
        """Judge in turn, an hour apart, and return since when the last verdict holds."""
        checks, found = saying(*verdicts), {}
        for turn in range(len(verdicts)):
            found = judged(None, T0 + turn * step * HOUR, found, checks=checks)
        return found[FRESH].since

    def test_a_first_verdict_began_when_its_check_says(self) -> None:
        assert self.since(fails("old", since=T0 - DAY)) == T0 - DAY

    def test_a_first_verdict_began_now_where_its_check_does_not_say(self) -> None:
        assert self.since(fails("bad")) == T0

    def test_nothing_begins_later_than_now(self) -> None:
        assert self.since(fails("soon", since=T0 + DAY)) == T0

    def test_a_status_that_stays_keeps_its_beginning(self) -> None:
        assert self.since(fails("bad"), fails("worse", since=T0 - DAY)) == T0

    def test_a_clock_put_back_gives_no_beginning_ahead(self) -> None:
        assert self.since(fails("bad"), fails("bad"), step=-1) == T0 - HOUR

    def test_a_pass_that_expired_ended_at_its_limit(self) -> None:
        due = T0 + HOUR / 2
        assert self.since(passes("ok", due), fails("old", since=due)) == due

    def test_new_evidence_does_not_rewrite_a_pass(self) -> None:
        assert self.since(passes("ok"), fails("old", since=T0 - DAY)) == T0 + HOUR
        later = passes("ok", T0 + DAY)
        assert self.since(later, fails("old", since=T0 - DAY)) == T0 + HOUR

    def test_what_nobody_knew_may_have_failed_all_along(self) -> None:
        began = T0 + HOUR / 2
        assert self.since(unknown("?"), fails("old", since=began)) == began
        assert self.since(unknown("?"), fails("old", since=T0 - DAY)) == T0

    def test_a_new_pass_begins_now(self) -> None:
        assert self.since(fails("bad"), passes("ok")) == T0 + HOUR


class TestExemption:
    plan = exempted(
        Exemption(reason="moved to tape", owner="ops@example.net", expires=date(2026, 12, 1))
    )
    end = T0.replace(month=12, day=1, hour=0)
    stale = told(points(point(1, T0 - 5 * DAY)))

    def test_an_accepted_risk_is_exempt_and_still_judged(self) -> None:
        finding = judged(self.stale, plan=self.plan)[FRESH]
        assert finding.status is Status.EXEMPT
        assert finding.judged_status is Status.FAIL
        assert finding.reason == (
            "accepted by ops@example.net until 2026-12-01: moved to tape; judged fail: "
            "newest complete restore point is 5 d old, 26 h allowed"
        )
        assert finding.since == T0
        assert finding.holds_until == finding.exempt_until == self.end
        assert finding.exempt_owner == "ops@example.net"

    def test_it_holds_no_longer_than_the_verdict(self) -> None:
        finding = judged(healthy(), plan=self.plan)[FRESH]
        assert finding.judged_status is Status.PASS
        assert finding.holds_until == T0 + 25 * HOUR

    def test_on_its_last_day_it_holds_and_then_it_bites(self) -> None:
        held = judged(self.stale, self.end - SECOND, plan=self.plan)
        assert held[FRESH].status is Status.EXEMPT
        after = judged(self.stale, self.end + HOUR, held, plan=self.plan)
        assert after[FRESH].status is Status.FAIL
        assert after[FRESH].since == self.end
        assert judged(self.stale, self.end, plan=self.plan)[FRESH].status is Status.FAIL


class TestRung:
    def test_of_a_server_there_are_only_claims(self) -> None:
        key = (SERVER_ASSET, "agent.reporting")
        assert judged(None)[key].evidence is Rung.UNKNOWN
        assert judged(told())[key].evidence is Rung.CLAIMED
        assert judged(told())[key].evidence_until is None

    def test_of_a_copy_it_is_the_ladders(self) -> None:
        finding = judged(healthy())[FRESH]
        assert finding.evidence is Rung.RESTORED
        assert finding.evidence_until == T0 - HOUR + 30 * SECOND + 92 * DAY


class TestNextDue:
    def test_it_is_the_first_moment_at_which_anything_can_change(self) -> None:
        assert next_due(judged(healthy()).values()) == T0 + 2 * HOUR + HOUR / 4

    def test_a_rung_that_falls_counts(self) -> None:
        finding = judged(told(integrity(), points(point(1, T0))))[FRESH]
        only = replace(finding, holds_until=None)
        assert next_due([only]) == only.evidence_until

    def test_what_never_changes_by_itself_is_never_due(self) -> None:
        assert next_due(judged(None).values()) is None
        assert next_due([]) is None


def test_agreed_settings_are_used() -> None:
    server, copy = PLAN.obligations
    check = CHECKS["backup.fresh"]
    strict = Agreement(settings=check.settings(max_age=HOUR / 2), severity=Severity.INFO)
    plan = replace(PLAN, obligations=(server, replace(copy, agreements={"backup.fresh": strict})))
    finding = judged(healthy(), plan=plan)[FRESH]
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.INFO


def test_the_story_of_a_server_that_gets_worse() -> None:
    evidence = told(exposure(files(1)), after=healthy())
    found = judged(evidence)
    refused = integrity(Outcome.FAILED, reason=Reason.DAMAGED)
    found = judged(told(refused, after=evidence, at=T0 + HOUR), T0 + HOUR, found)
    bad = [key[1] for key, finding in found.items() if finding.status is not Status.PASS]
    assert bad == ["restore.intact"]
