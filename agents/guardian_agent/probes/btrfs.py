"""btrfs: read-only snapshots in one folder, made here or received.

Source: recorded answers of btrfs-progs 6.2. Only what is read-only counts: a subvolume that is
still being received, or was broken off, is not. Of a snapshot that was received the file system
keeps when it came, not when it was taken: its date is to be read out of its name. Snapshots on the
disk of the data are lost with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Point, Probe, Subject
from guardian_agent.probing.answers import asked_at, decoded_list, text, version, when_asked
from guardian_agent.probing.dated import check_naming, in_name, zoned
from guardian_agent.probing.dropped import matching, name_of
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.told import encryption, seen_in, seen_told
from guardian_agent.probing.tool import Failures, find_tool, run_tool
from guardian_agent.probing.tree import TreeRestorer, readable
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_MOST = 2000
_FIELD = re.compile(r"^\t([A-Z][A-Za-z ]{1,30}):[ \t]+(.*)$", re.MULTILINE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NONE = "-"
_NO_SUBVOLUME = b"Not a Btrfs subvolume"
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"Operation not permitted", Reason.PERMISSION_DENIED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"not a btrfs filesystem", Reason.NO_REPOSITORY),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """In which folder the snapshots lie, and how their files lie in them.

    `inside` is the folder in each that stands for `root` on the live server. `name_format` (as
    `date` has it) and `utc_offset` ("+03:00") tell when a received one was taken.
    """

    path: str
    pattern: str = "*"
    inside: str = ""
    root: str = "/"
    name_format: str | None = None
    utc_offset: str | None = None
    binary: str = "btrfs"

    def __post_init__(self) -> None:
        check_naming(self.name_format, self.utc_offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What is shown of one subvolume."""

    name: Any
    text: Any


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask of each subvolume in the folder, and look for a file that anybody can read."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "--version"])
    shown = json.dumps([asdict(each) for each in _subvolumes(subject, system)])
    answers = {"version": text(about), "shown": shown, **asked_at(system)}
    newest = newest_past(_listed(subject, answers), when_asked(answers))
    if newest is None:
        return answers
    state, rule = readable(system.files, _place(subject, newest.native_id))
    return answers | {"seen": seen_in(state, rule)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the snapshots, and that the newest can be read where a file of it was."""
    about = version(answers.get("version", "").replace("progs v", "progs "), 1)
    points = restore_points(subject, PROBE.tool, _listed(subject, answers), about)
    if "seen" not in answers:
        return (points,)
    return (points, encryption(subject, *seen_told(answers)))


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where the snapshots lie."""
    return Lies(path=subject.settings.path)


def _subvolumes(subject: Subject[Settings], system: System) -> list[_Shown]:
    settings, found = subject.settings, list[_Shown]()
    tool = find_tool(system, settings.binary)
    for entry in matching(system, settings.path, settings.pattern):
        if not entry.is_directory:
            continue
        done = run_tool(system, [tool, "subvolume", "show", entry.path])
        if done.status and _NO_SUBVOLUME in done.stderr:
            continue
        if done.status:
            raise _FAILURES.error(done, "btrfs subvolume show")
        found.append(_Shown(name=name_of(entry), text=text(done)))
        if len(found) > _MOST:
            raise ProbeError(Reason.OUTPUT_LIMIT, f"btrfs: over {_MOST} subvolumes match")
    return found


def _listed(subject: Subject[Any], answers: Answers) -> list[Listed]:
    shown = decoded_list(_Shown, answers, "shown")
    found = (_snapshot(subject.settings, str(each.name), str(each.text)) for each in shown)
    return [one for one in found if one is not None]


def _snapshot(settings: Settings, name: str, told: str) -> Listed | None:
    """Return a snapshot; None where it may still change.

    Raises:
        ProbeError: UNREADABLE_ANSWER; UNSUPPORTED where nothing tells when it was taken.
    """
    known = dict(_FIELD.findall(told))
    if not known.keys() >= {"UUID", "Creation time", "Flags", "Received UUID"}:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "btrfs subvolume show: of another form")
    if "readonly" not in known["Flags"].split():
        return None
    if _UUID.fullmatch(known["UUID"]) is None:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "btrfs subvolume show: no UUID")
    at = zoned(known["Creation time"], None)
    if known["Received UUID"] != _NONE:
        at = _taken(settings, name)
    return Listed(native_id=f"{known['UUID']} {name}", started_at=at)


def _taken(settings: Settings, name: str) -> datetime:
    dated = None
    if settings.name_format is not None:
        dated = in_name(name, settings.name_format, settings.utc_offset)
    if dated is None:
        raise ProbeError(Reason.UNSUPPORTED, "btrfs: received; only `name_format` can date it")
    return dated


def _place(subject: Subject[Any], native_id: str) -> str:
    return f"{subject.settings.path}/{native_id.split(' ', 1)[1]}"


def _folder(subject: Subject[Any], _system: System, point: Point) -> str:
    return _place(subject, point.native_id)


PROBE = Probe(
    tool="btrfs",
    settings=Settings,
    gather=gather,
    parse=parse,
    restorer=TreeRestorer(listed=_listed, folder=_folder, running=timedelta(0)),
    lies=lies,
)
