"""Snapshots as `restic snapshots --json` tells them, and which of them are of a backup set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guardian_agent.probe import Answers, Told
from guardian_agent.probing.answers import decoded_list, moment, when_asked
from guardian_agent.probing.paths import overlap
from guardian_agent.probing.points import Listed, newest_past


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which snapshots count: of any host and all tags, where `host` and `tags` do not narrow."""

    paths: Sequence[str]
    host: str | None
    tags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    backup_end: str | None = None
    total_files_processed: int | None = None
    total_bytes_processed: int | None = None
    files_new: int | None = None
    files_changed: int | None = None
    data_added: int | None = None
    data_added_packed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """One snapshot; names of any form may stand in it."""

    id: str
    time: str
    paths: tuple[Any, ...] = ()
    hostname: Any = None
    tags: tuple[Any, ...] | None = None
    excludes: tuple[Any, ...] | None = None
    summary: _Summary | None = None


def chosen_snapshots(answers: Answers, chosen: Chosen) -> list[Listed]:
    """Return the snapshots in the answer "snapshots" that count.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    found = decoded_list(_Snapshot, answers, "snapshots")
    return [_point(item) for item in found if _counts(item, chosen)]


def told_by(answers: Answers, chosen: Chosen) -> Told | None:
    """Return what the newest snapshot not dated ahead tells of how it was made.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    found = decoded_list(_Snapshot, answers, "snapshots")
    counting = {each.id: each for each in found if _counts(each, chosen)}
    newest = newest_past([_point(each) for each in counting.values()], when_asked(answers))
    if newest is None:
        return None
    snapshot = counting[newest.native_id]
    return Told(
        paths=_texts(snapshot.paths),
        excludes=_texts(snapshot.excludes or ()),
        host=snapshot.hostname if isinstance(snapshot.hostname, str) else None,
    )


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))


def _counts(snapshot: _Snapshot, chosen: Chosen) -> bool:
    """Say whether a snapshot is of this backup set: by its paths, whatever host it names."""
    if chosen.host is not None and snapshot.hostname != chosen.host:
        return False
    if not set(chosen.tags) <= {tag for tag in snapshot.tags or () if isinstance(tag, str)}:
        return False
    held = _texts(snapshot.paths)
    wanted = chosen.paths
    return not wanted or any(overlap(one, other) for one in held for other in wanted)


def _point(snapshot: _Snapshot) -> Listed:
    """`time` is the start; older versions tell no end, and it stays absent."""
    summary = snapshot.summary or _Summary()
    return Listed(
        native_id=snapshot.id,
        started_at=moment(snapshot.time),
        finished_at=None if summary.backup_end is None else moment(summary.backup_end),
        files=summary.total_files_processed,
        bytes=summary.total_bytes_processed,
        files_new=summary.files_new,
        files_changed=summary.files_changed,
        bytes_added=summary.data_added,
        bytes_packed=summary.data_added_packed,
    )
