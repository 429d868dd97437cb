"""Images of virtual machines that a job drops into a folder: qcow2, looked into by `qemu-img`.

Sources: QEMU's qcow2 specification and recorded answers of qemu-img 7.2. A check reads an image's
tables and shows what is cut off or confused, so that an image can be known to be broken, and never
to be whole: its data has no check sums, and a copy of a running machine looks like any other. Of
the files that an image builds upon it is seen whether they are there; none is opened by the name
that it gives. Other formats are listed, and nothing more is known of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, text, version, when_asked
from guardian_agent.probing.dropped import (
    answered,
    as_answer,
    dropped,
    listed,
    newest,
    newest_file,
    plain_file,
)
from guardian_agent.probing.look import classify_file, reading
from guardian_agent.probing.points import restore_points
from guardian_agent.probing.shown import facts, shown
from guardian_agent.probing.tool import ASK_SECONDS, Failures, find_tool, run_tool
from guardian_agent.probing.verdict import verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_MAGIC = b"QFI\xfb"
_HEAD = 64 * 1024
_LONGEST_NAME = 1023
_CORRUPT, _ELSEWHERE = 2, 4
"""Features of version 3: marked as corrupt; its data lies in another file."""
_LEAKS = 3
"""Exit status of a check that found room wasted, and no harm."""
_DEEPEST = 32
_FAILURES = Failures(
    exits={2: Reason.DAMAGED, 63: Reason.UNSUPPORTED},
    phrases=((b"Permission denied", Reason.PERMISSION_DENIED),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which images in which folder."""

    path: str
    pattern: str = "*.qcow2"
    binary: str = "qemu-img"


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the folder, and check the newest image."""
    settings = subject.settings
    about = run_tool(system, [find_tool(system, settings.binary), "--version"])
    found = dropped(system, settings.path, settings.pattern, plain_file)
    answers = {"version": text(about), **as_answer(found), **asked_at(system)}
    item = newest(found, when_asked(answers))
    if item is None:
        return answers
    path = f"{settings.path}/{item.name}"
    seen = classify_file(system.files, path)
    deadline = system.clock.monotonic() + ASK_SECONDS
    read = partial(_examine, settings, system, path, deadline)
    return answers | shown(subject, system, item, seen, read)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the images, whether the newest is broken, and whether it can be read without a key."""
    about = version(answers.get("version", ""), 2)
    points = restore_points(subject, PROBE.tool, listed(answered(answers)), about)
    return (points, *facts(subject, answers))


def verify_all(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Check every image; where none is broken nothing is known, as no data is read."""
    settings = subject.settings
    found = dropped(system, settings.path, settings.pattern, plain_file)
    items = {f"{settings.path}/{item.name}": item for item in found}
    return verify(subject, system, items, partial(_examine, settings, system))


PROBE = Probe(
    tool="qemu_img",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    lies=newest_file,
)


def _examine(settings: Settings, system: System, path: str, deadline: float) -> int:
    """Look for what is broken.

    Raises:
        ProbeError: always: DAMAGED or INCOMPLETE, else why nothing is known.
    """
    below: str | None = path
    for _ in range(_DEEPEST):
        if below is None:
            message = "no fault found; the data of an image has no check sums"
            raise ProbeError(Reason.UNSUPPORTED, message)
        above = _backing(system, below)
        _check(settings, system, below, deadline)
        below = None if above is None else _beside(below, above)
    raise ProbeError(Reason.UNSUPPORTED, f"builds upon more than {_DEEPEST} images")


def _backing(system: System, path: str) -> str | None:
    """Return what the image says that it builds upon.

    Raises:
        ProbeError: INCOMPLETE where an image is not there, DAMAGED, UNSUPPORTED.
    """
    try:
        with reading(path), system.files.open(path) as file:
            head = file.read(_HEAD)
    except ProbeError as error:
        if error.reason is Reason.PATH_MISSING:
            raise ProbeError(Reason.INCOMPLETE, "what it builds upon is not there") from error
        raise
    if not head.startswith(_MAGIC):
        raise ProbeError(Reason.UNSUPPORTED, "no qcow2 image")
    number = int.from_bytes(head[4:8], "big")
    features = int.from_bytes(head[72:80], "big") if number > 2 else 0  # noqa: PLR2004
    if features & _CORRUPT:
        raise ProbeError(Reason.DAMAGED, "it is marked as corrupt")
    if features & _ELSEWHERE:
        raise ProbeError(Reason.UNSUPPORTED, "its data lies in another file")
    start, size = int.from_bytes(head[8:16], "big"), int.from_bytes(head[16:20], "big")
    if not start:
        return None
    if not 0 < size <= _LONGEST_NAME or start + size > len(head):
        raise ProbeError(Reason.DAMAGED, "what it builds upon has no name")
    return head[start : start + size].decode("utf-8", "surrogateescape")


def _beside(path: str, name: str) -> str:
    """Return where an image lies that another builds upon.

    Raises:
        ProbeError: UNSUPPORTED for a name that is more than a path.
    """
    if ":" in name or "\0" in name:
        raise ProbeError(Reason.UNSUPPORTED, "it builds upon what is no file")
    return name if name.startswith("/") else f"{path.rpartition('/')[0]}/{name}"


def _check(settings: Settings, system: System, path: str, deadline: float) -> None:
    """Check one image's tables, opening no other file."""
    what = {"driver": "qcow2", "file": {"driver": "file", "filename": path}, "backing": None}
    words = ("check", "--output=json", "--force-share", f"json:{json.dumps(what)}")
    left = max(1.0, deadline - system.clock.monotonic())
    done = run_tool(system, [find_tool(system, settings.binary), *words], seconds=left)
    if done.status not in (0, _LEAKS):
        raise _FAILURES.error(done, "qemu-img check")
