"""Facts about backup jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from guardian_agent.wire.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of a backup job that `guardian-agent exec` wrapped; exit status as the job's."""

    KIND: ClassVar[str] = "job_run"

    backup_set: Name
    started_at: datetime
    finished_at: datetime
    exit_status: int
