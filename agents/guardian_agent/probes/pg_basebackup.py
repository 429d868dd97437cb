"""Base backups by pg_basebackup, plain or as tar files, and the folder of archived log.

Each folder that matches is a restore point, dated by when the server began it. Its files are held
against the manifest, the log against gaps. A database test starts a server from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.probe import (
    WHOLE,
    Answers,
    Fetched,
    Form,
    Point,
    Probe,
    Subject,
    Turn,
    keyed_hash,
)
from guardian_agent.probing.answers import asked_at, when_asked
from guardian_agent.probing.base_backup import LABEL, BaseBackup, base_in
from guardian_agent.probing.dropped import (
    answered,
    as_answer,
    dropped,
    listed,
    name_in,
    newest,
    newest_file,
)
from guardian_agent.probing.look import classify_file
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.shown import facts, shown
from guardian_agent.probing.verdict import verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which folders in which folder; `archive` is where `archive_command` puts the log."""

    path: str
    pattern: str = "*"
    archive: str | None = None


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the backups; look at the newest one's files and log."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, partial(base_in, system))
    answers = as_answer(found) | asked_at(system)
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    backup = _backup(settings, system, item.name)
    seen = classify_file(system.files, backup.tar or f"{backup.path}/{LABEL}")

    def look() -> int:
        backup.prove_log()
        return backup.prove_files(read=False)

    # A gap in the log may come later: what was seen once is not kept.
    return answers | shown(replace(subject, memory=""), system, item, seen, look)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the backups, whether the newest is whole, and whether it can be read without a key."""
    points = restore_points(subject, PROBE.tool, listed(answered(answers)), None)
    return (points, *facts(subject, answers))


def verify_all(subject: Subject[Settings], system: System, turn: Turn = WHOLE) -> Integrity:
    """Read every backup whose turn it is, and its log."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, partial(base_in, system))
    items = {f"{settings.path}/{item.name}": item for item in found}

    def examine(path: str, _deadline: float) -> int:
        backup = BaseBackup(system=system, path=path, archive=settings.archive)
        backup.prove_log()
        return backup.prove_files(read=True)

    return verify(subject, system, items, examine, turn)


class _Database:
    """Brings a base backup and its log; see `guardian_agent.probe.DatabaseRestorer`."""

    engine = "postgresql"

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest backup that is not dated in the future."""
        item = newest(answered(answers), when_asked(answers))
        if item is None:
            return None
        hashed = keyed_hash(subject.key, item.native_id)
        return Point(native_id=item.native_id, hashed_id=hashed, started_at=item.finished_at)

    def fetch(
        self, subject: Subject[Settings], system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Copy the backup, and the log that follows it, below `folder`."""
        backup = _backup(subject.settings, system, name_in(point.native_id))
        backup.prove_log()
        backup.bring(f"{folder}/data", limit)
        return Fetched(path=f"{folder}/data", form=Form.CLUSTER, own=True)


PROBE = Probe(
    tool="pg_basebackup",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    database=_Database(),
    lies=newest_file,
)


def _backup(settings: Settings, system: System, name: str) -> BaseBackup:
    path = f"{settings.path}/{name}"
    return BaseBackup(system=system, path=path, archive=settings.archive)
