"""What was found in a restore point, kept in the agent's state: a point never changes."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, StateError
from guardian_agent.restore.livedata import folder_of
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.copies import PointContents
from guardian_agent.wire.names import Hash

CACHE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A fact with what it was asked of: it holds for one point and one configuration only."""

    asked: Hash
    fact: PointContents


def recall(opened: OpenPoint, path: str) -> PointContents | None:
    """Return the fact kept at `path` if it is of this point and this configuration."""
    try:
        known = build(Remembered, read_json(opened.system.files.read(path, CACHE_BYTES)))
    except (OSError, StateError, DecodeError):
        return None
    return known.fact if known.asked == _question(opened) else None


def remember(opened: OpenPoint, path: str, fact: PointContents) -> None:
    """Keep a fact; a full disk costs the memory of it, not the fact."""
    files = opened.system.files
    with contextlib.suppress(OSError):
        files.make_directory(folder_of(path))
        files.write(path, to_json(Remembered(asked=_question(opened), fact=fact)))


def _question(opened: OpenPoint) -> Hash:
    point, backup_set = opened.point, opened.backup_set
    asked = (point.native_id, point.started_at, backup_set.paths, backup_set.exclude)
    return Hash(hashlib.sha256(ascii(asked).encode("ascii")).hexdigest())
