"""Where PostgreSQL's own programs lie, version by version."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.probing.dropped import name_of
from guardian_agent.probing.look import reading
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

_VERSION_BYTES = 64
_PLACES = (("/usr/lib/postgresql", "", "/bin"), ("/usr", "pgsql-", "/bin"))
"""Debian's and Red Hat's: a folder, what its versions' names begin with, and what follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """The programs of one major version."""

    folder: str
    major: str

    def __call__(self, system: System, name: str) -> str:
        """Return the absolute path of a program.

        Raises:
            ProbeError: TOOL_MISSING, or TOOL_UNTRUSTED when others may replace it.
        """
        found = system.processes.find(f"{self.folder}/{name}")
        if found is None:
            raise ProbeError(Reason.TOOL_MISSING, f"{self.folder}/{name}: not there")
        return found


def newest(system: System) -> Programs:
    """Return the newest installed server: it reads the dumps of every version before it.

    Raises:
        ProbeError: TOOL_MISSING.
    """
    found = _installed(system)
    if not found:
        message = "no PostgreSQL server is installed here; install the package `postgresql`"
        raise ProbeError(Reason.TOOL_MISSING, message)
    return found[0]


def of_cluster(system: System, data: str) -> Programs:
    """Return the server for a data directory.

    Raises:
        ProbeError: TOOL_MISSING; DAMAGED when it does not say its version.
    """
    with reading(data):
        text = system.files.read(f"{data}/PG_VERSION", _VERSION_BYTES).decode("ascii", "replace")
    if not _is_version(text.strip()):
        raise ProbeError(Reason.DAMAGED, f"{data}: does not say its version")
    return of_major(system, text.strip())


def of_major(system: System, major: str) -> Programs:
    """Return the server of one major version: no other starts its data directories.

    Raises:
        ProbeError: TOOL_MISSING.
    """
    for programs in _installed(system):
        if programs.major == major:
            return programs
    message = f"the backup needs PostgreSQL {major}; install the package `postgresql-{major}`"
    raise ProbeError(Reason.TOOL_MISSING, message)


def _installed(system: System) -> list[Programs]:
    """Return the versions that have a server, newest first."""
    found = []
    for folder, before, after in _PLACES:
        with contextlib.suppress(OSError):
            for entry in system.files.scan(folder):
                major = name_of(entry).removeprefix(before)
                programs = Programs(folder=f"{entry.path}{after}", major=major)
                named = name_of(entry).startswith(before) and _is_version(major)
                if named and system.files.exists(f"{programs.folder}/postgres"):
                    found.append(programs)
    return sorted(found, key=_number, reverse=True)


def _is_version(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit()


def _number(programs: Programs) -> float:
    return float(programs.major)
