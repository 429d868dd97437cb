"""What is evidence for standards, as an auditor reads it: no better than it is."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest

from guardian.domain.requirement.declared import Attested
from guardian.domain.requirement.insurance import QUESTIONS, Insured, replies
from guardian.domain.requirement.judging import answered
from guardian.domain.requirement.kinds import (
    Answer,
    Answered,
    Requirement,
    Said,
    Standard,
    StandardAnswered,
)
from guardian.domain.standards import load
from guardian.domain.verdict import Status
from guardian.reports.csv import FORMAT as CSV
from guardian.reports.html import FORMAT
from guardian.reports.html.standards import insurance_rows, standard_tables
from guardian.reports.html.tongue import tongue
from guardian.reports.json import FORMAT as JSON
from tests.central.domain import standards as made
from tests.central.reports import months
from tests.central.reports.months import PASS, WEB, finding


def of(*said: Said, is_checked: bool = True) -> StandardAnswered:
    asked = [
        Requirement(id=f"1.{number}", title="It holds", is_checked=is_checked)
        for number, _ in enumerate(said)
    ]
    standard = Standard(
        name="own",
        title="Our own",
        applies="To us.",
        source="here",
        requirements=tuple(asked),
    )
    answers = tuple(
        Answered(requirement=each, said=one) for each, one in zip(asked, said, strict=True)
    )
    return StandardAnswered(standard=standard, answers=answers)


def page(**more: object) -> str:
    month = months.month([finding(WEB, "agent.reporting", PASS)], servers=["web1"], **more)
    return FORMAT.render(month).decode()


@pytest.mark.parametrize(
    ("answer", "status", "shown"),
    [
        (Answer.EVIDENCE, Status.PASS, "evidence"),
        (Answer.CONTRARY, Status.FAIL, "speaks against it"),
        (Answer.UNKNOWN, Status.UNKNOWN, "not known"),
        (Answer.NOT_COVERED, Status.UNKNOWN, "not covered"),
    ],
)
def test_each_answer_has_its_word_and_its_colour(answer, status, shown):
    (table,) = standard_tables([of(Said(answer=answer, reason="backup.fresh holds"))])
    (row,) = table.rows
    assert (row.answer, row.status, row.reason) == (shown, status, "backup.fresh holds")


def test_a_persons_word_is_not_green():
    said = Said(answer=Answer.EVIDENCE, reason="Example, certificate 1", attested=True)
    (table,) = standard_tables([of(said)])
    assert table.rows[0].status is Status.EXEMPT
    assert table.rows[0].answer == "evidence, by somebody's word"


def test_the_page_shows_each_requirement_with_its_id():
    known = of(Said(answer=Answer.CONTRARY, reason="it fails"), is_checked=False)
    text = page(standards=(known,))
    assert 'id="standards"' in text
    assert "Our own. To us." in text
    assert '<th scope="row">1.0*</th>' in text
    assert '<span class="badge fail">speaks against it</span>' in text


def test_nothing_is_said_where_nothing_was_agreed():
    text = page()
    assert 'id="standards"' not in text
    assert 'id="insurance"' not in text


def test_no_standard_is_ever_said_to_be_met():
    case = made.case(means=(made.means(),))
    text = page(
        standards=tuple(answered(each, case) for each in load()), insurance=replies(case, ())
    )
    section = text[text.index('id="standards"') : text.index('id="proof"')]
    assert not re.search(r"complian|conform|certified client|fulfil|satisf", section, re.IGNORECASE)
    assert "It is evidence and no certificate" in section
    assert section.count("If in scope: ") >= 9


def test_insurers_answers_tell_a_word_from_what_was_seen():
    word = Attested(
        question="mfa", statement="Hardware keys", owner="Eve <eve@x>", said_on=date(2026, 11, 1)
    )
    known = made.case(made.finding("agent.reporting"))
    rows = {each.question: each for each in insurance_rows(replies(known, [word]))}
    seen = rows["Does somebody notice when backups stop?"]
    assert (seen.answer, seen.status, seen.word) == ("verified", Status.PASS, "")
    said = rows["Does whoever manages backups need a second factor to sign in?"]
    assert (said.answer, said.status) == ("attested", Status.EXEMPT)
    assert said.word == "Eve <eve@x>, 2026-11-01"
    text = page(insurance=replies(known, [word]))
    assert "Eve &lt;eve@x&gt;, 2026-11-01" in text
    assert "newest verified restore test" in text


@pytest.mark.parametrize("answer", Insured)
def test_only_what_was_seen_is_green(answer):
    (reply, *_) = replies(made.case(), ())
    row = insurance_rows([type(reply)(question=reply.question, answer=answer, behind="x")])[0]
    assert (row.status is Status.PASS) is (answer is Insured.VERIFIED)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "\x1b]0;x\x07", "{{ 7 * 7 }}"])
def test_no_name_of_an_operator_has_an_effect(hostile):
    case = made.case(means=(made.means(name=hostile, owner=hostile),))
    text = page(standards=tuple(answered(each, case) for each in load()))
    assert hostile not in text or hostile == "{{ 7 * 7 }}"
    assert "49" not in text[text.index('id="standards"') : text.index('id="proof"')]


def test_programs_get_the_same_as_people():
    word = Attested(question="mfa", statement="Keys", owner="Eve", said_on=date(2026, 11, 1))
    known = made.case(made.finding("agent.reporting"))
    month = months.month(
        [finding(WEB, "agent.reporting", PASS)],
        servers=["web1"],
        standards=tuple(answered(each, known) for each in load()),
        insurance=replies(known, [word]),
    )
    body = json.loads(JSON.render(month))
    requirements = [(each["standard"], each["requirement"]) for each in body["requirements"]]
    assert requirements == [
        (standard.name, asked.id) for standard in load() for asked in standard.requirements
    ]
    assert {each["answer"] for each in body["requirements"]} <= set(Answer)
    said = {each["question"]: each for each in body["insurance"]}
    assert (said["mfa"]["answer"], said["mfa"]["owner"]) == ("attested", "Eve")
    assert said["mfa"]["said_on"] == "2026-11-01"
    assert said["monitored"]["answer"] == "verified"
    rows = list(csv.DictReader(io.StringIO(CSV.render(month).decode())))
    assert [each["answer"] for each in rows if each["table"] == "insurance"] == [
        each["answer"] for each in body["insurance"]
    ]


def test_every_requirement_and_question_is_said_in_russian():
    russian = tongue("ru")
    texts = [each.requirement.title for each in QUESTIONS]
    for standard in load():
        texts += [standard.title, standard.applies, *(one.title for one in standard.requirements)]
    assert [text for text in texts if russian.say(text) is None] == []


def test_every_reason_is_said_in_russian():
    bad = made.finding("backup.fresh", Status.FAIL, reason="no backup is agreed")
    cases = [
        made.case(),
        made.case(bad),
        made.case(*(made.finding(control) for control in made.CHECKS)),
        made.case(
            *(made.finding(control) for control in made.CHECKS),
            plans=(made.plan(volumes=("exports",), databases=("shop",)),),
            servers=(
                made.figures(
                    made.lies("exports", "dm-crypt"), made.lies("shop", "bitlocker", on="database")
                ),
            ),
            means=(made.means(),),
        ),
    ]
    russian = tongue("ru")
    reasons = {
        one.said.reason
        for case in cases
        for standard in load()
        for one in answered(standard, case).answers
    }
    reasons |= {each.figure for case in cases for each in replies(case, ())}
    assert [reason for reason in sorted(reasons) if russian.say(reason) is None] == []


def test_the_page_is_russian():
    case = made.case(made.finding("backup.encrypted"))
    text = page(
        language="ru",
        standards=tuple(answered(each, case) for each in load()),
        insurance=replies(case, ()),
    )
    section = text[text.index('id="standards"') : text.index('id="proof"')]
    assert 'lang="en"' not in section
    assert tongue("ru").text("What is evidence for standards") in text
