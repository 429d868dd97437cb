"""The history of a copy's runs, and how it is kept: packed, for it has many numbers of few kinds.

Evidence is written with each statement, and most of them bring no new run: as plain data, a full
history took longer to write than all the rest.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_FORM = struct.Struct(">qqdqqqqqq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NOT_TOLD = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """What one restore point had in it and cost, as far as its tool tells."""

    started_at: datetime
    seen_at: datetime
    """When central first heard of it."""
    files: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    files_new: int | None = None
    files_changed: int | None = None
    bytes_added: int | None = None
    bytes_packed: int | None = None


def packed(runs: Iterable[RunSeen]) -> str:
    """Return runs as a text, in their order."""
    return b64encode(b"".join(map(_pack, runs))).decode("ascii")


@lru_cache(maxsize=8192)  # findings are judged far more often than runs come
def unpacked(history: str) -> tuple[RunSeen, ...]:
    """Return the runs of a text that `packed` made.

    Raises:
        ValueError: it is none.
    """
    data = b64decode(history, validate=True)
    if len(data) % _FORM.size:
        raise ValueError("no history of runs")
    return tuple(_unpack(*numbers) for numbers in _FORM.iter_unpack(data))


def _pack(run: RunSeen) -> bytes:
    counts = (
        *(run.files, run.bytes, run.files_new, run.files_changed),
        *(run.bytes_added, run.bytes_packed),
    )
    return _FORM.pack(
        (run.started_at - _EPOCH) // _MICROSECOND,
        (run.seen_at - _EPOCH) // _MICROSECOND,
        _NOT_TOLD if run.seconds is None else run.seconds,
        *(_NOT_TOLD if count is None else count for count in counts),
    )


def _unpack(started_at: int, seen_at: int, seconds: float, *counts: int) -> RunSeen:
    files, size, new, changed, added, tight = (_told(count) for count in counts)
    return RunSeen(
        started_at=_EPOCH + started_at * _MICROSECOND,
        seen_at=_EPOCH + seen_at * _MICROSECOND,
        files=files,
        bytes=size,
        seconds=None if seconds == _NOT_TOLD else seconds,
        files_new=new,
        files_changed=changed,
        bytes_added=added,
        bytes_packed=tight,
    )


def _told(count: int) -> int | None:
    return None if count == _NOT_TOLD else count
