"""Facts about one copy of a backup set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Name, ShortHash, Slug

MAX_VALUES = 64
"""Values of one setting that are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePoint:
    """One recoverable moment as the tool lists it; times are the tool's own, in UTC.

    Of the newest points a tool may also tell how they differ from the point before: `files_new` and
    `files_changed`, and `bytes_added`, what the repository did not have yet, which takes up
    `bytes_packed` there (compressed).
    """

    id: ShortHash
    started_at: datetime
    finished_at: datetime | None = None
    files: int | None = None
    bytes: int | None = None
    files_new: int | None = None
    files_changed: int | None = None
    bytes_added: int | None = None
    bytes_packed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePoints:
    """The restore points of one copy, listed out of the repository itself, newest first.

    `points` holds at most 200 of `total`; `oldest_at` is the oldest of all.
    """

    KIND: ClassVar[str] = "restore_points"

    backup_set: Name
    copy: Name
    tool: Slug
    total: int
    points: tuple[RestorePoint, ...]
    tool_version: Slug | None = None
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointContents:
    """What the newest restore point contains, held against the live data.

    `files_missing` counts live files that were there, unchanged, before the point was started and
    that the point lacks: skipped or unreadable in the backup. `paths_missing` counts configured
    paths of which the point has nothing. `valid` is whether the data is well-formed where the tool
    can tell (a dump with its end marker, an archive readable to its end); None where it cannot.
    `reason` says why it is not valid or not known to be; where paths are compared, why not all live
    data was seen.
    """

    KIND: ClassVar[str] = "point_contents"

    backup_set: Name
    copy: Name
    point: ShortHash
    files: int
    bytes: int
    paths_expected: int
    paths_missing: int
    files_compared: int
    files_missing: int
    valid: bool | None = None
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyEncryption:
    """Whether a copy can be read without its key.

    `rule` names what decided (`restic-format`, `borg-mode-none`, `gzip-decodes`, ...).
    `canary_in_clear` is True when the set's canary was found in the copy's raw bytes, or in what
    anybody can unpack of them.

    Who can read it has three parts. What is proven: `doors_tried` says how many keys that any
    stranger would try were tried (0: none could be), and `door` which of them opened
    (`empty-password`, `well-known-password`, `key-beside-data`). Who holds the key: `key_held`
    (`on-server`, `beside-data`, `not-here`). Who can fetch the bytes: `fetched_by` (`anyone`,
    `local-users`, `owner`). None where that is not known.
    """

    KIND: ClassVar[str] = "copy_encryption"

    backup_set: Name
    copy: Name
    state: Encryption
    rule: Slug
    canary_in_clear: bool | None = None
    doors_tried: int = 0
    door: Slug | None = None
    key_held: Slug | None = None
    fetched_by: Slug | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySetting:
    """One setting of how a copy is made: how many values it has, and a keyed hash of each.

    `values` are sorted and at most 64 of `count`; a number that is no secret (how many daily points
    are kept) is `count` itself, and has none.
    """

    setting: Slug
    count: int
    values: tuple[ShortHash, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySettings:
    """How a copy is made, so that central sees what changes; what nobody told is left out.

    By the agent's own file: `paths` and `left-out`, which are backed up and which rightly not. By
    the newest restore point: `point-paths`, `excludes` and `host`. By the repository: `encryption`,
    1 or 0. By the job files that name the tool: `schedule`, each line that starts or times it, and
    `keep-daily` and its like, the numbers that retention is told.
    """

    KIND: ClassVar[str] = "copy_settings"

    backup_set: Name
    copy: Name
    settings: tuple[CopySetting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The repository's own check, with how much of the data it really read (0 to 1).

    A check that reads the data in turns says which it read: `part` of `parts`, counted from 1; the
    parts of one division are disjoint and make up the whole. 0 of 0: it took no turns.
    """

    KIND: ClassVar[str] = "integrity"

    backup_set: Name
    copy: Name
    outcome: Outcome
    reason: Reason
    data_read: float
    started_at: datetime
    duration_seconds: float
    part: int = 0
    parts: int = 0
