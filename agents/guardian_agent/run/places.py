"""Where passes and restore tests keep out of each other's way."""

from __future__ import annotations

from guardian_agent.config import AgentConfig


def pass_lock(config: AgentConfig) -> str:
    """Return the lock that a pass holds, so that two never run at once."""
    return f"{config.state.dir}/lock"


def restore_lock(config: AgentConfig) -> str:
    """Return the lock that restore tests hold: they may last longer than a pass may wait."""
    return f"{config.state.dir}/restore.lock"


def sandbox_folder(config: AgentConfig) -> str:
    """Return the folder in which restore tests make their sandbox."""
    return config.limits.sandbox or f"{config.state.dir}/sandbox"
