"""What insurers ask about backups, answered with the evidence behind each answer.

A wrong yes may void a policy: only what was seen is `verified`, and a person's word is told apart
from it. The questions are those that several insurers' forms share, in our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from guardian.domain.requirement.declared import Attested
from guardian.domain.requirement.judging import ask
from guardian.domain.requirement.kinds import Answer, Case, Limit, Requirement
from guardian.domain.requirement.travelling import travels_encrypted
from guardian.domain.words import count, lasting
from guardian.domain.words import date as moment

MONTH = timedelta(days=30)


class Insured(StrEnum):
    """How a question is answered."""

    VERIFIED = "verified"
    """Guardian saw it, and it holds now."""
    ATTESTED = "attested"
    """Somebody said so, by name and within a year; Guardian saw nothing against it."""
    ABSENT = "absent"
    """Guardian saw that it is not so, whatever anybody said."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the form."""

    requirement: Requirement
    """Its id is what `[[attested]]` names."""
    figure: Callable[[Case], str] | None = None
    """The number or date that forms ask for beside a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One question with its answer and what is behind it."""

    question: Requirement
    answer: Insured
    behind: str
    """What was seen, and why it is no more."""
    figure: str = ""
    statement: str = ""
    """What was said, where the answer is somebody's word,"""
    owner: str = ""
    """whose,"""
    said_on: date | None = None
    """and of which day."""
    until: datetime | None = None
    """The last moment at which what was seen holds if nothing new comes."""


def _restored(case: Case) -> str:
    """Say when restores were tested: of copies, the one tested longest ago decides."""
    known = [at for each in case.copies if (at := each.restore_last_success_at) is not None]
    if not known:
        return "no restore test was ever verified"
    never = len(case.copies) - len(known)
    more = f"; {count(never, 'backup')} never tested" if never else ""
    newest, oldest = moment(max(known)), moment(min(known))
    return f"newest verified restore test {newest}; of the one tested longest ago {oldest}{more}"


def _how_often(case: Case) -> str:
    """Say how much may be lost by agreement (the recovery point objective)."""
    agreed = [each.max_age.total_seconds() for each in case.copies if each.max_age is not None]
    if not agreed or len(agreed) < len(case.copies):  # a schedule alone names no such span
        return ""
    return f"at most {lasting(max(agreed))} of work is lost by agreement"


def _how_long(case: Case) -> str:
    """Say how long restores may take by agreement, and would take (recovery time objective)."""
    agreed = [each.restores.max_time.total_seconds() for each in case.copies]
    if not agreed:
        return ""
    times = [each.restores.time for each in case.copies]
    known = [each.upper_seconds for each in times if each is not None]
    seen = f", the longest {lasting(max(known))} as tested" if len(known) == len(times) else ""
    return f"back within {lasting(max(agreed))} by agreement{seen}"


QUESTIONS = (
    Question(
        requirement=Requirement(
            id="backups",
            title="Is all important data backed up regularly, and are the backups complete?",
            controls=("backup.fresh", "backup.complete"),
        ),
        figure=_how_often,
    ),
    Question(
        requirement=Requirement(
            id="restore-tests",
            title="Are restores tested, how often, and when was the last test?",
            controls=("restore.tested",),
        ),
        figure=_restored,
    ),
    Question(
        requirement=Requirement(
            id="recovery-time",
            title="How long does it take to be back, and is that measured?",
            controls=("restore.time",),
        ),
        figure=_how_long,
    ),
    Question(
        requirement=Requirement(
            id="integrity",
            title="Are backups read and checked for damage?",
            controls=("restore.intact",),
        )
    ),
    Question(
        requirement=Requirement(
            id="backups-encrypted",
            title="Are all backups encrypted?",
            controls=("backup.encrypted",),
        )
    ),
    Question(
        requirement=Requirement(
            id="data-encrypted",
            title="Is sensitive data encrypted where it is stored?",
            controls=("data.encrypted",),
        )
    ),
    Question(
        requirement=Requirement(
            id="transit-encrypted",
            title="Is sensitive data encrypted on its way?",
            controls=("data.exposed",),
            rule=travels_encrypted,
        )
    ),
    Question(
        requirement=Requirement(
            id="monitored",
            title="Does somebody notice when backups stop?",
            controls=("agent.reporting",),
        )
    ),
    Question(
        requirement=Requirement(
            id="isolated-copy",
            title="Is one copy kept apart: offline, or out of the network's reach?",
        )
    ),
    Question(
        requirement=Requirement(
            id="immutable",
            title="Are there backups that nobody can change or delete before their date?",
            controls=("backup.immutable",),
        )
    ),
    Question(
        requirement=Requirement(
            id="retention",
            title="Are backups kept for at least 30 days?",
            controls=("backup.retention",),
            limits=(Limit(control="backup.retention", key="reach_back", at_least=MONTH),),
        )
    ),
    Question(
        requirement=Requirement(
            id="coverage",
            title="Is there a list of all systems, and is each of them backed up?",
            controls=("backup.coverage",),
        )
    ),
    Question(
        requirement=Requirement(
            id="mfa",
            title="Does whoever manages backups need a second factor to sign in?",
        )
    ),
)
"""In the order of the form."""


def replies(case: Case, attested: Iterable[Attested]) -> tuple[Reply, ...]:
    """Answer every question, with what was seen before what was said."""
    words = {each.question: each for each in attested if each.holds(case.now)}
    return tuple(_reply(each, case, words.get(each.requirement.id)) for each in QUESTIONS)


def _reply(question: Question, case: Case, word: Attested | None) -> Reply:
    asked = question.requirement
    said = ask(asked, case)
    figure = "" if question.figure is None else question.figure(case)
    if said.answer is Answer.EVIDENCE:
        return Reply(
            question=asked,
            answer=Insured.VERIFIED,
            behind=said.reason,
            figure=figure,
            until=said.until,
        )
    if said.answer is Answer.CONTRARY:
        return Reply(question=asked, answer=Insured.ABSENT, behind=said.reason, figure=figure)
    if word is None:
        return Reply(question=asked, answer=Insured.UNKNOWN, behind=said.reason, figure=figure)
    return Reply(
        question=asked,
        answer=Insured.ATTESTED,
        behind=said.reason,
        figure=figure,
        statement=word.statement,
        owner=word.owner,
        said_on=word.said_on,
    )
