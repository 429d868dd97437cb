"""What another system exported into a file of JSON, as its own tools write one.

Windows PowerShell writes UTF-16 or a byte order mark, and one record alone as no list. An answer
over HTTP comes in pages, and what is not on the page is not in the file.
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probe import Answers, AnySubject
from guardian_agent.probing.answers import decoded, decoded_list
from guardian_agent.probing.look import reading
from guardian_agent.probing.points import CLOCK_TOLERANCE
from guardian_agent.system import System
from guardian_agent.wire.facts.jobs import JobRun
from guardian_agent.wire.facts.words import Reason

T = TypeVar("T")

_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a job that ended."""

    started_at: datetime
    finished_at: datetime
    exit_status: int


def exported(system: System, path: str) -> str:
    """Return the text of an export.

    Raises:
        ProbeError: PATH_MISSING, PERMISSION_DENIED, OUTPUT_LIMIT or UNREADABLE_ANSWER.
    """
    try:
        with reading(path):
            data = system.files.read(path, _BYTES)
    except StateError as error:
        raise ProbeError(Reason.OUTPUT_LIMIT, f"{path}: larger than any export") from error
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"{path}: no UTF-8 and no UTF-16") from error


def records(kind: type[T], answers: Answers, question: str) -> list[T]:
    """Read a list of records, one record alone, or one page that holds them all.

    Raises:
        ProbeError: UNREADABLE_ANSWER, also where the page says that there are more.
    """
    text = answers.get(question, "").strip()
    if not text.startswith("{"):
        return decoded_list(kind, {question: text}, question)
    page = decoded(_Page, {question: text}, question)
    if page.data is None:
        return decoded_list(kind, {question: f"[{text}]"}, question)
    if page.pagination is not None and page.pagination.total != len(page.data):
        message = f"{question}: {len(page.data)} of {page.pagination.total}: export all of it"
        raise ProbeError(Reason.UNREADABLE_ANSWER, message)
    return decoded_list(kind, {question: json.dumps(page.data)}, question)


def job_run(subject: AnySubject, runs: list[Run], asked_at: datetime) -> list[JobRun]:
    """State the run that ended last; one dated in the future is none yet."""
    past = [run for run in runs if run.finished_at <= asked_at + CLOCK_TOLERANCE]
    if not past:
        return []
    last = max(past, key=lambda run: (run.finished_at, run.exit_status))
    return [
        JobRun(
            backup_set=subject.backup_set.name,
            started_at=min(last.started_at, last.finished_at),
            finished_at=last.finished_at,
            exit_status=last.exit_status,
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    data: tuple[Any, ...] | None = None
    pagination: _Pages | None = None
