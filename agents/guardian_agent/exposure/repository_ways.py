"""The ways to a repository's bytes, for people who ask about one: doors, key beside it, modes."""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.doors import UNTRIED, Tried, try_doors
from guardian_agent.exposure.doors.beside import texts_beside
from guardian_agent.exposure.doors.lock import BESIDE
from guardian_agent.exposure.doors.who import fetched_by
from guardian_agent.magic import Classified
from guardian_agent.magic.answer import weak
from guardian_agent.system import System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedRepository:
    """A backup tool's repository as a whole."""

    path: str
    classified: Classified
    """`weak` where a door opened."""
    tried: Tried
    readable_by: Slug | None
    """`local-users` or `owner`; None where that cannot be seen."""
    ways: tuple[str, ...]
    """The door that opened, and whether a key lies beside it."""


def repository_ways(path: str, found: Classified, system: System) -> ScannedRepository:
    """Try what any stranger would try on a repository, and say who gets at its bytes."""
    tried = _tried(path, system) if found.state is Encryption.ENCRYPTED else UNTRIED
    ways = set() if tried.opened is None else {str(tried.opened)}
    if found.state in (Encryption.ENCRYPTED, Encryption.WEAK) and _has_key(path, system.files):
        ways.add(BESIDE)
    return ScannedRepository(
        path=path,
        classified=found if tried.opened is None else weak(found.kind, tried.opened),
        tried=tried,
        readable_by=fetched_by(path, system.files),
        ways=tuple(sorted(ways)),
    )


def _tried(path: str, system: System) -> Tried:
    try:
        return try_doors(path, system)
    except ProbeError:
        return UNTRIED


def _has_key(path: str, files: Files) -> bool:
    """Say whether a readable file named like a key lies in it or beside it."""
    try:
        return any(True for _ in texts_beside(path, files))
    except OSError:
        return False
