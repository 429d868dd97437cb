"""The agent's small state files: JSON of one dataclass each, read strictly, replaced durably."""

from __future__ import annotations

from typing import TypeVar

from guardian_agent.config import AgentConfig
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.system import System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json

T = TypeVar("T")

_MAX_RECORD_BYTES = 1024 * 1024


def place(config: AgentConfig, *parts: str) -> str:
    """Return a path below the agent's state directory."""
    return "/".join((config.state.dir.rstrip("/"), *parts))


def load(kind: type[T], path: str, system: System) -> T | None:
    """Return the record at `path`, or None when there is none.

    Raises:
        StateError: it cannot be read or is damaged.
    """
    try:
        data = system.files.read(path, _MAX_RECORD_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error
    try:
        return build(kind, read_json(data))
    except DecodeError as error:
        advice = "restore it, or remove the state directory and enrol this server anew"
        raise StateError(f"{path} is damaged {error}; {advice}") from error


def save(path: str, record: object, system: System) -> None:
    """Replace the record at `path` durably; raise `StateError` when the disk refuses."""
    keep(path, to_json(record) + b"\n", system)


def keep(path: str, data: bytes, system: System) -> None:
    """Write a state file durably, its directory made if need be; raise `StateError`."""
    try:
        system.files.make_directory(path.rpartition("/")[0])
        system.files.write(path, data)
    except OSError as error:
        raise StateError(f"{path} could not be written: {error.strerror}") from error


def names(folder: str, system: System) -> list[str]:
    """Return the file names in a folder of the state directory, in order; none if it is missing."""
    try:
        return [entry.path.rpartition("/")[2] for entry in system.files.scan(folder)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StateError(f"{folder}: {error.strerror}") from error
