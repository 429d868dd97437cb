"""The configured copies, each with the probe that knows its tool."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from guardian_agent import probes
from guardian_agent.config import AgentConfig, BackupSet, Copy
from guardian_agent.errors import ConfigError, DecodeError
from guardian_agent.probe import AnyProbe, AnySubject, Subject
from guardian_agent.restore.contents import point_contents
from guardian_agent.restore.livedata import folder_of
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.run.places import memory_folder, scratch_folder
from guardian_agent.run.proof import proven
from guardian_agent.run.settings import told_settings
from guardian_agent.system import System
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build
from guardian_agent.wire.facts.copies import CopyEncryption, PointContents

if TYPE_CHECKING:
    from guardian_agent.coverage.holdings import Holdings
    from guardian_agent.wire.observations import Observation

REMEMBERING = frozenset({"run", "restore-test"})


class Toolbox(Protocol):
    """The probes there are."""

    def names(self) -> Sequence[str]:
        """Return the names of all tools that have a probe."""

    def find(self, tool: str) -> AnyProbe | None:
        """Return the probe for a tool, importing no other, or None where there is none."""


INSTALLED: Toolbox = probes


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCopy:
    """One configured copy, ready to be asked about."""

    probe: AnyProbe
    subject: AnySubject


def known_copies(
    config: AgentConfig, secret: bytes, toolbox: Toolbox, command: str = "show"
) -> list[KnownCopy]:
    """Return every configured copy with its probe and its settings decoded.

    Args:
        config: what is configured.
        secret: the key for hashes of ids and paths.
        toolbox: the probes there are.
        command: each has scratch folders of its own, so that one does not clear the other's;
            only `REMEMBERING` ones leave something behind for the next.

    Raises:
        ConfigError: a tool that no probe knows, or settings that the probe refuses.
    """
    scratch = scratch_folder(config, command)
    memory = memory_folder(config) if command in REMEMBERING else None
    return [
        _known(backup_set, copy, secret, toolbox, scratch, memory)
        for backup_set in config.backup_sets
        for copy in backup_set.copies
    ]


def state_name(backup_set: str, copy: str) -> str:
    """Return the file name that stands for a copy in the agent's state; no name holds an `@`."""
    return f"{backup_set}@{copy}"


def prepare(known: KnownCopy, files: Files) -> None:
    """Make the copy's own folders; a probe that needs one will say so if it is not there."""
    with contextlib.suppress(OSError):
        files.make_directory(known.subject.scratch)
        if known.subject.memory:
            files.make_directory(folder_of(known.subject.memory))


def copy_facts(
    known: KnownCopy,
    system: System,
    cache: str | None,
    marker: str | None = None,
    holdings: Holdings | None = None,
) -> Iterator[Observation]:
    """State what the tool says of a copy, and what its newest restore point contains.

    `marker` is that of the set's canary, searched for in the copy's raw bytes; `holdings` overhears
    what the point contains.

    Raises:
        ProbeError: the tool could not be asked; what was stated before stands.
    """
    prepare(known, system.files)
    probe, subject = known.probe, known.subject
    answers = probe.gather(subject, system)
    stated = probe.parse(subject, answers, system.clock.now())
    if holdings is not None:
        holdings.told(probe, subject, answers, stated)
    encrypted: CopyEncryption | None = None
    for fact in stated:
        if isinstance(fact, CopyEncryption):
            encrypted = proven(fact, probe, subject, system, marker)
            yield encrypted
        else:
            yield fact
    yield told_settings(probe, subject, answers, encrypted)
    if probe.restorer is None:
        return
    point = probe.restorer.newest(subject, answers)
    if point is None:
        return
    opened = OpenPoint(subject=subject, restorer=probe.restorer, system=system, point=point)
    if holdings is not None:
        opened = holdings.overhearing(opened)
    if not any(isinstance(fact, PointContents) for fact in stated):
        yield point_contents(opened, cache)
    if holdings is not None:
        holdings.settle(opened)


def _known(
    backup_set: BackupSet,
    copy: Copy,
    secret: bytes,
    toolbox: Toolbox,
    scratch: str,
    memory: str | None,
) -> KnownCopy:
    where = f"copy {backup_set.name}/{copy.name}"
    probe = toolbox.find(copy.tool)
    if probe is None:
        hint = _hint(copy.tool, toolbox.names())
        raise ConfigError(f"{where}: no probe for tool {copy.tool!r}; {hint}")
    try:
        settings = build(probe.settings, copy.settings)
    except DecodeError as error:
        raise ConfigError(f"{where} ({copy.tool}): {error}") from error
    name = state_name(backup_set.name, copy.name)
    subject = Subject(
        backup_set=backup_set,
        copy=copy.name,
        settings=settings,
        key=secret,
        scratch=f"{scratch}/{name}",
        memory="" if memory is None else f"{memory}/{name}",
    )
    return KnownCopy(probe=probe, subject=subject)


def _hint(tool: str, names: Sequence[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    close = difflib.get_close_matches(tool, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(names)}"
