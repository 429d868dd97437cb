"""Judging what changed finds the same as judging everything, and records each change once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.app.judging import Judging
from guardian.audit.verify import verify
from guardian.domain.asset import Agreement, Asset, Obligation, ServerPlan, Severity, Subject
from guardian.domain.check import Check
from guardian.domain.verdict import Status, fails, passes, unknown
from guardian.errors import StoreError
from guardian.stores.memory import MemoryStore
from tests.central.ingest.speaker import CENTRAL_KEY, HOUR, NOON, Central

CONTROL = "agent.reporting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    limit: timedelta = HOUR


class Reporting:
    """A check that passes for an hour after each statement, and counts how often it is asked."""

    def __init__(self):
        self.asked = []

    def judge(self, case, limits, now):
        self.asked.append(str(case.asset))
        if case.evidence.agent is None:
            return unknown("never spoke")
        due = case.evidence.agent.last_received_at + limits.limit
        return passes("spoke", due) if now < due else fails("silent")

    @property
    def known(self):
        return {
            CONTROL: Check(
                control=CONTROL,
                title="t",
                why="w",
                remedy="r",
                applies_to=Subject.SERVER,
                severity=Severity.CRITICAL,
                settings=Settings,
                judge=self.judge,
            )
        }


def plan(client, server):
    agreement = Agreement(settings=Settings(), severity=Severity.CRITICAL)
    asset = Asset(client=client, server=server)
    return ServerPlan(
        client=client,
        server=server,
        interval=HOUR,
        obligations=(Obligation(asset=asset, agreements={CONTROL: agreement}),),
    )


PLANS = [plan("acme", "web1"), plan("acme", "web2"), plan("beta", "db1")]


class Fleet:
    def __init__(self, plans=PLANS, store=None):
        self.central = Central(store or MemoryStore())
        self.store, self.clock = self.central.store, self.central.clock
        self.agents = [self.central.enrol(each.client, each.server) for each in PLANS]
        self.check = Reporting()
        self.judging = self.judge_with(plans)

    def judge_with(self, plans):
        return Judging(self.store, plans, self.check.known, self.clock)

    def speak(self, number):
        self.central.ingest.accept(self.agents[number].say())

    def statuses(self, snapshot):
        found = {str(each.asset): each.status.value for each in snapshot.findings}
        return [found[f"{each.client}/{each.server}"] for each in PLANS]


@pytest.fixture
def fleet():
    return Fleet()


def test_there_is_no_snapshot_before_the_first_pass(fleet):
    assert fleet.judging.snapshot() is None
    first = fleet.judging.judge_due()
    assert fleet.judging.snapshot() is first
    assert fleet.statuses(first) == ["unknown"] * 3
    assert (first.judged_at, first.judgement_seconds) == (NOON, 0.0)


def test_only_what_changed_or_is_due_is_judged_again(fleet):
    fleet.judging.judge_due()
    fleet.check.asked.clear()
    fleet.judging.judge_due()
    assert fleet.check.asked == []
    fleet.speak(1)
    assert fleet.statuses(fleet.judging.judge_due()) == ["unknown", "pass", "unknown"]
    assert fleet.check.asked == ["acme/web2"]
    fleet.check.asked.clear()
    fleet.clock.time += HOUR
    assert fleet.statuses(fleet.judging.judge_due()) == ["unknown", "fail", "unknown"]
    assert fleet.check.asked == ["acme/web2"]


def test_each_change_enters_history_and_log_once(fleet):
    other = fleet.judge_with(PLANS)
    fleet.judging.judge_all()
    other.judge_all()
    fleet.speak(2)
    for judging in (fleet.judging, other, fleet.judging):
        judging.judge_due()
    changes = fleet.store.history("beta", NOON, NOON + HOUR)
    assert [change.status for change in changes] == [Status.UNKNOWN, Status.PASS]
    kinds = [leaf.kind for leaf in fleet.store.log("beta")]
    assert kinds == ["enrolment", "finding", "statement", "finding"]
    assert verify(fleet.store, "beta", CENTRAL_KEY.public).holds


def test_a_status_that_stays_keeps_its_beginning_over_a_restart(fleet):
    fleet.judging.judge_all()
    fleet.clock.time += HOUR
    (first, *_) = fleet.judge_with(PLANS).judge_all().findings
    assert first.since == NOON


def test_findings_of_what_is_configured_no_more_are_dropped(fleet):
    fleet.judging.judge_all()
    fleet.judge_with(PLANS[:2]).judge_all()
    assert {finding.asset.client for finding in fleet.store.findings()} == {"acme"}
    *_, last = fleet.store.history("beta", NOON, NOON + HOUR)
    assert (last.status, last.reason) == (Status.UNKNOWN, "configured no more")


class BusyOnce(MemoryStore):
    """Refuses the next unit when it is told to."""

    busy = False

    def unit(self):
        if self.busy:
            self.busy = False
            raise StoreError("busy")
        return super().unit()


def test_what_could_not_be_recorded_is_judged_again():
    fleet = Fleet(store=BusyOnce())
    fleet.judging.judge_all()
    fleet.speak(0)
    fleet.store.busy = True
    with pytest.raises(StoreError):
        fleet.judging.judge_due()
    assert fleet.statuses(fleet.judging.judge_due()) == ["pass", "unknown", "unknown"]
    assert Status.PASS in {finding.status for finding in fleet.store.findings()}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), max_size=12))
def test_judging_what_is_due_finds_what_judging_all_finds(steps):
    fleet = Fleet()
    fleet.judging.judge_all()
    for step in steps:
        if step < len(PLANS):
            fleet.speak(step)
        else:
            fleet.clock.time += HOUR / 2
        due = fleet.judging.judge_due()
        fresh = fleet.judge_with(PLANS).judge_all()
        assert replace(due, judgement_seconds=0) == replace(fresh, judgement_seconds=0)
