"""MongoDB: dumps by mongodump, validated by reading all of their documents without a server.

Not tried on a real mongodump: Debian and PyPI have none. Sources: the BSON specification and the
archive format of mongo-tools. An archive (`--archive`, maybe packed) tells where each collection
ends, so that a whole one is known to be. A folder of `.bson` files tells no end: it can be known to
be broken, never to be whole, unless the operations log (`--oplog`), which is written last, is in
it. No server is started from a dump here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.magic import Classified
from guardian_agent.magic.answer import plaintext
from guardian_agent.probe import WHOLE, Answers, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, version, when_asked
from guardian_agent.probing.bson_dump import BsonDump, files_below
from guardian_agent.probing.dropped import (
    Dropped,
    answered,
    as_answer,
    dropped,
    listed,
    name_of,
    newest,
    newest_file,
    plain_file,
)
from guardian_agent.probing.look import classify_file, reading
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.shown import facts, shown
from guardian_agent.probing.tool import ASK_SECONDS
from guardian_agent.probing.verdict import verify
from guardian_agent.system import Entry, System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_LAST = ("/oplog.bson", "/oplog.bson.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which dumps (archives, or folders) in which folder."""

    path: str
    pattern: str


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folder, and read the newest dump."""
    settings = subject.settings
    found = _dumps(subject, system)
    answers = as_answer(found) | asked_at(system)
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    path = f"{settings.path}/{item.name}"
    deadline = system.clock.monotonic() + ASK_SECONDS
    read = partial(_read, system, path, deadline)
    seen, about = _looked_at(system, path, deadline)
    return answers | shown(subject, system, item, seen, read) | {"about": about}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the dumps, whether the newest is whole, and whether it can be read without a key."""
    made = version(answers.get("about", ""), 0)
    points = restore_points(subject, PROBE.tool, listed(answered(answers)), made)
    return (points, *facts(subject, answers))


def verify_all(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Read every dump to its end."""
    items = {f"{subject.settings.path}/{item.name}": item for item in _dumps(subject, system)}
    return verify(subject, system, items, partial(_read, system))


PROBE = Probe(
    tool="mongodump",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    lies=newest_file,
)


def _dumps(subject: Subject[Settings], system: System) -> list[Dropped]:
    settings = subject.settings
    return dropped(system, settings.path, settings.pattern, partial(_dump_in, system))


def _dump_in(system: System, entry: Entry) -> Dropped | None:
    """Return a dump as a restore point: a file, or a folder that has documents in it."""
    if not entry.is_directory:
        return plain_file(entry)
    files = [system.files.stat(path) for path in files_below(system, entry.path)]
    if not files:
        return None
    return Dropped(
        name=name_of(entry),
        size=sum(each.size for each in files),
        modified_ns=max(0, *(each.modified_ns for each in files)),
    )


def _read(system: System, path: str, deadline: float) -> int:
    with reading(path):
        is_folder = system.files.stat(path).is_directory
    if not is_folder:
        return BsonDump(system=system, path=path, deadline=deadline).read_archive()
    files = list(files_below(system, path))
    for file in files:
        BsonDump(system=system, path=file, deadline=deadline).read_documents()
    if not any(file in (f"{path}{last}" for last in _LAST) for file in files):
        raise ProbeError(Reason.UNSUPPORTED, "a folder of dumps does not tell where it ends")
    return len(files)


def _looked_at(system: System, path: str, deadline: float) -> tuple[Classified, str]:
    """Return whether the dump can be read without a key, and which tool's version it names.

    Documents are told by reading one: their bytes alone look like any other's.
    """
    with reading(path):
        is_folder = system.files.stat(path).is_directory
    first = next(files_below(system, path), path) if is_folder else path
    dump = BsonDump(system=system, path=first, deadline=deadline)
    if not dump.opens():
        return classify_file(system.files, first), ""
    plain = plaintext("bson", "bson-documents")
    try:
        return plain, "" if is_folder else dump.made_by()
    except ProbeError:
        return plain, ""
