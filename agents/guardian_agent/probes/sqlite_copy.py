"""Copies of a SQLite database, plain or packed, validated by SQLite's own check of all pages.

A database that was copied while it was written to is torn, and fails that check. `verify` checks
every copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.probe import WHOLE, Answers, Fetched, Form, Point, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, when_asked
from guardian_agent.probing.dropped import (
    Dropped,
    answered,
    as_answer,
    dropped,
    listed,
    name_in,
    newest,
    newest_file,
    newest_point,
)
from guardian_agent.probing.look import classify_file
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.probing.shown import facts, shown
from guardian_agent.probing.sqlite_copy import SqliteCopy, copy_in
from guardian_agent.probing.tool import ASK_SECONDS, RESTORE_SECONDS
from guardian_agent.probing.verdict import verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which copies in which folder; what a writer left beside one (`-wal`) belongs to it."""

    path: str
    pattern: str


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folder, and check the newest copy."""
    settings = subject.settings
    found = _copies(subject, system)
    answers = as_answer(found) | asked_at(system)
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    path = f"{settings.path}/{item.name}"
    deadline = system.clock.monotonic() + ASK_SECONDS
    seen = classify_file(system.files, path)
    return answers | shown(
        subject, system, item, seen, lambda: _examine(subject, system, path, deadline)
    )


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the copies, whether the newest is whole, and whether it can be read without a key."""
    points = restore_points(subject, PROBE.tool, listed(answered(answers)), None)
    return (points, *facts(subject, answers))


def verify_all(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Check every copy."""
    items = {f"{subject.settings.path}/{item.name}": item for item in _copies(subject, system)}
    return verify(subject, system, items, partial(_examine, subject, system))


class _Database:
    """Brings a copy into the sandbox; see `guardian_agent.probe.DatabaseRestorer`."""

    engine = "sqlite"

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest copy that is not dated in the future."""
        return newest_point(subject, answers)

    def fetch(
        self, subject: Subject[Settings], system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Bring the copy, unpacked and with its log, into `folder`."""
        path = f"{subject.settings.path}/{name_in(point.native_id)}"
        deadline = system.clock.monotonic() + RESTORE_SECONDS
        copy = SqliteCopy(system=system, path=path, deadline=deadline)
        return Fetched(path=copy.bring(folder, limit), form=Form.FILE, own=True)


PROBE = Probe(
    tool="sqlite_copy",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    database=_Database(),
    lies=newest_file,
)


def _copies(subject: Subject[Settings], system: System) -> list[Dropped]:
    settings = subject.settings
    return dropped(system, settings.path, settings.pattern, partial(copy_in, system))


def _examine(subject: Subject[Settings], system: System, path: str, deadline: float) -> int:
    """Check one copy; one that must be brought elsewhere for it takes half the free space."""
    with scratch_folder(subject, system) as folder:
        limit = system.files.free_bytes(folder) // 2
        return SqliteCopy(system=system, path=path, deadline=deadline).check(folder, limit)
