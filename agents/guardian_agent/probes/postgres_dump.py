"""Dumps by pg_dump and pg_dumpall: custom, directory, tar and plain, validated by reading them.

A dump is restored as a whole into a database, so no single files come out of it here; `verify`
decodes every dump.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Probe, Subject
from guardian_agent.probing.answers import asked_at, decoded, version, when_asked
from guardian_agent.probing.dropped import answered, as_answer, dropped, listed, newest
from guardian_agent.probing.dump import TOC, Dump, dump_in, made_by
from guardian_agent.probing.look import classify_file
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


def verify_all(subject: Subject[Settings], system: System) -> Integrity:
    """Decode every dump."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, partial(dump_in, system))
    items = {f"{settings.path}/{item.name}": item for item in found}

    def examine(path: str, deadline: float) -> int:
        dump = Dump(system=system, path=path, pg_restore=settings.binary, deadline=deadline)
        return dump.read_through()

    return verify(subject, system, items, examine)


PROBE = Probe(
    tool="postgres_dump", settings=Settings, gather=gather, parse=parse, verify=verify_all
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
