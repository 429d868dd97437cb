"""What is evidence for standards, and what insurers are told: for auditors, at the page's end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guardian.domain.requirement.insurance import Insured, Reply
from guardian.domain.requirement.kinds import Answer, Answered, StandardAnswered
from guardian.domain.verdict import Status
from guardian.reports.html import words

_STATUS = {
    Answer.EVIDENCE: Status.PASS,
    Answer.CONTRARY: Status.FAIL,
    Answer.UNKNOWN: Status.UNKNOWN,
    Answer.NOT_COVERED: Status.UNKNOWN,
    Insured.VERIFIED: Status.PASS,
    Insured.ATTESTED: Status.EXEMPT,
    Insured.ABSENT: Status.FAIL,
    Insured.UNKNOWN: Status.UNKNOWN,
}
"""Whose colour an answer has: only what was seen is green."""
_SAID = {
    Answer.EVIDENCE: "evidence",
    Answer.CONTRARY: "speaks against it",
    Answer.UNKNOWN: "not known",
    Answer.NOT_COVERED: "not covered",
    Insured.VERIFIED: "verified",
    Insured.ATTESTED: "attested",
    Insured.ABSENT: "absent",
    Insured.UNKNOWN: "not known",
}
ATTESTED = "evidence, by somebody's word"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementRow:
    """One requirement: its id, what it is about, what is known."""

    id: str
    is_checked: bool
    """Whether the id was held against the standard's text."""
    title: str
    status: Status
    """Whose colour the answer has."""
    answer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardTable:
    """One standard with all its requirements."""

    title: str
    applies: str
    source: str
    rows: tuple[RequirementRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceRow:
    """One question of insurers with its answer and what is behind it."""

    question: str
    status: Status
    answer: str
    figure: str
    behind: str
    statement: str
    """What somebody said; empty where it is nobody's word,"""
    word: str
    """who, and on which day."""


def standard_tables(standards: Iterable[StandardAnswered]) -> tuple[StandardTable, ...]:
    """Return what is evidence for each standard, in the order that was agreed."""
    return tuple(
        StandardTable(
            title=each.standard.title,
            applies=each.standard.applies,
            source=each.standard.source,
            rows=tuple(_requirement(one) for one in each.answers),
        )
        for each in standards
    )


def insurance_rows(replies: Iterable[Reply]) -> tuple[InsuranceRow, ...]:
    """Return the answers to what insurers ask, in the order of the form."""
    return tuple(
        InsuranceRow(
            question=each.question.title,
            status=_STATUS[each.answer],
            answer=_SAID[each.answer],
            figure=words.plain(each.figure),
            behind=words.plain(each.behind),
            statement=each.statement,
            word="" if each.said_on is None else f"{each.owner}, {each.said_on}",
        )
        for each in replies
    )


def _requirement(one: Answered) -> RequirementRow:
    asked, said = one.requirement, one.said
    # A person's word is no proof: it has the colour of what somebody answers for.
    return RequirementRow(
        id=asked.id,
        is_checked=asked.is_checked,
        title=asked.title,
        status=Status.EXEMPT if said.attested else _STATUS[said.answer],
        answer=ATTESTED if said.attested else _SAID[said.answer],
        reason=words.plain(said.reason),
    )
