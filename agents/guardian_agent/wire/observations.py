"""What an agent may state: facts as counts, sizes, times and kinds, never contents or opinions.

Each class is one kind of fact; `KIND` is its tag on the wire. Adding a field with a default keeps
older agents readable; an unknown kind is kept as `Unrecognised` and stays visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from guardian_agent.wire.names import Hash, Name, ShortHash, Slug


class Outcome(StrEnum):
    """How an attempt ended. `NOT_PERFORMED` is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PERFORMED = "not_performed"


class Reason(StrEnum):
    """Why something failed or was not performed: a closed list, so that no tool's text leaves."""

    NONE = "none"
    TIMEOUT = "timeout"
    OUTPUT_LIMIT = "output_limit"
    EXIT_STATUS = "exit_status"
    UNREADABLE_ANSWER = "unreadable_answer"
    TOOL_MISSING = "tool_missing"
    TOOL_UNTRUSTED = "tool_untrusted"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, no secret
    NO_REPOSITORY = "no_repository"
    LOCKED = "locked"
    PERMISSION_DENIED = "permission_denied"
    PATH_MISSING = "path_missing"
    INTERRUPTED = "interrupted"
    QUOTA_EXCEEDED = "quota_exceeded"
    UNSAFE_CONTENTS = "unsafe_contents"
    DAMAGED = "damaged"
    MISMATCH = "mismatch"
    MISSING_FILE = "missing_file"
    NO_RESTORE_POINT = "no_restore_point"
    NOTHING_COMPARABLE = "nothing_comparable"
    NO_CHECKPOINT = "no_checkpoint"
    UNSUPPORTED = "unsupported"
    BUDGET_SPENT = "budget_spent"
    INTERNAL = "internal"


class Encryption(StrEnum):
    """Whether bytes can be read without a key; anything not proven is `UNKNOWN`."""

    ENCRYPTED = "encrypted"
    WEAK = "weak"
    PLAINTEXT = "plaintext"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class DrawResult(StrEnum):
    """What became of one file that the seed drew for a restore test."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    MISSING = "missing"
    CHANGED = "changed"
    """The live file changed between the manifest and the backup: nothing to compare with."""
    NOT_HASHED = "not_hashed"
    NOT_IN_POINT = "not_in_point"
    """Made after the backup: the manifest has it, the restore point rightly does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePoint:
    """One recoverable moment as the tool lists it; times are the tool's own, in UTC."""

    id: ShortHash
    started_at: datetime
    finished_at: datetime | None = None
    files: int | None = None
    bytes: int | None = None


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
    `canary_in_clear` is True when the set's canary was found in the copy's raw bytes.
    """

    KIND: ClassVar[str] = "copy_encryption"

    backup_set: Name
    copy: Name
    state: Encryption
    rule: Slug
    canary_in_clear: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The repository's own check, with how much of the data it really read (0 to 1)."""

    KIND: ClassVar[str] = "integrity"

    backup_set: Name
    copy: Name
    outcome: Outcome
    reason: Reason
    data_read: float
    started_at: datetime
    duration_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Commitment to the live data of a backup set: a Merkle root (RFC 6962) over its files.

    Leaf i is `wire.manifest.leaf_bytes` of the i-th regular file in walking order, so a later
    restore test can prove what a file was when this statement was signed.
    """

    KIND: ClassVar[str] = "manifest"

    backup_set: Name
    root: Hash
    files: int
    bytes: int
    files_not_hashed: int
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One file drawn for a restore test: its leaf, the proof that the manifest has it, the result.

    `path_hash` is keyed with the agent's secret; `content` is the SHA-256 signed earlier;
    `restored` is that of what came back (None when nothing came back). `proof` is the RFC 6962
    inclusion path, lower to upper, as concatenated hexadecimal hashes.
    """

    index: int
    path_hash: ShortHash
    size: int
    modified_ns: int
    content: Hash | None
    proof: str
    result: DrawResult
    restored: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryReturn:
    """The checkpoint read out of a restored canary file: the backup was made after it existed."""

    tree_size: int
    root: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTest:
    """One restore test: what was restored, how it was compared, how long it took.

    The files are drawn by a seed that `checkpoint_size` and `checkpoint_root` determine
    (`wire.sampling`), so neither side can choose them.
    """

    KIND: ClassVar[str] = "restore_test"

    backup_set: Name
    copy: Name
    test: Slug
    outcome: Outcome
    reason: Reason
    started_at: datetime
    duration_seconds: float
    point: ShortHash | None = None
    point_started_at: datetime | None = None
    files_restored: int = 0
    bytes_restored: int = 0
    checkpoint_size: int = 0
    checkpoint_root: Hash | None = None
    manifest_root: Hash | None = None
    manifest_files: int = 0
    draws: tuple[Draw, ...] = ()
    canary: CanaryReturn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPlanted:
    """Whether the canary of the newest checkpoint lies in the backup set now."""

    KIND: ClassVar[str] = "canary_planted"

    backup_set: Name
    outcome: Outcome
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of a backup job that `guardian-agent exec` wrapped; exit status as the job's."""

    KIND: ClassVar[str] = "job_run"

    backup_set: Name
    started_at: datetime
    finished_at: datetime
    exit_status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many files (and bytes) of one kind are in one state."""

    kind: Slug
    state: Encryption
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What lies under one watched name, by state and kind. `complete` is False when cut short."""

    KIND: ClassVar[str] = "exposure"

    name: Name
    scanned_at: datetime
    complete: bool
    reason: Reason
    counts: tuple[KindCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """A fact of a kind that this version does not know: kept visible, never dropped."""

    KIND: ClassVar[str] = "unrecognised"

    kind: Slug


Observation = (
    RestorePoints
    | PointContents
    | CopyEncryption
    | Integrity
    | Manifest
    | RestoreTest
    | CanaryPlanted
    | JobRun
    | Exposure
    | Unrecognised
)
