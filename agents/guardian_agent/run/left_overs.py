"""What a killed restore test left: its marker, its sandbox, what its tool wrote beside."""

from __future__ import annotations

import contextlib

from guardian_agent.config import AgentConfig
from guardian_agent.errors import ConfigError
from guardian_agent.restore.sandbox import clear as clear_rooms
from guardian_agent.run import marker
from guardian_agent.run.diary import chore_of
from guardian_agent.run.kept_off import refuse_overlap
from guardian_agent.run.places import clear, sandbox_folder, scratch_folder
from guardian_agent.system import System


def clear_restores(config: AgentConfig, system: System) -> tuple[str, ...]:
    """State what was interrupted, and remove what it left; only for who holds the restore lock.

    Returns:
        One line for the operator where a test had been killed.

    Raises:
        StateError: the state cannot be written.
    """
    # What cannot be wiped now is wiped by the next; where live data could lie nothing is.
    with contextlib.suppress(OSError, ConfigError):
        refuse_overlap(config, system.files)
        clear_rooms(sandbox_folder(config), system)
    clear(scratch_folder(config, "restore-test"), system.files)
    found = marker.recover(config, system)
    if found is None:
        return ()
    began = f"{found.started_at:%Y-%m-%d %H:%M} UTC"
    where = f"{found.backup_set}/{found.copy} {chore_of(found)}"
    return (f"{where}: interrupted, it had begun at {began}; it stays due",)
