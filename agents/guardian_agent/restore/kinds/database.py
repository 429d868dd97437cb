"""The restore test of kind `database`: a database comes to life and answers questions.

The newest restore point is loaded into a throw-away instance without network, all its rows are
counted, and the operator's questions are asked. A file tool's copy (restic, borg) is tested so when
the test's `path` names the dump that it keeps: that file alone is restored first.

`passed` needs a database that has rows and an answer to each question that holds. Only damage,
emptiness and wrong answers are failures of the backup; what kept the test from being made is
`not_performed` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probe import AnyProbe, Point
from guardian_agent.restore import engines
from guardian_agent.restore.database import Source, canary_of, source_of, weigh
from guardian_agent.restore.engine import Engine, Loaded
from guardian_agent.restore.kind import Kind, Task
from guardian_agent.restore.meanwhile import broken_off_now
from guardian_agent.restore.questions import Question, answer, check_names, verdict
from guardian_agent.restore.result import (
    DAMAGE,
    DAMAGE_WHEN_RESTORING,
    about,
    not_performed,
)
from guardian_agent.restore.room import Plot, Room
from guardian_agent.restore.sandbox import sandbox
from guardian_agent.system import System
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Slug

NAME = "database"
DAMAGE_OF_DATABASES = DAMAGE_WHEN_RESTORING | {
    Reason.STATEMENT_FAILED,
    Reason.NOTHING_RESTORED,
    Reason.INCOMPLETE,
    Reason.MISSING_FILE,
}
"""What is the backup's fault while it is fetched and loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which database, out of which file, and what it must answer."""

    database: str | None = None
    """Which one is asked; without, the only one or the largest."""
    path: str | None = None
    """For copies that keep files: the dump's live path, or a shell pattern of which the newest file
    is taken. That file alone is restored first."""
    engine: Slug | None = None
    """What loads `path`: `postgresql`, `mariadb` or `sqlite`."""
    question: tuple[Question, ...] = ()
    """The tables `[[backup_set.test.question]]`."""

    def __post_init__(self) -> None:
        check_names(self.question)
        if (self.path is None) != (self.engine is None):
            raise DecodeError("`path` and `engine` go together: say both or neither")
        if self.path is not None and not self.path.startswith("/"):
            raise DecodeError(f"path {self.path!r}; expected an absolute one")


class Opened(NamedTuple):
    """A restore point within reach, and what brings it to life."""

    source: Source
    engine: Engine
    point: Point


Enter = Callable[[Plot, System, int], AbstractContextManager[Room]]
"""Makes the room of one test; see `sandbox`."""


def fits(probe: AnyProbe) -> bool:
    """Say whether the tool's restore points are databases."""
    return probe.database is not None


def fits_with(probe: AnyProbe, settings: Settings) -> bool:
    """Say whether a database lies among the files of the tool's restore points."""
    return probe.restorer is not None and settings.path is not None


def database_test(
    task: Task[Settings],
    find: Callable[[str], Engine | None] = engines.find,
    enter: Enter = sandbox,
) -> RestoreTest:
    """Restore the copy's newest point into a throw-away instance, count, and ask."""
    test = not_performed(task.subject, NAME, task.system.clock.now(), Reason.NONE)
    try:
        source = source_of(task.probe, task.settings.path, task.settings.engine)
        engine = find(source.engine)
        if engine is None:
            return replace(test, reason=Reason.UNSUPPORTED)
        point = source.newest(task.subject, task.probe.gather(task.subject, task.system))
    except ProbeError as error:
        return _ended(task, test, error)
    if point is None:
        return replace(test, reason=Reason.NO_RESTORE_POINT)
    return _of_point(task, about(test, point), Opened(source, engine, point), enter)


def _of_point(task: Task[Settings], test: RestoreTest, opened: Opened, enter: Enter) -> RestoreTest:
    if task.ground.checkpoint is None:
        return replace(test, reason=Reason.NO_CHECKPOINT)
    size, root = task.ground.checkpoint
    test = replace(test, checkpoint_size=size, checkpoint_root=root)
    try:
        with enter(task.ground.plot, task.system, task.ground.plot.limit) as room:
            return _in_room(task, test, opened, room)
    except ProbeError as error:
        return _ended(task, test, error)
    except OSError as error:
        return _ended(task, test, ProbeError(Reason.PERMISSION_DENIED, str(error)))


def _in_room(task: Task[Settings], test: RestoreTest, opened: Opened, room: Room) -> RestoreTest:
    clock, where = task.system.clock, f"{test.backup_set}/{test.copy}"
    task.progress(f"{where}: fetching the database's backup", None)
    begun = clock.monotonic()
    fetched = opened.source.fetch(task.subject, room.system, opened.point, room.folder, room.limit)
    fetching = clock.monotonic() - begun
    files, size = weigh(room.system.files, fetched.path)
    # One dump among the files of a restore point says nothing of how large they all are.
    whole = 0 if task.settings.path is not None else size
    test = replace(test, files_restored=files, bytes_restored=size, whole_bytes=whole)
    task.progress(f"{where}: loading the database", None)
    asked = [question.sql for question in task.settings.question]
    loaded = opened.engine.load(fetched, room, task.settings.database, asked, task.progress)
    return _asked(task, _measured(test, loaded, fetching), loaded, opened.point)


def _measured(test: RestoreTest, loaded: Loaded, fetching: float) -> RestoreTest:
    return replace(
        test,
        duration_seconds=fetching + loaded.fixed_seconds + loaded.seconds,
        fixed_seconds=loaded.fixed_seconds,
        database=loaded.contents,
    )


def _asked(task: Task[Settings], test: RestoreTest, loaded: Loaded, point: Point) -> RestoreTest:
    pairs = zip(task.settings.question, loaded.values, strict=True)
    answers = tuple(answer(question, value) for question, value in pairs)
    canary = canary_of(loaded, task.ground.marker)
    outcome, reason = verdict(answers, point.started_at)
    if not loaded.contents.rows:
        outcome, reason = Outcome.FAILED, Reason.NOTHING_RESTORED
    return replace(test, outcome=outcome, reason=reason, answers=answers, canary=canary)


def _ended(task: Task[Settings], test: RestoreTest, error: ProbeError) -> RestoreTest:
    """Say how it ended; only the terminal is told the whole story."""
    task.progress(str(error), None)
    # Before a point is known nothing was restored: a tool's exit status says nothing of it.
    damage = DAMAGE_OF_DATABASES if test.point is not None else DAMAGE
    return broken_off_now(task, test, error, damage)


KIND = Kind(
    name=NAME,
    settings=Settings,
    fits=fits,
    fits_with=fits_with,
    by_default=True,
    every=timedelta(days=7),
    test=database_test,
)
