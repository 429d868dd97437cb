"""Statements that wait for central's receipt, one durable file each.

Names are `<epoch>-<number>.dsse`, zero-padded, so that the order of names is the order of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import keep, names, place
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.system import System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.envelope import read_envelope
from guardian_agent.wire.facts.words import Outcome
from guardian_agent.wire.statement import MAX_BYTES, Statement

KEPT_REFUSED = 20
"""Refused statements kept for whoever wants to know why."""

_FOLDER = "spool"
_REFUSED = "refused"
_NAME = re.compile(r"([0-9]{10})-([0-9]{20})\.dsse", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """One statement in the spool."""

    name: str
    epoch: int
    number: int
    size: int
    """Bytes on disk."""


def name_of(epoch: int, number: int) -> str:
    """Return the file name of a statement."""
    return f"{epoch:010d}-{number:020d}.dsse"


def waiting(config: AgentConfig, system: System) -> list[Spooled]:
    """Return what waits, oldest first; raise `StateError` when the spool cannot be read."""
    try:
        entries = list(system.files.scan(place(config, _FOLDER)))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StateError(f"{place(config, _FOLDER)}: {error.strerror}") from error
    found = []
    for entry in entries:
        name = entry.path.rpartition("/")[2]
        match = _NAME.fullmatch(name)
        if match is not None:
            epoch, number = int(match[1]), int(match[2])
            found.append(Spooled(name=name, epoch=epoch, number=number, size=entry.size))
    return found


def put(config: AgentConfig, system: System, name: str, envelope: bytes) -> None:
    """Add a statement durably; raise `StateError` when the disk refuses."""
    keep(place(config, _FOLDER, name), envelope, system)


def read(config: AgentConfig, system: System, name: str) -> bytes:
    """Return a statement's envelope; raise `StateError`."""
    path = place(config, _FOLDER, name)
    try:
        return system.files.read(path, MAX_BYTES)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error


def remove(config: AgentConfig, system: System, name: str) -> None:
    """Take a statement out for good; raise `StateError`."""
    path = place(config, _FOLDER, name)
    try:
        system.files.remove(path)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from error


def set_aside(config: AgentConfig, system: System, name: str, reason: str) -> None:
    """Move a statement that will never be accepted to `refused/`, so that it blocks no other.

    Args:
        config: the agent's.
        system: the machine.
        name: the statement's name in the spool.
        reason: one plain word.
    """
    folder = place(config, _REFUSED)
    try:
        system.files.make_directory(folder)
        system.files.rename(place(config, _FOLDER, name), f"{folder}/{name}.{reason}")
        for old in names(folder, system)[:-KEPT_REFUSED]:
            system.files.remove(f"{folder}/{old}")
    except OSError as error:
        raise StateError(f"{folder}: {error.strerror}") from error


def refused(config: AgentConfig, system: System) -> list[str]:
    """Return the names in `refused/`, each ending in its reason."""
    return names(place(config, _REFUSED), system)


def too_many(config: AgentConfig, system: System, incoming: int) -> Iterator[str]:
    """Yield the statements that must go so that `incoming` bytes fit below the cap.

    Good news goes first, oldest first; statements that tell of a failure go only when nothing else
    is left. What is new always fits.
    """
    held = waiting(config, system)
    excess = sum(item.size for item in held) + incoming - config.state.spool_bytes
    bad = []
    for item in held:
        if excess <= 0:
            return
        if _tells_of_failure(config, system, item.name):
            bad.append(item)
        else:
            excess -= item.size
            yield item.name
    for item in bad:
        if excess <= 0:
            return
        excess -= item.size
        yield item.name


def tidy(config: AgentConfig, system: System) -> None:
    """Remove what killed writers left half-written."""
    folder = place(config, _FOLDER)
    with suppress(OSError):
        for name in names(folder, system):
            if name.startswith(".") and name.endswith(".part"):
                system.files.remove(f"{folder}/{name}")


def _tells_of_failure(config: AgentConfig, system: System, name: str) -> bool:
    """Say whether a probe failed in it, or a fact in it is bad news; damage counts as such."""
    try:
        payload = read_envelope(read(config, system, name)).payload
        statement = build(Statement, read_json(payload), lenient=True)
    except (DecodeError, StateError):
        return True
    return bool(statement.failures) or any(
        getattr(fact, "outcome", None) is Outcome.FAILED or getattr(fact, "exit_status", 0) != 0
        for fact in statement.observations
    )
