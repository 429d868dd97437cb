"""Veeam: exported restore points and sessions. Built from documentation.

Not run against a real Veeam. Source: the REST API of Veeam Backup & Replication, of which
`GET /api/v1/restorePoints` and `GET /api/v1/sessions` are saved to files that are read here. What
PowerShell makes of the same records may be read as well. The files may be old: what is in them is
as old as it says. A time without a zone is refused unless `utc_offset` is given. Of encryption and
soundness the export says nothing, so that neither is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import asked_at, when_asked
from guardian_agent.probing.dated import offset, zoned
from guardian_agent.probing.exported import Run, exported, job_run, records
from guardian_agent.probing.points import Listed, restore_points
from guardian_agent.system import System

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_ENDED = "Stopped"
_RESULTS = {"Success": 0, "Warning": 1, "Failed": 2}
"""A warning is told of machines or files that were left out, too: it is no success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which files hold the export, and which machine's points and job's sessions count.

    `utc_offset` is that of the clock that wrote times without a zone ("+03:00"): of one that is put
    forward in summer, the larger one.
    """

    restore_points: str
    machine: str
    sessions: str | None = None
    job: str | None = None
    utc_offset: str | None = None

    def __post_init__(self) -> None:
        offset(self.utc_offset, "$.utc_offset")


@dataclass(frozen=True, slots=True, kw_only=True)
class _RestorePoint:
    id: Any
    name: Any
    creationTime: Any  # noqa: N815 - as Veeam writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    result: Any = None
    isCanceled: bool = False  # noqa: N815 - as Veeam writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    name: Any
    state: Any
    creationTime: Any  # noqa: N815 - as Veeam writes it
    endTime: Any = None  # noqa: N815 - as Veeam writes it
    result: _Result | None = None


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Read the export."""
    settings = subject.settings
    answers = {"points": exported(system, settings.restore_points), **asked_at(system)}
    if settings.sessions is not None:
        answers["sessions"] = exported(system, settings.sessions)
    return answers


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the machine's restore points, and how the job's last session ended."""
    settings = subject.settings
    zone = offset(settings.utc_offset, "$.utc_offset")
    listed = [
        Listed(native_id=str(each.id), started_at=zoned(each.creationTime, zone))
        for each in records(_RestorePoint, answers, "points")
        if each.name == settings.machine
    ]
    points = restore_points(subject, PROBE.tool, listed, None)
    if settings.sessions is None:
        return (points,)
    return (points, *job_run(subject, _runs(settings, answers), when_asked(answers)))


def lies(_subject: Subject[Settings], _system: System) -> Lies:
    """Say that it lies elsewhere: here is an export about it."""
    return Lies(path=None)


PROBE = Probe(tool="veeam", settings=Settings, gather=gather, parse=parse, lies=lies)


def _runs(settings: Settings, answers: Answers) -> list[Run]:
    """Return the sessions that ended; of a result with an unknown name, as a failure."""
    zone = offset(settings.utc_offset, "$.utc_offset")
    return [
        Run(
            started_at=zoned(each.creationTime, zone),
            finished_at=zoned(each.endTime, zone),
            exit_status=_exit_status(each.result),
        )
        for each in records(_Session, answers, "sessions")
        if settings.job in (None, each.name) and each.state == _ENDED
    ]


def _exit_status(result: _Result | None) -> int:
    if result is None or result.isCanceled:
        return max(_RESULTS.values())
    return _RESULTS.get(str(result.result), max(_RESULTS.values()))
