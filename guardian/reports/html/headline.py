"""The verdict on top of the page: the worst thing first, and nothing rounded up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guardian.domain.check import AnyCheck
from guardian.domain.verdict import Finding, Status
from guardian.reports.html import words
from guardian.reports.html.incidents import Incidents

NAMED = 5
"""Servers that a sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One line that a hurried reader takes away, and the sentences that bear it out."""

    status: Status
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What stands behind today's findings."""

    wrong: Incidents
    unclear: Incidents
    has_history: bool
    """Whether anything was judged in the month at all."""
    unprotected: tuple[str, ...]
    """Servers for which no backup is agreed."""


def headline(
    client: str,
    findings: Sequence[Finding],
    checks: Mapping[str, AnyCheck],
    background: Background,
) -> Headline:
    """Return the verdict; `findings` stand worst first."""
    if not findings:
        return _nothing_watched(client)
    status = _worst(findings)
    checked = words.count(len(findings), "check")
    servers = words.count(len({one.asset.server for one in findings}), "server")
    sentences = {
        Status.FAIL: [_worst_thing(findings[0], checks), _also_unknown(findings)],
        Status.UNKNOWN: ["Nothing is known to fail. But not knowing is not passing."],
        Status.EXEMPT: ["Everything else holds, with proof. What was accepted is listed below."],
        Status.PASS: [f"All {checked} on {servers} hold, each with proof that is still valid."],
    }[status]
    sentences.append(_without_backup(background.unprotected))
    sentences.append(_past(status, background))
    bare = bool(background.unprotected) and status in {Status.PASS, Status.EXEMPT}
    return Headline(
        status=Status.UNKNOWN if bare else status,
        title=_bare_title(background) if bare else _title(status, findings, checked),
        sentences=tuple(filter(None, sentences)),
    )


def _title(status: Status, findings: Sequence[Finding], checked: str) -> str:
    number = sum(one.status is status for one in findings)
    return {
        Status.FAIL: f"Not protected as agreed: {number} of {checked} fail",
        Status.UNKNOWN: f"Not certain: {number} of {checked} have no answer",
        Status.EXEMPT: f"Protected, with {words.count(number, 'accepted risk')}",
        Status.PASS: "Protected as agreed",
    }[status]


def _bare_title(background: Background) -> str:
    return f"Not all protected: {words.count(len(background.unprotected), 'server')} without backup"


def _nothing_watched(client: str) -> Headline:
    return Headline(
        status=Status.UNKNOWN,
        title="Nothing is watched",
        sentences=(
            f"No server of {client} is configured, so nobody can say whether a backup exists.",
        ),
    )


def _worst(findings: Sequence[Finding]) -> Status:
    present = {one.status for one in findings}
    order = (Status.FAIL, Status.UNKNOWN, Status.EXEMPT, Status.PASS)
    return next(status for status in order if status in present)


def _worst_thing(finding: Finding, checks: Mapping[str, AnyCheck]) -> str:
    asset = finding.asset
    where = words.place(asset.server, asset.backup_set, asset.copy)
    check = checks.get(finding.control)
    why = "" if check is None else f" {words.plain(check.why)}"
    return f"The worst of it, on {where}: {words.plain(finding.reason)}.{why}"


def _also_unknown(findings: Sequence[Finding]) -> str:
    unknown = sum(one.status is Status.UNKNOWN for one in findings)
    if not unknown:
        return ""
    have = "has" if unknown == 1 else "have"
    return f"{unknown} more {have} no answer; not knowing is not passing."


def _without_backup(servers: Sequence[str]) -> str:
    if not servers:
        return ""
    named = ", ".join(servers[:NAMED]) + (" and others" if len(servers) > NAMED else "")
    return f"For {words.count(len(servers), 'server')} no backup is agreed at all: {named}."


def _past(now: Status, background: Background) -> str:
    """Own up to the month behind, also when all is well today."""
    if not background.has_history:
        return "Nothing was judged in the month, so nothing can be said of it."
    if background.wrong.number:
        times = words.count(background.wrong.number, "time")
        return f"During the month something failed {times}, {background.wrong.total} in all."
    if background.unclear.number:
        missing = f"some answers were missing, for up to {background.unclear.longest}"
        return f"During the month nothing was seen to fail, but {missing}."
    return "" if now is Status.FAIL else "During the month nothing failed."
