"""Facts that other commands (`restore-test`, `exec`) leave for the next pass.

Each fact is a file of its own, so commands need no lock: they may end at any time beside a pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import keep, names, place
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.system import System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.observations import Observation

if TYPE_CHECKING:
    from guardian_agent.wire.facts.exposures import Exposure

MAX_FACTS = 500
"""Facts that one pass takes along; the rest waits for the next."""

_MAX_FACT_BYTES = 1024 * 1024
_FOLDER = "pending"
_DAMAGED = "damaged"


def add(config: AgentConfig, system: System, observation: Observation) -> None:
    """Leave a fact, durably; raise `StateError` when it cannot be written."""
    keep(_new_place(config, system), to_json(observation), system)


def adopt(config: AgentConfig, system: System, path: str) -> None:
    """Leave the fact that a state file holds: in one step it lies there no more, and waits here.

    Raises:
        StateError: it cannot be moved; nothing happens when there is no such file.
    """
    if not system.files.exists(path):
        return
    try:
        system.files.make_directory(place(config, _FOLDER))
        system.files.rename(path, _new_place(config, system))
    except OSError as error:
        raise StateError(f"{path} could not be moved: {error.strerror}") from error


def waiting(config: AgentConfig, system: System) -> list[tuple[str, Observation]]:
    """Return the facts left, oldest first, each with its path; damaged ones are set aside.

    Raises:
        StateError: the folder cannot be read.
    """
    found = []
    for name in names(place(config, _FOLDER), system):
        if name.startswith(".") or not name.endswith(".json"):
            continue
        path = place(config, _FOLDER, name)
        fact = _read(path, system)
        if fact is None:
            _set_aside(config, name, system)
        else:
            found.append((path, fact))
        if len(found) == MAX_FACTS:
            break
    return found


def clear(system: System, paths: Sequence[str]) -> None:
    """Remove facts that a statement in the spool holds now; raise `StateError`."""
    for path in paths:
        try:
            system.files.remove(path)
        except OSError as error:
            raise StateError(f"{path}: {error.strerror}") from error


def _new_place(config: AgentConfig, system: System) -> str:
    milliseconds = int(system.clock.now().timestamp() * 1000)
    return place(config, _FOLDER, f"{milliseconds:013d}-{system.randomness.bytes(4).hex()}.json")


def _read(path: str, system: System) -> Observation | None:
    try:
        data = read_json(system.files.read(path, _MAX_FACT_BYTES))
        return build(cast("type[Exposure]", Observation), data)
    except (OSError, StateError, DecodeError):
        return None


def _set_aside(config: AgentConfig, name: str, system: System) -> None:
    with suppress(OSError):
        system.files.make_directory(place(config, _DAMAGED))
        system.files.rename(place(config, _FOLDER, name), place(config, _DAMAGED, name))
