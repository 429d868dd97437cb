"""How backups travel: encrypted on their way, or readable by whoever listens."""

from __future__ import annotations

from datetime import datetime

from guardian_agent.config import BackupSet, Copy
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Posture


def observe(backup_set: BackupSet, copy: Copy, system: System, now: datetime) -> Posture | None:
    """Say how one copy's data travels; None where it stays on this machine."""
    raise NotImplementedError
