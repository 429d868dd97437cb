"""Folders of plain files that rsync makes and rotates: rsnapshot, `rsync --link-dest`, mirrors.

Each folder below `path` whose name matches is a restore point. rsnapshot touches a folder when it
is done with it, and moving it on keeps that date, so its own time is when the backup ended. rsync
by itself gives a folder the date of its source, which may be years old: then the date is to be read
out of the folder's name (`name_format`), and whose clock named it must be said (`utc_offset`). The
rotation's log is not read: its times have no zone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Point, Probe, Subject
from guardian_agent.probing.answers import asked_at, decoded_list, when_asked
from guardian_agent.probing.dated import check_naming, in_name, nanoseconds_of, of_nanoseconds
from guardian_agent.probing.dropped import matching, name_of
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.told import encryption, seen_in, seen_told
from guardian_agent.probing.tree import TreeRestorer, readable
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """In which folder the points lie, and how their files lie in them.

    `inside` is the folder in each point that stands for `root` on the live server: rsnapshot's
    `localhost`. `name_format` is as `date` has it (`%Y-%m-%d_%H-%M`), `utc_offset` such as
    `+03:00`: of a clock that is put forward in summer, the larger one.
    """

    path: str
    pattern: str = "*"
    inside: str = ""
    root: str = "/"
    name_format: str | None = None
    utc_offset: str | None = None

    def __post_init__(self) -> None:
        check_naming(self.name_format, self.utc_offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """One point; `at_ns` is when it was complete."""

    name: Any
    id: Any
    at_ns: int


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folders, and look for a file that anybody can read in the newest."""
    folders = _folders(subject, system)
    answers = {"folders": json.dumps([asdict(each) for each in folders]), **asked_at(system)}
    newest = newest_past(_listed(subject, answers), when_asked(answers))
    if newest is None:
        return answers
    name = next(each.name for each in folders if each.id == newest.native_id)
    state, rule = readable(system.files, f"{subject.settings.path}/{name}")
    return answers | {"seen": seen_in(state, rule)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the folders, and that the newest can be read where a file of it was."""
    points = restore_points(subject, PROBE.tool, _listed(subject, answers), None)
    if "seen" not in answers:
        return (points,)
    return (points, encryption(subject, *seen_told(answers)))


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where the folders lie."""
    return Lies(path=subject.settings.path)


def _folders(subject: Subject[Settings], system: System) -> list[_Folder]:
    settings, found = subject.settings, []
    for entry in matching(system, settings.path, settings.pattern):
        if not entry.is_directory:
            continue
        name = name_of(entry)
        if settings.name_format is None:
            # What a rotation renames stays the same point: only its date goes with it.
            found.append(_Folder(name=name, id=str(entry.modified_ns), at_ns=entry.modified_ns))
            continue
        dated = in_name(name, settings.name_format, settings.utc_offset)
        if dated is not None:
            found.append(_Folder(name=name, id=name, at_ns=nanoseconds_of(dated)))
    return found


def _listed(_subject: Subject[Any], answers: Answers) -> list[Listed]:
    folders = decoded_list(_Folder, answers, "folders")
    times = [of_nanoseconds(each.at_ns) for each in folders]
    return [
        Listed(native_id=str(each.id), started_at=at, finished_at=at)
        for each, at in zip(folders, times, strict=True)
    ]


def _folder(subject: Subject[Any], system: System, point: Point) -> str:
    """Return where the point lies by now: a rotation may have moved it on meanwhile."""
    for each in _folders(subject, system):
        if each.id == point.native_id:
            return f"{subject.settings.path}/{each.name}"
    raise ProbeError(Reason.NO_RESTORE_POINT, "the restore point is gone")


PROBE = Probe(
    tool="rsync_tree",
    settings=Settings,
    gather=gather,
    parse=parse,
    restorer=TreeRestorer(listed=_listed, folder=_folder),
    lies=lies,
)
