"""Open doors: what anybody who has the bytes would try, tried first by us."""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.system import System
from guardian_agent.wire.names import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How many doors were tried, and which opened: `empty-password`, `key-beside-data`, ..."""

    doors: int
    opened: Slug | None


def try_doors(path: str, system: System) -> Tried:
    """Try the closed list of keys on a repository folder or a file, offline and read-only.

    Raises:
        ProbeError: it cannot be read at all.
    """
    raise NotImplementedError
