"""Backups of database servers: which databases they are of, as far as they tell."""

from __future__ import annotations

import fnmatch
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardian_agent.coverage.clusters import ENGINES, POSTGRESQL
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnyProbe, AnySubject
from guardian_agent.restore.livedata import name_of, nanoseconds
from guardian_agent.wire.facts.copies import PointContents

if TYPE_CHECKING:
    from guardian_agent.system import System
    from guardian_agent.wire.observations import Observation

PHYSICAL = frozenset({"barman", "mariadb_backup", "pg_basebackup", "pgbackrest"})
"""Tools whose restore points are whole clusters."""
_ENGINES = {"barman": POSTGRESQL}
"""Of tools that restore nothing here; the others name theirs."""
_HEAD_BYTES = 64 * 1024
_GZIP = b"\x1f\x8b"
_OWN_DATABASES = frozenset({"postgres", "template0", "template1"})
_OF_PG_DUMP = re.compile(r"^; +dbname: (\S+)", re.MULTILINE)
_OF_MYSQLDUMP = re.compile(r"^-- Host: .*?Database: (\S+)$", re.MULTILINE)
_OF_ALL = "PostgreSQL database cluster dump"
_STILL_MADE_NS = 8 * 24 * 3600 * 10**9
"""How much older than the newest a dump may be that is still made: a week and a day."""
_WORDS = re.compile(r"[^A-Za-z]+")
_SAID_OF_ALL = frozenset({"all", "alldatabases", "alldbs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What one copy keeps of a database server."""

    engine: str
    whole: bool
    """Of all databases of a server."""
    names: frozenset[str] = frozenset()
    """Databases that it names, by its head or its file names."""
    series: int = 1
    """How many dumps lie side by side, told by names without dates and numbers."""
    is_named: bool = True
    """Whether the newest one says whose it is."""


def dump_of(
    probe: AnyProbe,
    subject: AnySubject,
    answers: Answers,
    facts: Sequence[Observation],
    system: System,
) -> Dump | None:
    """Return what a copy keeps of a database server; None where it is no backup of one.

    A backup that is not whole keeps nothing: then no database is among its names.
    """
    engine = _ENGINES.get(probe.tool) or (probe.database.engine if probe.database else None)
    if engine not in ENGINES:
        return None
    if any(isinstance(fact, PointContents) and fact.valid is False for fact in facts):
        return Dump(engine=engine, whole=False, series=0)
    if probe.tool in PHYSICAL:
        return Dump(engine=engine, whole=True)
    head = answers.get("about", "") + _head(probe, subject, system)
    files = _names(subject, system)
    told = set(_OF_PG_DUMP.findall(head)) | set(_OF_MYSQLDUMP.findall(head))
    stems = {_stem(name) for name in files}
    return Dump(
        engine=engine,
        whole=_OF_ALL in head or bool(_words(stems) & _SAID_OF_ALL),
        names=frozenset((told - _OWN_DATABASES) | _tokens(files)),
        series=max(len(stems), len(told), 1),
        is_named=bool(told),
    )


def _head(probe: AnyProbe, subject: AnySubject, system: System) -> str:
    """Return how the newest dump begins, unpacked where that is cheap; empty where not."""
    path = _newest(probe, subject, system)
    if path is None:
        return ""
    try:
        with system.files.open(path) as source:
            data = source.read(_HEAD_BYTES)
    except OSError:
        return ""
    if data.startswith(_GZIP):
        with suppress(zlib.error):
            data = zlib.decompressobj(31).decompress(data, _HEAD_BYTES)
    return data.decode("utf-8", "replace")


def _newest(probe: AnyProbe, subject: AnySubject, system: System) -> str | None:
    try:
        return None if probe.lies is None else probe.lies(subject, system).path
    except ProbeError:
        return None


def _names(subject: AnySubject, system: System) -> list[str]:
    """Return the names of the dumps that lie there and are still made.

    One that is much older than the newest is of a database that the job leaves out by now.
    """
    folder = getattr(subject.settings, "path", "")
    pattern = getattr(subject.settings, "pattern", "*")
    try:
        there = list(system.files.scan(folder))
    except OSError:
        return []
    dumps = [each for each in there if fnmatch.fnmatchcase(name_of(each.path), pattern)]
    now = nanoseconds(system.clock.now())
    newest = max((each.modified_ns for each in dumps if each.modified_ns <= now), default=now)
    is_made = range(newest - _STILL_MADE_NS, now + 1)
    return [name_of(each.path) for each in dumps if each.modified_ns in is_made]


def _stem(name: str) -> str:
    """Return what is left of a file's name without dates and numbers."""
    return _WORDS.sub("-", name)


def _words(stems: set[str]) -> set[str]:
    return {word for stem in stems for word in stem.lower().split("-")} | {
        stem.lower().replace("-", "") for stem in stems
    }


def _tokens(files: Sequence[str]) -> set[str]:
    """Return what a file may be named after: what stands before its first dot or its date."""
    found = set()
    for name in files:
        first = name.split(".", 1)[0]
        found |= {first, re.sub(r"[-_.]?[0-9][0-9_:T-]*$", "", first)}
    return found - {""}
