"""`guardian check --nagios`: one line, performance data and a status, as monitoring plugins do.

Monitoring Plugins development guidelines: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; the first line
is `SERVICE STATUS - text | 'label'=value;warn;crit;min;max`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from guardian.cli.terminal import say
from guardian.domain.asset import Severity
from guardian.domain.verdict import Finding, Status

OPTION = "--nagios"
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
OK, WARNING, CRITICAL, UNKNOWN = range(4)
MOST_LINES = 50
"""Plugins' output is cut by many monitors; the rest is counted."""


def asked_for(words: Sequence[str]) -> bool:
    """Say whether the command line asks for a plugin's answer, however wrong the rest of it is."""
    return "check" in words and OPTION in words


def say_unknown(text: str) -> None:
    """Answer that nothing is known."""
    say(f"GUARDIAN {STATES[UNKNOWN]} - {_plain(text)}")


def answer(findings: Sequence[Finding]) -> int:
    """Print the plugin's answer and return its status; worst findings come first."""
    if not findings:
        say_unknown("nothing is configured, so nothing is proven")
        return UNKNOWN
    counts = Counter(finding.status for finding in findings)
    state = _state(findings)
    wrong = [each for each in findings if each.status in (Status.FAIL, Status.UNKNOWN)]
    first = f": {_line(wrong[0])}" if wrong else ""
    summary = f"{counts[Status.FAIL]} of {len(findings)} fail, {counts[Status.UNKNOWN]} unknown"
    say(f"GUARDIAN {STATES[state]} - {summary}{first} | {_performance(counts)}")
    for each in wrong[1:MOST_LINES]:
        say(_line(each))
    if len(wrong) > MOST_LINES:
        say(f"and {len(wrong) - MOST_LINES} more")
    return state


def _state(findings: Sequence[Finding]) -> int:
    failing = {each.severity for each in findings if each.status is Status.FAIL}
    if Severity.CRITICAL in failing:
        return CRITICAL
    if failing:
        return WARNING
    return UNKNOWN if any(each.status is Status.UNKNOWN for each in findings) else OK


def _line(finding: Finding) -> str:
    return _plain(f"{finding.asset} {finding.control} {finding.status}: {finding.reason}")


def _performance(counts: Counter[Status]) -> str:
    limits = {Status.FAIL: ";;0;0", Status.UNKNOWN: ";0;;0"}
    return " ".join(f"'{each}'={counts[each]}{limits.get(each, ';;;0')}" for each in Status)


def _plain(text: str) -> str:
    """Keep text from being read as performance data or as another line."""
    return text.replace("|", "/").replace("\n", "; ")
