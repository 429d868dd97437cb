"""Let a process of its own read a SQLite database; see `sqlite_child` for what it does."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.system import Confinement, System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug

_CHILD = "guardian_agent.probing.sqlite_child"
_OUTPUT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value as the child tells it."""

    reason: Reason
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the child found; `reason` is NONE where the file is whole."""

    reason: Reason
    version: Slug | None = None
    tables: int = 0
    rows: int = 0
    bytes: int = 0
    notices: int = 0
    values: tuple[Told, ...] = ()
    canary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the child is to do: `own` is a private copy that may be written to."""

    path: str
    own: bool
    asked: str | None = None
    """A file with a JSON list of SQL statements; None to check the file alone."""
    seconds: float = 0.0
    """For each statement."""


def read(
    system: System, request: Request, seconds: float, confinement: Confinement | None = None
) -> Read:
    """Let a process of its own read the file; `confinement` where the system has none.

    Raises:
        ProbeError: the reason why the file is no good (DAMAGED), or why that is not known.
    """
    done = system.processes.run(
        [sys.executable, "-I", "-B", "-m", _CHILD, _written(request)],
        seconds=seconds,
        output_limit=_OUTPUT_BYTES,
        confinement=confinement,
    )
    if done.timed_out:
        raise ProbeError(Reason.TIMEOUT, f"{request.path}: not read to its end in time")
    if done.status:
        text = done.stderr[-2000:].decode("utf-8", "backslashreplace").strip()
        raise ProbeError(Reason.INTERRUPTED, f"{request.path}: its reader ended early: {text}")
    try:
        found = build(Read, read_json(done.stdout))
    except DecodeError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"{request.path}: {error}") from error
    if found.reason is not Reason.NONE:
        raise ProbeError(found.reason, f"{request.path}: not a whole SQLite database")
    return found


def _written(request: Request) -> str:
    return json.dumps(
        {
            "path": request.path,
            "own": request.own,
            "asked": request.asked,
            "seconds": request.seconds,
        }
    )
