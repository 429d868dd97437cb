"""Facts in words, for people on this server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guardian_agent.cli._amounts import count, plain, size
from guardian_agent.cli._exposed import exposed_row
from guardian_agent.cli._results import ended, heading, summary
from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.observations import (
    CanaryPlanted,
    CopyEncryption,
    CopySettings,
    Exposure,
    Integrity,
    JobRun,
    LiveArea,
    LiveAreas,
    Manifest,
    Observation,
    PersonalData,
    PointContents,
    Posture,
    Reach,
    Reason,
    RestorePoints,
    RestoreTest,
    Unrecognised,
)
from guardian_agent.wire.statement import ProbeFailure

Row = tuple[str, ...]
"""What it is about, where, and what is the case."""
_OfCopy = RestorePoints | PointContents | CopyEncryption | CopySettings


def row(fact: Observation, now: datetime) -> Row:
    """Say one fact."""
    match fact:
        case RestorePoints() | PointContents() | CopyEncryption() | CopySettings():
            return _copy_row(fact, f"{fact.backup_set}/{fact.copy}", now)
        case Integrity() | RestoreTest():
            where, what, _ = heading(fact)
            return what, where, summary(fact)
        case Manifest():
            return "live data", fact.backup_set, _manifest(fact)
        case CanaryPlanted():
            return "canary", fact.backup_set, ended(fact.outcome, fact.reason)
        case JobRun():
            return "backup job", fact.backup_set, f"exit status {fact.exit_status}"
        case Exposure() | Reach() | PersonalData() | Posture():
            return exposed_row(fact)
        case LiveAreas():
            return "coverage", "", _areas(fact)
        case Unrecognised():
            return "unrecognised", "", fact.kind


def _copy_row(fact: _OfCopy, where: str, now: datetime) -> Row:
    match fact:
        case RestorePoints():
            return "restore points", where, _points(fact, now)
        case PointContents():
            return "contents", where, _contents(fact)
        case CopyEncryption():
            return "encryption", where, _encryption(fact)
        case CopySettings():
            return "settings", where, _settings(fact)


def area_row(area: LiveArea, path: str) -> Row:
    """Say one area of live data that is in no restore point; control characters stay out."""
    shown = ascii(path)[1:-1]
    return area.area, area.kind, f"{size(area.bytes_uncovered)} of {size(area.bytes)}", shown


def failure_row(failure: ProbeFailure) -> Row:
    """Say one failure."""
    names = [name for name in (failure.backup_set, failure.copy) if name is not None]
    return "NO ANSWER", "/".join(names), f"{failure.probe}: {plain(failure.reason)}"


def table(rows: Sequence[Row]) -> list[str]:
    """Return rows as lines with aligned columns."""
    columns = zip(*rows, strict=True)
    widths = [max(len(text) for text in column) for column in columns]
    return [
        "  ".join(f"{text:<{width}}" for text, width in zip(each, widths, strict=True)).rstrip()
        for each in rows
    ]


def _points(fact: RestorePoints, now: datetime) -> str:
    version = "" if fact.tool_version is None else f" {fact.tool_version}"
    said = f"{fact.tool}{version}: {count(fact.total, 'restore point')}"
    if not fact.points:
        return said
    newest = fact.points[0].started_at
    when = f"{format_duration(now - newest)} ago" if newest <= now else "IN THE FUTURE"
    return f"{said}, newest of {_minute(newest)} ({when})"


def _contents(fact: PointContents) -> str:
    parts = [f"{count(fact.files, 'file')}, {size(fact.bytes)}"]
    if fact.paths_missing:
        parts.append(f"{fact.paths_missing} of {count(fact.paths_expected, 'path')} MISSING")
    if fact.files_missing:
        parts.append(f"{fact.files_missing} of {count(fact.files_compared, 'live file')} MISSING")
    if fact.valid is not None:
        parts.append("well-formed" if fact.valid else f"NOT VALID ({plain(fact.reason)})")
    elif fact.reason is not Reason.NONE:
        parts.append(f"NOT ALL SEEN ({plain(fact.reason)})")
    return "; ".join(parts)


def _encryption(fact: CopyEncryption) -> str:
    said = f"{fact.state.value} ({fact.rule})"
    if fact.canary_in_clear:
        said += "; CANARY FOUND IN CLEAR"
    if fact.door is not None:
        said += f"; OPENS FOR ANYBODY ({fact.door})"
    elif fact.doors_tried:
        said += f"; {count(fact.doors_tried, 'open door')} tried, none opened"
    return said


def _settings(fact: CopySettings) -> str:
    return ", ".join(f"{each.setting} {each.count}" for each in fact.settings)


def _manifest(fact: Manifest) -> str:
    said = f"{count(fact.files, 'file')}, {size(fact.bytes)}"
    return f"{said}; {fact.files_not_hashed} not hashed" if fact.files_not_hashed else said


def _areas(fact: LiveAreas) -> str:
    open_bytes = sum(each.bytes_uncovered for each in fact.areas) + fact.rest_bytes_uncovered
    waiting = sum(each.measured_at is None for each in fact.areas)
    said = f"{count(fact.total, 'place')} with live data; {size(open_bytes)} in no restore point"
    said += f"; {waiting} NOT MEASURED YET" if waiting else ""
    return said if fact.complete else f"{said}; NOT ALL SEEN ({plain(fact.reason)})"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
