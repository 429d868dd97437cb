"""docs/reference/standards.md, made from the standards and the insurers' questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from guardian.domain.requirement.insurance import QUESTIONS
from guardian.domain.requirement.kinds import Limit, Requirement, Standard
from guardian.domain.standards import load

HEAD = """\
# Standards

What is evidence for which requirement. Name standards in a client's file (`[client] standards =
["cis-v8"]`); `guardian standards` and the report then answer each requirement. Ids are the
standards' own, the words are ours: read the text itself before you rely on a line of this. An id
with an asterisk is still to be held against the text. A requirement without controls is not
covered, and so is one with a control that the installed version does not have.
"""
QUESTIONNAIRE = """\
## What insurers ask

`guardian insurance CLIENT` answers these, and the report does with `[client] insurance = true`. A
person's word stands in `[[attested]]` under the question's id.

| id | question | controls |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    asked = [f"{_row(each.requirement)}\n" for each in QUESTIONS]
    return "\n".join([HEAD, *(_standard(each) for each in load()), QUESTIONNAIRE + "".join(asked)])


def _standard(standard: Standard) -> str:
    lines = [f"## `{standard.name}`", "", f"{standard.title}. {standard.applies}", ""]
    lines += [f"Source: {standard.source}.", ""]
    lines += ["| id | what it is about | controls |", "|---|---|---|"]
    return "\n".join([*lines, *(_row(asked) for asked in standard.requirements)]) + "\n"


def _row(asked: Requirement) -> str:
    mark = "" if asked.is_checked else " \\*"
    return f"| {asked.id}{mark} | {asked.title} | {', '.join(_controls(asked)) or 'none'} |"


def _controls(asked: Requirement) -> Iterator[str]:
    most = {limit.control: limit for limit in asked.limits}
    for control in asked.controls:
        limit = most.get(control)
        yield f"`{control}`" if limit is None else f"`{control}` ({_bound(limit)})"


def _bound(limit: Limit) -> str:
    named, value = ("at most", limit.at_most) if limit.at_most else ("at least", limit.at_least)
    return f"`{limit.key}` {named} {f'{value.days} d' if isinstance(value, timedelta) else value}"
