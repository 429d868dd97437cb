"""Is a dropped file whole? Found out by reading all of it, once where it can be remembered."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from guardian_agent.errors import DecodeError, ProbeError, StateError
from guardian_agent.probe import WHOLE, AnySubject, Turn, keyed_hash
from guardian_agent.probing.dropped import Dropped
from guardian_agent.probing.tool import VERIFY_SECONDS
from guardian_agent.system import System
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.copies import Integrity, PointContents
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name, ShortHash

_BROKEN = frozenset({Reason.DAMAGED, Reason.UNSAFE_CONTENTS, Reason.INCOMPLETE})
_MEMORY_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What reading a file to its end showed; `valid` None where it could not be read through."""

    point: ShortHash
    valid: bool | None
    reason: Reason
    files: int


Examine = Callable[[str, float], int]
"""Read the file at a path until a time of the monotonic clock; return how many files it holds.

Raises `ProbeError`: DAMAGED, UNSAFE_CONTENTS or INCOMPLETE when it is no good, else why nothing is
known.
"""


def judge(subject: AnySubject, system: System, item: Dropped, read: Callable[[], int]) -> Verdict:
    """Return what `read` shows of the file, or what the subject's memory has of it.

    A time-out is remembered too, as the same file takes as long in the next pass; what may be
    mended (a tool that is missing, a permission) is not.
    """
    point = keyed_hash(subject.key, item.native_id)
    known = _recall(subject, system)
    if known is not None and known.point == point:
        return known
    try:
        verdict = Verdict(point=point, valid=True, reason=Reason.NONE, files=read())
    except ProbeError as error:
        valid = False if error.reason in _BROKEN else None
        verdict = Verdict(point=point, valid=valid, reason=error.reason, files=1)
    settled = verdict.valid is not None or verdict.reason is Reason.TIMEOUT
    if subject.memory and settled:
        with contextlib.suppress(OSError):
            system.files.write(subject.memory, to_json(verdict))
    return verdict


def contents(subject: AnySubject, verdict: Verdict, size: int) -> PointContents:
    """State what is known of the newest point where its listing cannot be compared."""
    return PointContents(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        point=verdict.point,
        files=verdict.files,
        bytes=size,
        paths_expected=0,
        paths_missing=0,
        files_compared=0,
        files_missing=0,
        valid=verdict.valid,
        reason=verdict.reason,
    )


def verify(
    subject: AnySubject,
    system: System,
    items: dict[str, Dropped],
    examine: Examine,
    turn: Turn = WHOLE,
) -> Integrity:
    """Read every file (by path) whose turn it is, newest first, while there is time.

    A part that was not read to its end is none: then only the share that was read is told.

    Raises:
        ProbeError: nothing could be read through, with the reason of the newest.
    """
    started, begun = system.clock.now(), system.clock.monotonic()
    due = {path: item for path, item in items.items() if _part(item, turn.parts) == turn.part}
    watched = partial(_unless_written, examine, system.files)
    results = list(_read_all(due, watched, begun + VERIFY_SECONDS))
    unread = [reason for _, reason in results if reason not in {*_BROKEN, Reason.NONE}]
    if not items or (unread and len(unread) == len(results)):
        reason = unread[0] if unread else Reason.NO_RESTORE_POINT
        raise ProbeError(reason, "no file could be read through")
    broken = [reason for _, reason in results if reason in _BROKEN]
    told = Turn(part=0, parts=0) if unread else turn
    return Integrity(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        outcome=Outcome.FAILED if broken else Outcome.PASSED,
        reason=broken[0] if broken else Reason.NONE,
        data_read=_share_read(results) / turn.parts,
        started_at=started,
        duration_seconds=system.clock.monotonic() - begun,
        part=told.part,
        parts=told.parts,
    )


def _share_read(results: Sequence[tuple[int, Reason]]) -> float:
    """Return how much of the bytes was read; of a part without files, all."""
    read = sum(size for size, reason in results if reason is Reason.NONE or reason in _BROKEN)
    due = sum(size for size, _ in results)
    return read / due if due else 1.0


def _part(item: Dropped, parts: int) -> int:
    """Return which part a file belongs to: by its name, so that it stays there."""
    digest = hashlib.sha256(item.name.encode("utf-8", "surrogateescape")).digest()
    return 1 + int.from_bytes(digest[:8], "big") % parts


def _read_all(
    items: dict[str, Dropped], examine: Examine, deadline: float
) -> Iterator[tuple[int, Reason]]:
    ordered = sorted(items.items(), key=lambda pair: pair[1].modified_ns, reverse=True)
    for path, item in ordered:
        try:
            examine(path, deadline)
            yield item.size, Reason.NONE
        except ProbeError as error:
            yield item.size, error.reason


def _unless_written(examine: Examine, files: Files, path: str, deadline: float) -> int:
    """Examine a file; what a job writes, replaces or takes away meanwhile is not damaged."""
    before = _stamp(files, path)
    try:
        return examine(path, deadline)
    except ProbeError as error:
        if error.reason in _BROKEN and _stamp(files, path) != before:
            message = f"{path}: written or taken away while it was read"
            raise ProbeError(Reason.NO_RESTORE_POINT, message) from error
        raise


def _stamp(files: Files, path: str) -> tuple[int, int] | None:
    try:
        entry = files.stat(path)
    except OSError:
        return None
    return entry.size, entry.modified_ns


def _recall(subject: AnySubject, system: System) -> Verdict | None:
    if not subject.memory:
        return None
    try:
        return build(Verdict, read_json(system.files.read(subject.memory, _MEMORY_BYTES)))
    except (OSError, StateError, DecodeError):
        return None
