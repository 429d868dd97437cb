"""Windows Server Backup: exported versions and events. Built from documentation.

Not run against a real Windows server. Sources: the cmdlet `Get-WBBackupSet` and the events of the
channel Microsoft-Windows-Backup. A task on the server saves both as JSON, with times in UTC, in
files that are read here; the how-to page has the lines. `wbadmin` writes dates in the language and
zone of its user, and is not read. Of encryption and soundness the export says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import asked_at, when_asked
from guardian_agent.probing.dated import zoned
from guardian_agent.probing.exported import Run, exported, job_run, records
from guardian_agent.probing.points import Listed, restore_points
from guardian_agent.system import System

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_SUCCEEDED = 4
_FAILED = frozenset(
    {
        *(5, 8, 9, 17, 18, 19, 20, 21, 22, 49, 50, 52),
        *(517, 518, 521, 527, 528, 544, 545, 546, 561, 564, 612),
    }
)
"""Event ids of the end of a backup; others tell of its course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which files hold the export: of the versions, and of the events."""

    versions: str
    events: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    VersionId: Any
    BackupTime: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    Id: int
    Time: Any


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Read the export."""
    settings = subject.settings
    answers = {"versions": exported(system, settings.versions), **asked_at(system)}
    if settings.events is not None:
        answers["events"] = exported(system, settings.events)
    return answers


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the versions that can be restored, and how the last backup ended."""
    listed = [
        Listed(native_id=str(each.VersionId), started_at=zoned(each.BackupTime, None))
        for each in records(_Version, answers, "versions")
    ]
    points = restore_points(subject, PROBE.tool, listed, None)
    if subject.settings.events is None:
        return (points,)
    runs = [
        Run(started_at=at, finished_at=at, exit_status=0 if each.Id == _SUCCEEDED else 1)
        for each in records(_Event, answers, "events")
        if each.Id in {_SUCCEEDED} | _FAILED
        for at in [zoned(each.Time, None)]
    ]
    return (points, *job_run(subject, runs, when_asked(answers)))


def lies(_subject: Subject[Settings], _system: System) -> Lies:
    """Say that it lies elsewhere: here is an export about it."""
    return Lies(path=None)


PROBE = Probe(
    tool="windows_server_backup", settings=Settings, gather=gather, parse=parse, lies=lies
)
