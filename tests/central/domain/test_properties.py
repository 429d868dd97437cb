"""What holds whatever agents say: judged over random lives of a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.asset import Asset, CopyPlan, Exemption, Obligation, ServerPlan, Subject
from guardian.domain.evaluate import judge, next_due
from guardian.domain.evidence import ServerEvidence
from guardian.domain.figures import assemble
from guardian.domain.fold import enrolled
from guardian.domain.ladder import Limits, standing
from guardian.domain.verdict import Finding, Status
from tests.central.domain.making import (
    CHECKS,
    CLIENT,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SERVER,
    SET_ASSET,
    T0,
    agreements,
)
from tests.central.domain.strategies import SETS, Event, after, lived, lives

WAITS = st.sampled_from(
    [timedelta(0), SECOND, HOUR, 2 * HOUR, 26 * HOUR, 7 * DAY, 8 * DAY, 32 * DAY, 92 * DAY]
) | st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds))
SPOKEN_OF = [(name, copy) for name in ("files", "db") for copy in ("local", "cloud")]
Found = dict[tuple[Asset, str], Finding]


def whole_plan() -> ServerPlan:
    """Return a plan for everything that a life may speak of, one control exempt for a while."""
    copies = []
    for backup_set, copy in SPOKEN_OF:
        asset = Asset(client=CLIENT, server=SERVER, backup_set=backup_set, copy=copy)
        copies.append(Obligation(asset=asset, agreements=agreements(Subject.COPY)))
    agreed = agreements(Subject.SET)
    sets = [
        Obligation(asset=replace(SET_ASSET, backup_set=name), agreements=agreed) for name in SETS
    ]
    exempt = Exemption(reason="known", owner="ops", expires=date(2026, 12, 1))
    agreed = copies[0].agreements
    agreed["backup.fresh"] = replace(agreed["backup.fresh"], exemption=exempt)
    return replace(
        PLAN,
        volumes=("srv",),
        databases=("shop",),
        buckets=("archive",),
        custody_of="globex",
        gone_by=date(2026, 12, 24),
        copies=tuple(CopyPlan(backup_set=name, copy=copy) for name, copy in SPOKEN_OF),
        obligations=(PLAN.obligations[0], *copies, *sets),
    )


WHOLE = whole_plan()


def judged(evidence: ServerEvidence, now: datetime, before: Found | None = None) -> Found:
    found = judge(WHOLE, evidence, CHECKS, now, before or {})
    return {(finding.asset, finding.control): finding for finding in found}


@given(lives())
def test_the_same_statements_in_their_order_give_the_same_evidence(events: list[Event]) -> None:
    assert lived(events) == lived(events)


@given(lives())
def test_evidence_survives_being_written_down(events: list[Event]) -> None:
    evidence = lived(events)
    assert build(ServerEvidence, read_json(to_json(evidence))) == evidence


@given(lives(), WAITS)
def test_every_asset_and_control_has_one_finding_and_no_check_breaks(
    events: list[Event], wait: timedelta
) -> None:
    found = judge(WHOLE, lived(events), CHECKS, events[-1].at + wait, {})
    expected = [(o.asset, control) for o in WHOLE.obligations for control in sorted(o.agreements)]
    assert [(finding.asset, finding.control) for finding in found] == expected
    assert not [finding.reason for finding in found if "check itself failed" in finding.reason]


@given(lives(), WAITS)
def test_findings_are_fit_to_be_shown(events: list[Event], wait: timedelta) -> None:
    now = events[-1].at + wait
    for finding in judged(lived(events), now).values():
        assert finding.reason
        assert finding.reason.isprintable()
        assert len(finding.reason) < 1000
        assert finding.since <= now
        assert finding.holds_until is None or finding.holds_until >= now
        assert finding.evidence_until is None or finding.evidence_until >= now


@given(lives(), WAITS, WAITS)
def test_nothing_gets_better_by_age(
    events: list[Event], wait: timedelta, longer: timedelta
) -> None:
    now = events[-1].at + wait
    evidence = lived(events)
    early, late = judged(evidence, now), judged(evidence, now + longer)
    for key, finding in early.items():
        if finding.judged_status is not Status.PASS:
            assert late[key].judged_status is not Status.PASS


@given(lives(), WAITS, WAITS)
def test_a_verdict_holds_until_it_says(
    events: list[Event], wait: timedelta, longer: timedelta
) -> None:
    now = events[-1].at + wait
    evidence = lived(events)
    later = judged(evidence, now + longer)
    for key, finding in judged(evidence, now).items():
        if finding.holds_until is None or now + longer < finding.holds_until:
            assert later[key].status is finding.status


@given(lives(), st.lists(WAITS, min_size=1, max_size=4))
def test_judging_what_is_due_finds_what_judging_everything_finds(
    events: list[Event], waits: list[timedelta]
) -> None:
    evidence = enrolled(CLIENT, SERVER, T0 - DAY, None)
    full: Found = {}
    due: Found = {}
    waiting = list(events)
    now, first = T0, True
    for wait in waits:
        now += wait
        changed = bool(waiting) and waiting[0].at <= now
        while waiting and waiting[0].at <= now:
            evidence = after(evidence, waiting.pop(0))
        full = judged(evidence, now, full)
        moment = next_due(due.values())
        if first or changed or (moment is not None and now >= moment):
            due = judged(evidence, now, due)
        first = False
        assert _without_words(due) == _without_words(full)


def _without_words(found: Found) -> Found:
    """Leave out the reasons, whose ages are those of the moment of judging."""
    return {key: replace(finding, reason="") for key, finding in found.items()}


@given(lives(), WAITS, WAITS)
def test_no_rung_rises_by_age(events: list[Event], wait: timedelta, longer: timedelta) -> None:
    now = events[-1].at + wait
    evidence = lived(events)
    for where in SPOKEN_OF:
        copy = evidence.copy(*where)
        early, late = (standing(copy, when, Limits()) for when in (now, now + longer))
        assert late.rung <= early.rung
        if early.until is not None and now + longer <= early.until:
            assert late == early


@given(lives())
def test_silence_of_an_agent_leaves_nothing_about_its_backups_green(events: list[Event]) -> None:
    for finding in judged(lived(events), events[-1].at + 500 * DAY).values():
        if finding.control != "agent.key":
            assert finding.judged_status is not Status.PASS


@given(lives(), lives(), WAITS)
def test_a_finding_begins_no_earlier_than_what_was_judged_before(
    events: list[Event], more: list[Event], wait: timedelta
) -> None:
    now = events[-1].at + wait
    evidence = lived(events)
    before = judged(evidence, now)
    for event in more:
        moved = event.at - T0
        evidence = after(evidence, replace(event, at=now + moved))
    end = now + (more[-1].at - T0)
    for key, finding in judged(evidence, end, before).items():
        assert before[key].since <= finding.since <= end


@given(lives(), WAITS)
def test_a_snapshot_has_numbers_for_everything(events: list[Event], wait: timedelta) -> None:
    now = events[-1].at + wait
    evidence = {(str(CLIENT), str(SERVER)): lived(events)}
    found = judged(evidence[CLIENT, SERVER], now).values()
    snapshot = assemble([WHOLE], evidence, found, now, 0.0)
    assert [copy.asset for copy in snapshot.copies] == [
        o.asset for o in WHOLE.obligations if o.asset.subject is Subject.COPY
    ]
    for copy in snapshot.copies:
        assert copy.last_complete_at is None or copy.last_complete_at <= events[-1].at
