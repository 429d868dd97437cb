"""Files that some job drops into a folder by night: archives, dumps, images.

Each file that matches is a restore point. Tar and zip archives are looked into, restored from and
read to their end; of other files it is known that they are there and whether they can be read
without a key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.probe import (
    WHOLE,
    Answers,
    ArchiveFile,
    Found,
    Point,
    PointFile,
    Probe,
    Subject,
    Turn,
)
from guardian_agent.probing.answers import asked_at, decoded, when_asked
from guardian_agent.probing.archive import Archive
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
from guardian_agent.probing.paths import holds, place_in
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.share import ALL, check_share, parts_of
from guardian_agent.probing.sink import Sink
from guardian_agent.probing.tool import ASK_SECONDS, RESTORE_SECONDS
from guardian_agent.probing.verdict import Verdict, contents, judge, verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which files in which folder; `root` is the folder that names in archives are relative to.

    `read_data` is the share of the files that one check reads; the next check reads the next share.
    """

    path: str
    pattern: str
    root: str = "/"
    read_data: str = ALL

    def __post_init__(self) -> None:
        check_share(self.read_data, "$.read_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Newest:
    """What the newest file showed."""

    state: Encryption
    rule: Slug
    size: int
    verdict: Verdict


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folder, and read the newest file."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, plain_file)
    answers = as_answer(found) | asked_at(system)
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    path = f"{settings.path}/{item.name}"
    seen = classify_file(system.files, path)
    opened = _archive(subject, system, path, ASK_SECONDS)
    verdict = judge(subject, system, item, opened.read_through)
    shown = _Newest(state=seen.state, rule=seen.rule, size=item.size, verdict=verdict)
    return answers | {"newest": json.dumps(asdict(shown))}


def points(subject: Subject[Settings], system: System) -> Found:
    """List the folder alone: which file is the newest needs no look into it."""
    settings, began = subject.settings, system.clock.monotonic()
    found = dropped(system, settings.path, settings.pattern, plain_file)
    answers = as_answer(found) | asked_at(system)
    return Found(answers=answers, seconds=system.clock.monotonic() - began)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the files; a whole archive is left to be held against the live data, if any."""
    facts: list[Observation] = [
        restore_points(subject, PROBE.tool, listed(answered(answers)), None)
    ]
    if "newest" in answers:
        shown = decoded(_Newest, answers, "newest")
        facts.append(
            CopyEncryption(
                backup_set=subject.backup_set.name,
                copy=Name(subject.copy),
                state=shown.state,
                rule=shown.rule,
            )
        )
        if not shown.verdict.valid or not subject.backup_set.paths:
            facts.append(contents(subject, shown.verdict, shown.size))
    return facts


class _Restorer:
    """Looks into archives; see `guardian_agent.probe.Restorer`."""

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest file that is not dated in the future."""
        return newest_point(subject, answers)

    def contents(
        self, subject: Subject[Settings], system: System, point: Point
    ) -> Iterator[PointFile]:
        """Yield what the archive holds."""
        return self._archive(subject, system, point).entries()

    def restore(
        self,
        subject: Subject[Settings],
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        """Write the wanted members; the archive is read once, to its end."""
        wanted = {path: self.place(subject, target, path) for path in paths}
        sink = Sink(system.files, wanted.get, limit)
        self._archive(subject, system, point).extract(sink)
        return {path: place for path, place in wanted.items() if place and sink.has(path)}

    def place(self, subject: Subject[Settings], target: str, path: str) -> str | None:
        """Return where a live path comes back: under its own name, once that is proven safe."""
        return place_in(subject.settings.root, target, path)

    def restore_all(
        self, subject: Subject[Settings], system: System, point: Point, target: str, limit: int
    ) -> None:
        """Write every plain file of the set's paths; links and special files are left out."""
        wanted = subject.backup_set.paths or (subject.settings.root,)

        def place(path: str) -> str | None:
            inside = any(holds(folder, path) for folder in wanted)
            return self.place(subject, target, path) if inside else None

        sink = Sink(system.files, place, limit)
        self._archive(subject, system, point).extract(sink)

    def verify(self, subject: Subject[Settings], system: System, turn: Turn = WHOLE) -> Integrity:
        """Read the archives whose turn it is to their end."""
        settings = subject.settings
        found = dropped(system, settings.path, settings.pattern, plain_file)
        items = {f"{settings.path}/{item.name}": item for item in found}

        def examine(path: str, deadline: float) -> int:
            root = settings.root
            return Archive(system=system, path=path, root=root, deadline=deadline).read_through()

        return verify(subject, system, items, examine, turn)

    def _archive(self, subject: Subject[Settings], system: System, point: Point) -> Archive:
        return _archive(subject, system, archive(subject, point).path, RESTORE_SECONDS)


def archive(subject: Subject[Settings], point: Point) -> ArchiveFile:
    """Return the file that a restore point is."""
    settings = subject.settings
    return ArchiveFile(path=f"{settings.path}/{name_in(point.native_id)}", root=settings.root)


def raw(subject: Subject[Settings], system: System) -> Iterator[str]:
    """Yield the files, newest first."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, plain_file)
    for item in sorted(found, key=lambda item: item.modified_ns, reverse=True):
        yield f"{settings.path}/{item.name}"


PROBE = Probe(
    tool="file_drop",
    settings=Settings,
    gather=gather,
    parse=parse,
    points=points,
    restorer=_Restorer(),
    parts=lambda settings: parts_of(settings.read_data),
    archive=archive,
    raw=raw,
    lies=newest_file,
)


def _archive(subject: Subject[Settings], system: System, path: str, seconds: float) -> Archive:
    deadline = system.clock.monotonic() + seconds
    return Archive(system=system, path=path, root=subject.settings.root, deadline=deadline)
