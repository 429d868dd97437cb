"""Where passes and restore tests keep out of each other's way."""

from __future__ import annotations

import contextlib

from guardian_agent.config import AgentConfig
from guardian_agent.system.ports import Files


def pass_lock(config: AgentConfig) -> str:
    """Return the lock that a pass holds, so that two never run at once."""
    return f"{config.state.dir}/lock"


def restore_lock(config: AgentConfig) -> str:
    """Return the lock that restore tests hold: they may last longer than a pass may wait."""
    return f"{config.state.dir}/restore.lock"


def storage_lock(config: AgentConfig, storage: str) -> str:
    """Return the lock that is held while something heavy is done on a storage."""
    return f"{config.state.dir}/storages/{storage}.lock"


def scratch_folder(config: AgentConfig, command: str) -> str:
    """Return the folder of what tools write while a command asks them."""
    return f"{config.state.dir}/scratch/{command}"


def memory_folder(config: AgentConfig) -> str:
    """Return the folder of what probes found out at a cost and need not find out again."""
    return f"{config.state.dir}/memory"


def ledger_file(config: AgentConfig, copy: str) -> str:
    """Return the file of what restore tests of a copy have brought back so far."""
    return f"{config.state.dir}/ledgers/{copy}"


def sandbox_folder(config: AgentConfig) -> str:
    """Return the folder in which restore tests make their sandbox."""
    return config.limits.sandbox or f"{config.state.dir}/sandbox"


def clear(folder: str, files: Files) -> None:
    """Remove what a killed command left in a scratch folder; what cannot go now goes later."""
    with contextlib.suppress(OSError):
        if files.exists(folder):
            files.remove_tree(folder)
