"""When backup jobs run and what they keep, as crontabs, systemd units and their like say.

A job belongs to a tool where a line of its file names the tool or a program that runs it, or where
`guardian-agent exec` names the backup set. Comments do not count: a job that was commented out is
gone. The timer of a systemd service has the service's name (systemd.timer(5)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from guardian_agent import config
from guardian_agent.exposure.reach.job_files import JobFiles
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

_RUNS = {
    "restic": ("restic", "resticprofile", "autorestic", "backrest", "crestic"),
    "borg": ("borg", "borgmatic", "borgwrapper", "emborg", "vorta"),
    "pgbackrest": ("pgbackrest",),
    "postgres_dump": ("pg_dump", "pg_dumpall"),
    "pg_basebackup": ("pg_basebackup",),
    "mariadb_dump": ("mysqldump", "mariadb-dump"),
    "mariadb_backup": ("mariabackup", "mariadb-backup"),
}
"""tool -> programs that make its backups; a tool not named here makes them itself."""
_KEEP = re.compile(
    r"keep[-_](last|hourly|daily|weekly|monthly|yearly|within)[\"']?[ =:]+[\"']?([0-9]{1,6})"
)
_WHEN = re.compile(r"\s*On(?:Calendar|BootSec|UnitActiveSec|UnitInactiveSec|StartupSec)\s*=")
_COMMENTS = ("#", ";")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobText:
    """A job file: its name without folder, and its text."""

    name: str
    text: str

    @property
    def stem(self) -> str:
        """Return its name without what stands behind the last dot."""
        return self.name.rpartition(".")[0] or self.name

    def lines(self) -> Iterator[str]:
        """Yield its lines without blanks around them, comments left out."""
        for line in self.text.splitlines():
            bare = line.strip()
            if bare and not bare.startswith(_COMMENTS):
                yield bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The jobs of one tool."""

    lines: tuple[str, ...]
    """That start it, or say when."""
    keeps: Mapping[str, int]
    """`keep-daily` and its like -> the largest number that a job names."""


def read(where: config.Jobs, system: System) -> Scheduled | None:
    """Return all job files of a server; None where not all of them could be seen."""
    look = JobFiles(system.files)
    found = [
        JobText(
            name=entry.path.rpartition("/")[2],
            text=look.read(entry.path).decode("utf-8", "replace"),
        )
        for entry in chain.from_iterable(map(look.at, where.paths))
    ]
    return Scheduled(found) if look.reason is Reason.NONE else None


class Scheduled:
    """All job files of a server."""

    def __init__(self, files: Iterable[JobText]) -> None:
        self._files = tuple(files)

    def of(self, tool: str, backup_set: str) -> Jobs:
        """Return the jobs of a tool for a backup set."""
        named = _naming(tool, backup_set)
        own = [file for file in self._files if any(named.search(line) for line in file.lines())]
        # What is kept is told as numbers; a line is the same one whatever it keeps.
        starting = [
            _KEEP.sub(r"keep-\1", line)
            for file in own
            for line in file.lines()
            if named.search(line)
        ]
        return Jobs(lines=(*starting, *self._timed({file.stem for file in own})), keeps=_keeps(own))

    def _timed(self, stems: set[str]) -> Iterator[str]:
        for file in self._files:
            if file.name.endswith(".timer") and file.stem in stems:
                yield from (line for line in file.lines() if _WHEN.match(line))


def _naming(tool: str, backup_set: str) -> re.Pattern[str]:
    programs = "|".join(map(re.escape, _RUNS.get(tool, (tool,))))
    wrapped = rf"guardian-agent\s(?:[^\n]*\s)?exec\s+{re.escape(backup_set)}(?!\S)"
    return re.compile(rf"(?<![\w.-])(?:{programs})(?![\w.-])|{wrapped}")


def _keeps(files: Iterable[JobText]) -> dict[str, int]:
    found: dict[str, int] = {}
    for file in files:
        for line in file.lines():
            for period, number in _KEEP.findall(line):
                name = f"keep-{period}"
                found[name] = max(int(number), found.get(name, 0))
    return dict(sorted(found.items()))
