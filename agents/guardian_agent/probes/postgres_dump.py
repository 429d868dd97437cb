"""Dumps by pg_dump and pg_dumpall: custom, directory, tar and plain, validated by reading them.

A dump is restored as a whole into a database, where it lies: no single files come out of it.
`verify` decodes every dump.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, Fetched, Point, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, decoded, version, when_asked
from guardian_agent.probing.dropped import (
    answered,
    as_answer,
    dropped,
    listed,
    name_in,
    newest,
    newest_file,
    newest_point,
)
from guardian_agent.probing.dump import TOC, Dump, dump_in, made_by
from guardian_agent.probing.form import form_of
from guardian_agent.probing.look import classify_file, reading
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.tool import ASK_SECONDS
from guardian_agent.probing.verdict import Verdict, contents, judge, verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which dumps in which folder; `binary` is pg_restore, at least as new as pg_dump was."""

    path: str
    pattern: str
    binary: str = "pg_restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Newest:
    """What the newest dump showed."""

    state: Encryption
    rule: Slug
    size: int
    verdict: Verdict


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folder, and decode the newest dump."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, partial(dump_in, system))
    answers = as_answer(found) | asked_at(system)
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    dump = _dump(subject, system, f"{settings.path}/{item.name}")
    seen = classify_file(system.files, _first_file(dump))
    verdict = judge(subject, system, item, dump.read_through)
    shown = _Newest(state=seen.state, rule=seen.rule, size=item.size, verdict=verdict)
    return answers | {"newest": json.dumps(asdict(shown)), "about": _about(dump)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the dumps, whether the newest is whole, and whether it can be read without a key."""
    made = version(made_by(answers.get("about", "")), 0)
    points = restore_points(subject, PROBE.tool, listed(answered(answers)), made)
    if "newest" not in answers:
        return (points,)
    shown = decoded(_Newest, answers, "newest")
    encryption = CopyEncryption(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        state=shown.state,
        rule=shown.rule,
    )
    return (points, encryption, contents(subject, shown.verdict, shown.size))


def verify_all(subject: Subject[Settings], system: System, turn: Turn = WHOLE) -> Integrity:
    """Decode every dump whose turn it is."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, partial(dump_in, system))
    items = {f"{settings.path}/{item.name}": item for item in found}

    def examine(path: str, deadline: float) -> int:
        dump = Dump(system=system, path=path, pg_restore=settings.binary, deadline=deadline)
        return dump.read_through()

    return verify(subject, system, items, examine, turn)


class _Database:
    """Says where a dump lies; see `guardian_agent.probe.DatabaseRestorer`."""

    engine = "postgresql"

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest dump that is not dated in the future."""
        return newest_point(subject, answers)

    def fetch(
        self, subject: Subject[Settings], system: System, point: Point, _folder: str, _limit: int
    ) -> Fetched:
        """Return the dump where it lies: it is only read."""
        path = f"{subject.settings.path}/{name_in(point.native_id)}"
        with reading(path):
            return Fetched(path=path, form=form_of(system.files, path))


PROBE = Probe(
    tool="postgres_dump",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    database=_Database(),
    lies=newest_file,
)


def _dump(subject: Subject[Settings], system: System, path: str) -> Dump:
    deadline = system.clock.monotonic() + ASK_SECONDS
    binary = subject.settings.binary
    return Dump(system=system, path=path, pg_restore=binary, deadline=deadline)


def _first_file(dump: Dump) -> str:
    toc = f"{dump.path}/{TOC}"
    return toc if dump.system.files.exists(toc) else dump.path


def _about(dump: Dump) -> str:
    """Return what names the version of pg_dump; a dump that cannot be read names none."""
    try:
        return dump.contents() or dump.head().decode("utf-8", "replace")
    except ProbeError:
        return ""
