from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.asset import Asset, Obligation
from guardian.domain.lifecycle import State
from guardian.domain.requirement.judging import answered, ask, case_of, hold, worst
from guardian.domain.requirement.kinds import Answer, Limit, Requirement, Said
from guardian.domain.snapshot import Snapshot
from guardian.domain.standards import load
from guardian.domain.verdict import Status
from tests.central.domain.making import DAY, HOUR, T0
from tests.central.domain.standards import (
    agreed,
    case,
    copy,
    figures,
    finding,
    means,
    plan,
)

FRESH, WHOLE = "backup.fresh", "backup.complete"
BOTH = (FRESH, WHOLE)
WEEKLY = Requirement(
    id="1",
    title="Weekly",
    controls=(FRESH,),
    limits=(Limit(control=FRESH, key="max_age", at_most=7 * DAY),),
)
ORDER = (Answer.CONTRARY, Answer.UNKNOWN, Answer.NOT_COVERED, Answer.EVIDENCE)


def test_what_holds_everywhere_is_evidence_as_long_as_the_first_of_it_holds():
    first = finding(FRESH, holds_until=T0 + HOUR)
    said = hold(case(first, finding(WHOLE), finding(WHOLE, holds_until=None)), BOTH)
    assert said.answer is Answer.EVIDENCE
    assert said.reason == "backup.fresh holds in 1 place; backup.complete holds in 2 places"
    assert said.until == T0 + HOUR
    assert not said.attested


def test_what_no_time_ends_holds_without_end():
    assert hold(case(finding(FRESH, holds_until=None)), (FRESH,)).until is None


def test_what_fails_once_speaks_against_it():
    said = hold(case(finding(FRESH, Status.FAIL), finding(FRESH), finding(WHOLE)), BOTH)
    assert said.answer is Answer.CONTRARY
    assert said.reason == "backup.fresh fails: web1/files/local: as it is"
    assert said.until is None


def test_what_is_unknown_once_is_unknown():
    said = hold(case(finding(FRESH), finding(WHOLE, Status.UNKNOWN)), BOTH)
    assert said.answer is Answer.UNKNOWN
    assert said.reason == "backup.complete is not known: web1/files/local: as it is"


@pytest.mark.parametrize(
    ("judged", "answer"),
    [
        (Status.PASS, Answer.EVIDENCE),
        (Status.FAIL, Answer.CONTRARY),
        (Status.UNKNOWN, Answer.UNKNOWN),
    ],
)
def test_an_accepted_risk_is_no_evidence(judged, answer):
    accepted = finding(FRESH, Status.EXEMPT, judged_status=judged)
    assert hold(case(accepted), (FRESH,)).answer is answer


def test_a_server_without_any_backup_has_no_evidence():
    bare = Obligation(asset=Asset(client="acme", server="web3"), agreements={})
    without = hold(
        case(finding(FRESH), plans=(plan(), plan("web3", obligations=(bare,)))), (FRESH,)
    )
    assert without.reason == "backup.fresh is not agreed for web3"
    two = (plan(), plan("web2"))
    said = hold(case(finding(FRESH), plans=two), (FRESH,))
    assert said.answer is Answer.UNKNOWN
    assert said.reason == "backup.fresh is not agreed for web2/files/local"


@pytest.mark.parametrize(
    ("offsite", "answer"),
    [(None, Answer.UNKNOWN), (0, Answer.UNKNOWN), (1, Answer.EVIDENCE), (2, Answer.EVIDENCE)],
)
def test_what_is_not_agreed_is_not_shown_by_a_control_that_holds(offsite, answer):
    limit = Limit(control="backup.copies", key="offsite", at_least=1)
    asked = Requirement(id="1", title="Away", controls=("backup.copies",), limits=(limit,))
    known = case(finding("backup.copies"), plans=(agreed("backup.copies", offsite=offsite),))
    said = ask(asked, known)
    assert said.answer is answer
    if answer is Answer.UNKNOWN:
        assert said.reason == (
            "backup.copies offsite is to be at least 1; that is not agreed for web1/files/local"
        )


def test_nothing_agreed_is_not_known():
    said = hold(case(plans=()), (FRESH,))
    assert (said.answer, said.reason) == (
        Answer.UNKNOWN,
        "backup.fresh is not agreed for any server",
    )


def test_what_this_version_does_not_judge_is_not_covered():
    said = hold(case(finding(FRESH)), (FRESH, "backup.planned"))
    assert said.answer is Answer.NOT_COVERED
    assert said.reason == "this version does not judge backup.planned"
    assert hold(case(), ()).answer is Answer.NOT_COVERED


def test_a_failure_is_told_also_where_something_is_not_covered():
    said = hold(case(finding(FRESH, Status.FAIL)), (FRESH, "backup.planned"))
    assert said.answer is Answer.CONTRARY


def test_a_sentence_names_three_places():
    places = [Asset(client="acme", server=f"web{n}") for n in range(5)]
    bad = [finding(FRESH, Status.FAIL, asset=asset) for asset in places]
    assert hold(case(*bad), (FRESH,)).reason.endswith("web2: as it is; and 2 more")


def test_a_laxer_agreement_than_the_standard_names_speaks_against_it():
    known = finding(FRESH)
    assert ask(WEEKLY, case(known, plans=(agreed(FRESH, max_age=7 * DAY),))).answer is (
        Answer.EVIDENCE
    )
    said = ask(WEEKLY, case(known, plans=(agreed(FRESH, max_age=8 * DAY),)))
    assert said.answer is Answer.CONTRARY
    assert said.reason == "backup.fresh max_age is to be at most 7d; agreed: web1/files/local 8d"
    assert ask(WEEKLY, case(known)).answer is Answer.EVIDENCE


def test_a_schedule_alone_names_no_time_that_could_be_compared():
    monthly = agreed(FRESH, schedule=("0 3 1 * *",), max_age=None)
    said = ask(WEEKLY, case(finding(FRESH), plans=(monthly,)))
    assert said.answer is Answer.UNKNOWN
    assert said.reason.endswith("that is not agreed for web1/files/local")
    both = agreed(FRESH, schedule=("0 3 1 * *",), max_age=6 * DAY)
    assert ask(WEEKLY, case(finding(FRESH), plans=(both,))).answer is Answer.EVIDENCE


def test_without_schedule_and_time_the_default_holds():
    assert ask(WEEKLY, case(finding(FRESH), plans=(agreed(FRESH),))).answer is Answer.EVIDENCE


def test_a_retired_server_is_none_of_the_clients():
    old = Asset(client="acme", server="old1")
    servers = (figures(), replace(figures(server="old1"), state=State.RETIRED))
    findings = (finding(FRESH), finding(FRESH, Status.FAIL, asset=old))
    shot = Snapshot(judged_at=T0, findings=findings, servers=servers)
    made = case_of("acme", (plan(), plan("old1")), shot, (), ["backup.fresh"])
    assert hold(made, (FRESH,)).answer is Answer.EVIDENCE
    assert [each.server for each in made.plans] == ["web1"]


def test_what_fails_on_a_parked_server_is_not_known_to_fail_in_use():
    parked = replace(figures(), state=State.PARKED)
    asleep = finding(FRESH, Status.EXEMPT, judged_status=Status.FAIL)
    assert hold(case(asleep, servers=(parked,)), (FRESH,)).answer is Answer.UNKNOWN
    assert hold(case(finding(FRESH), servers=(parked,)), (FRESH,)).answer is Answer.EVIDENCE


def test_another_clients_findings_stay_out():
    other = Asset(client="globex", server="web1", backup_set="files", copy="local")
    shot = Snapshot(
        judged_at=T0,
        findings=(finding(FRESH), finding(FRESH, Status.FAIL, asset=other)),
        copies=(copy(),),
        servers=(figures(),),
    )
    plans = (plan(), plan())
    made = case_of("acme", plans, shot, [means()], ["backup.fresh"])
    assert hold(made, (FRESH,)).answer is Answer.EVIDENCE
    assert (len(made.plans), len(made.copies), len(made.servers), len(made.means)) == (2, 1, 1, 1)
    nothing = case_of("globex2", plans, shot, [], [])
    assert (nothing.plans, nothing.findings, nothing.copies, nothing.servers) == ((), (), (), ())


said = st.builds(
    Said,
    answer=st.sampled_from(Answer),
    reason=st.sampled_from(["a", "b"]),
    until=st.none() | st.just(T0) | st.just(T0 + timedelta(days=1)),
    attested=st.booleans(),
)


@given(parts=st.lists(said, min_size=1, max_size=6))
def test_no_good_part_hides_a_bad_one(parts):
    whole = worst(parts)
    answers = {part.answer for part in parts}
    assert whole.answer is next(each for each in ORDER if each in answers)
    if whole.answer is Answer.EVIDENCE:
        assert whole.attested is any(part.attested for part in parts)
        ends = [part.until for part in parts if part.until is not None]
        assert whole.until == min(ends, default=None)


@given(
    statuses=st.lists(st.sampled_from(Status), max_size=4),
    judged=st.sampled_from([Status.PASS, Status.FAIL, Status.UNKNOWN]),
    standard=st.sampled_from(load()),
)
def test_no_standard_finds_evidence_where_not_everything_passes(statuses, judged, standard):
    controls = {each for asked in standard.requirements for each in asked.controls}
    found = [
        finding(control, status, judged_status=judged if status is Status.EXEMPT else status)
        for control in controls
        for status in statuses
    ]
    made = case(*found, means=(means(),))
    for one in answered(standard, made).answers:
        if one.said.answer is Answer.EVIDENCE:
            assert found
            assert all(each.judged_status is Status.PASS for each in found)


@pytest.mark.parametrize("standard", load(), ids=lambda each: each.name)
def test_nothing_known_is_evidence_for_nothing(standard):
    for one in answered(standard, case()).answers:
        assert one.said.answer is not Answer.EVIDENCE
        assert one.said.reason
