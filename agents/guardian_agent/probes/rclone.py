"""rclone: what was copied or synced to a remote, as whole folders or as one folder for each day.

Sources: rclone's manual and recorded answers of 1.60. A synced folder tells no date of its own: it
is as old as its newest file at least, so that data which does not change looks old. A job that
writes a file last (`marker`) is dated by that. A crypt remote leaves out what it cannot decrypt;
with the wrong password it lists nothing and is content.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, Lies, Point, PointFile, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, decoded_list, text, version, when_asked
from guardian_agent.probing.checked import checked
from guardian_agent.probing.dated import nanoseconds_of
from guardian_agent.probing.paths import holds, live_path, name_in_point, place_in
from guardian_agent.probing.points import (
    CLOCK_TOLERANCE,
    RUNNING,
    Listed,
    newest_past,
    newest_point,
    restore_points,
)
from guardian_agent.probing.rclone_listing import (
    Group,
    Item,
    grouped,
    items,
    live_name,
    stored_name,
)
from guardian_agent.probing.rclone_remote import FAILURES, joined, rclone, section, state_of
from guardian_agent.probing.restored import came_back
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.probing.told import encryption, seen_in, seen_told
from guardian_agent.probing.tool import (
    RESTORE_SECONDS,
    VERIFY_SECONDS,
    find_tool,
    run_tool,
)
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Encryption, Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which remote ("offsite:web1"), and which of its folders are restore points.

    With `pattern`, each name directly below the remote that matches is one; without, all of it is.
    `marker` is the path, in a point, of a file that the job writes last. `root` is the live folder
    that paths in a point are relative to. `config` is rclone's own file.
    """

    remote: str
    pattern: str | None = None
    marker: str | None = None
    root: str = "/"
    config: str | None = None
    environment_file: str | None = None
    binary: str = "rclone"


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the remote, and look at the newest file's first bytes."""
    settings = subject.settings
    about = run_tool(system, [find_tool(system, settings.binary), "version"])
    now_ns = nanoseconds_of(system.clock.now() + CLOCK_TOLERANCE)
    listed = _items(subject, system, settings.remote)
    groups = grouped(listed, settings.pattern, settings.marker, now_ns)
    told = json.dumps([asdict(each) for each in groups])
    answers = {"version": text(about), "groups": told, **asked_at(system)}
    newest = newest_past([each.listed() for each in groups], when_asked(answers))
    if newest is None:
        return answers
    path = next(str(each.newest) for each in groups if each.listed() == newest)
    try:
        state, rule = state_of(subject, system, path)
    except ProbeError:
        state, rule = Encryption.UNKNOWN, "rclone-out-of-reach"
    return answers | {"seen": seen_in(state, rule)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the points, and whether the newest can be read without a key."""
    about = version(answers.get("version", "").lower().replace("rclone v", "rclone "), 1)
    points = restore_points(subject, PROBE.tool, _listed(answers), about)
    if "seen" not in answers:
        return (points,)
    return (points, encryption(subject, *seen_told(answers)))


class _Restorer:
    """Copies out of the remote; see `guardian_agent.probe.Restorer`."""

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest point that is not dated in the future."""
        return newest_point(subject, _listed(answers), when_asked(answers), running=RUNNING)

    def contents(
        self, subject: Subject[Settings], system: System, point: Point
    ) -> Iterator[PointFile]:
        """Yield the point's files and folders."""
        for item in _items(subject, system, _place(subject, point)):
            yield PointFile(
                path=live_path(subject.settings.root, live_name(item.path)),
                size=item.size if item.is_file else 0,
                modified_ns=item.modified_ns if item.is_file else None,
                is_file=item.is_file,
            )

    def restore(
        self,
        subject: Subject[Settings],
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        """Copy the files in one call."""
        inside = {path: name_in_point(subject.settings.root, path) for path in paths}
        names = {path: name for path, name in inside.items() if name}
        _copy(subject, system, point, list(names.values()), target, limit)
        return came_back(system.files, target, names, limit)

    def place(self, subject: Subject[Settings], target: str, path: str) -> str | None:
        """Return where a live path comes back."""
        return place_in(subject.settings.root, target, path)

    def restore_all(
        self, subject: Subject[Settings], system: System, point: Point, target: str, limit: int
    ) -> None:
        """Copy what the point has of the set's paths."""
        root = subject.settings.root
        wanted = subject.backup_set.paths or (root,)
        names = [
            name
            for item in self.contents(subject, system, point)
            if item.is_file and any(holds(folder, item.path) for folder in wanted)
            if (name := name_in_point(root, item.path))
        ]
        _copy(subject, system, point, names, target, limit)

    def verify(self, subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
        """Read all of a crypt remote, whose blocks are authenticated; of others nothing tells."""
        known = section(subject, system)
        if known.get("type") != "crypt":
            raise ProbeError(Reason.UNSUPPORTED, "rclone: only crypt remotes authenticate files")
        started, remote = system.clock.now(), subject.settings.remote
        if not any(item.is_file for item in _items(subject, system, remote)):
            raise ProbeError(Reason.NO_RESTORE_POINT, "rclone: there is no file to read")
        words = ("cat", "--discard", "--retries", "1", "--", remote)
        done = rclone(subject, system, *words, seconds=VERIFY_SECONDS)
        error = FAILURES.error(done, "rclone cat") if done.status else None
        # So it says of a short last block that does not hold, and of a line that broke.
        cut = known.get("remote", "").startswith("/") and b"unexpected EOF" in done.stderr
        if error is not None and error.reason is not Reason.DAMAGED and not cut:
            raise error
        return checked(subject, started, done.seconds, WHOLE, damaged=error is not None)


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where a remote that is a path lies; rclone's own file opens the others."""
    settings = subject.settings
    path = settings.remote if settings.remote.startswith("/") else None
    return Lies(path=path, keys=() if settings.config is None else (settings.config,))


PROBE = Probe(
    tool="rclone",
    settings=Settings,
    gather=gather,
    parse=parse,
    restorer=_Restorer(),
    lies=lies,
)


def _items(subject: Subject[Settings], system: System, place: str) -> Iterator[Item]:
    def ask(output: str) -> None:
        words = ("lsjson", "--recursive", "--no-mimetype", "--retries", "1", "--", place)
        done = rclone(subject, system, *words, output_path=output)
        if done.status:
            raise FAILURES.error(done, "rclone lsjson")

    return items(subject, system, ask)


def _listed(answers: Answers) -> list[Listed]:
    return [group.listed() for group in decoded_list(Group, answers, "groups")]


def _place(subject: Subject[Settings], point: Point) -> str:
    name = point.native_id.split(" ", 2)[2]
    return joined(subject.settings.remote, name) if name else subject.settings.remote


def _copy(
    subject: Subject[Settings],
    system: System,
    point: Point,
    names: Sequence[str],
    target: str,
    limit: int,
) -> None:
    """Copy files by a list of their names; as rclone writes them none has two lines."""
    if not names:
        return
    with scratch_folder(subject, system) as folder:
        wanted = f"{folder}/wanted"
        lines = "".join(f"{stored_name(name)}\n" for name in names)
        system.files.create_exclusively(wanted, lines.encode("utf-8", "surrogateescape"))
        words = ("copy", "--files-from-raw", wanted, "--no-traverse", "--retries", "1")
        done = rclone(
            subject,
            system,
            *(*words, "--", _place(subject, point), target),
            seconds=RESTORE_SECONDS,
            file_size_limit=limit,
        )
    if done.status:
        raise FAILURES.error(done, "rclone copy")
