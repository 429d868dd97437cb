"""resticprofile: how its last backup ended. Built from documentation.

Not run against a real resticprofile: no Debian or PyPI package has it. Source: its page on the
status file. The file is the word of a job: it tells of no restore point. List those by the probe
`restic` of the same repository, in a copy of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import asked_at, decoded, when_asked
from guardian_agent.probing.dated import zoned
from guardian_agent.probing.exported import Run, exported, job_run
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_LONGEST = 366 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the status file is (`status-file` of the profile), and whose backup counts."""

    status_file: str
    profile: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backup:
    """`time` is when it ended, `duration` what it took in seconds."""

    success: bool
    time: Any
    duration: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    backup: _Backup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    profiles: dict[str, _Profile]


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Read the status file."""
    return {"status": exported(system, subject.settings.status_file), **asked_at(system)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State how the profile's last backup ended."""
    profile = decoded(_Status, answers, "status").profiles.get(subject.settings.profile)
    if profile is None or profile.backup is None:
        raise ProbeError(Reason.NO_RESTORE_POINT, "resticprofile: no backup of this profile")
    told = profile.backup
    ended = zoned(told.time, None)
    if not 0 <= told.duration <= _LONGEST or ended.year <= 1:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "resticprofile: no such time")
    run = Run(
        started_at=ended - timedelta(seconds=told.duration),
        finished_at=ended,
        exit_status=0 if told.success else 1,
    )
    return job_run(subject, [run], when_asked(answers))


def lies(_subject: Subject[Settings], _system: System) -> Lies:
    """Say nothing: a status file is no copy."""
    return Lies(path=None)


PROBE = Probe(tool="resticprofile", settings=Settings, gather=gather, parse=parse, lies=lies)
