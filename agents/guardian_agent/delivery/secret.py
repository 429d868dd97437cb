"""The secret that keys the hashes of ids and paths; it never leaves this server."""

from __future__ import annotations

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import place
from guardian_agent.errors import StateError
from guardian_agent.system import System

SECRET_BYTES = 32


def load_secret(config: AgentConfig, system: System) -> bytes:
    """Return the secret, made now if it is missing.

    Raises:
        StateError: it cannot be read or made, or has another length.
    """
    path = place(config, "secret")
    try:
        if not system.files.exists(path):
            system.files.make_directory(config.state.dir)
            system.files.create_exclusively(path, system.randomness.bytes(SECRET_BYTES))
        secret = system.files.read(path, SECRET_BYTES)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error
    if len(secret) != SECRET_BYTES:
        raise StateError(f"{path} is damaged: {SECRET_BYTES} bytes expected, {len(secret)} there")
    return secret
