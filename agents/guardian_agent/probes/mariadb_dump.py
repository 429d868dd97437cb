"""Dumps by mariadb-dump and mysqldump, plain or packed, validated by reading them to their end.

A dump is restored as a whole into a database; `verify` reads every dump to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, Fetched, Form, Point, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, version, when_asked
from guardian_agent.probing.dropped import (
    answered,
    as_answer,
    dropped,
    listed,
    name_in,
    newest,
    newest_file,
    newest_point,
    plain_file,
)
from guardian_agent.probing.look import classify_file
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.shown import facts, shown
from guardian_agent.probing.sql_dump import SqlDump
from guardian_agent.probing.tool import ASK_SECONDS
from guardian_agent.probing.verdict import verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which dumps in which folder."""

    path: str
    pattern: str


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folder, and read the newest dump."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, plain_file)
    answers = as_answer(found) | asked_at(system)
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    path = f"{settings.path}/{item.name}"
    dump = SqlDump(system=system, path=path, deadline=system.clock.monotonic() + ASK_SECONDS)
    seen = classify_file(system.files, path)
    answers |= shown(subject, system, item, seen, dump.read_through)
    return answers | {"about": _about(dump)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the dumps, whether the newest is whole, and whether it can be read without a key."""
    made = version(answers.get("about", ""), 0)
    points = restore_points(subject, PROBE.tool, listed(answered(answers)), made)
    return (points, *facts(subject, answers))


def verify_all(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Read every dump to its end."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, plain_file)
    items = {f"{settings.path}/{item.name}": item for item in found}

    def examine(path: str, deadline: float) -> int:
        return SqlDump(system=system, path=path, deadline=deadline).read_through()

    return verify(subject, system, items, examine)


class _Database:
    """Says where a dump lies; see `guardian_agent.probe.DatabaseRestorer`."""

    engine = "mariadb"

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest dump that is not dated in the future."""
        return newest_point(subject, answers)

    def fetch(
        self, subject: Subject[Settings], _system: System, point: Point, _folder: str, _limit: int
    ) -> Fetched:
        """Return the dump where it lies: it is only read."""
        path = f"{subject.settings.path}/{name_in(point.native_id)}"
        return Fetched(path=path, form=Form.PLAIN)


PROBE = Probe(
    tool="mariadb_dump",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    database=_Database(),
    lies=newest_file,
)


def _about(dump: SqlDump) -> str:
    """Return the version of the tool that made it; a dump that cannot be read names none."""
    try:
        return dump.made_by()
    except ProbeError:
        return ""
