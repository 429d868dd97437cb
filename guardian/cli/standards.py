"""What is known that bears on standards and insurers' questions, for one client; and as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from guardian import checks
from guardian.cli.findings import moment
from guardian.cli.tables import Cell, Table
from guardian.config import Client, Settings
from guardian.domain.requirement.insurance import Reply, replies
from guardian.domain.requirement.judging import answered, case_of
from guardian.domain.requirement.kinds import Answered, Case, StandardAnswered
from guardian.domain.snapshot import Snapshot
from guardian.domain.standards import load

UNCHECKED = "the id is still to be held against the standard's text"
COLUMNS = (
    "client",
    "standard",
    "requirement",
    "title",
    "answer",
    "basis",
    "controls",
    "reason",
    "holds_until",
    "note",
)
FOR_PEOPLE = ("answer", "client", "standard", "requirement", "title", "reason")
INSURANCE_COLUMNS = (
    "client",
    "question",
    "text",
    "answer",
    "figure",
    "behind",
    "statement",
    "owner",
    "said_on",
    "holds_until",
)
INSURANCE_FOR_PEOPLE = ("answer", "question", "text", "figure", "behind", "statement", "owner")

Rows = Sequence[dict[str, Cell]]


def standards_of(
    client: Client, settings: Settings, snapshot: Snapshot
) -> Iterator[StandardAnswered]:
    """Yield every standard that a client's file names, answered, in the order of the file."""
    known = {standard.name: standard for standard in load()}
    case = _case(client, settings, snapshot)
    return (answered(known[name], case) for name in client.standards)


def insurance_of(client: Client, settings: Settings, snapshot: Snapshot) -> tuple[Reply, ...]:
    """Return the answers to what insurers ask of a client."""
    return replies(_case(client, settings, snapshot), client.attested)


def standard_rows(
    client: Client, standards: Iterable[StandardAnswered]
) -> Iterator[dict[str, Cell]]:
    """Yield one row for each requirement."""
    for each in standards:
        for one in each.answers:
            yield {"client": client.id, "standard": each.standard.name, **_cells(one)}


def insurance_rows(client: Client, given: Iterable[Reply]) -> Iterator[dict[str, Cell]]:
    """Yield one row for each question."""
    for each in given:
        yield {
            "client": client.id,
            "question": each.question.id,
            "text": each.question.title,
            "answer": each.answer.value,
            "figure": each.figure or None,
            "behind": each.behind,
            "statement": each.statement or None,
            "owner": each.owner or None,
            "said_on": None if each.said_on is None else each.said_on.isoformat(),
            "holds_until": _moment(each.until),
        }


def as_table(name: str, columns: Sequence[str], rows: Rows, judged_at: datetime) -> Table:
    """Return rows as a table of these columns."""
    return Table(
        name=name,
        columns=tuple(columns),
        rows=tuple(tuple(row[column] for column in columns) for row in rows),
        head={"judged_at": moment(judged_at)},
    )


def _case(client: Client, settings: Settings, snapshot: Snapshot) -> Case:
    installed = [check.control for check in checks.load()]
    return case_of(client.id, settings.plans, snapshot, client.certified_means, installed)


def _cells(one: Answered) -> dict[str, Cell]:
    asked, said = one.requirement, one.said
    return {
        "requirement": asked.id,
        "title": asked.title,
        "answer": said.answer.value,
        "basis": "attested" if said.attested else "seen",
        "controls": ", ".join(asked.controls) or None,
        "reason": said.reason,
        "holds_until": _moment(said.until),
        "note": None if asked.is_checked else UNCHECKED,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else moment(at)
