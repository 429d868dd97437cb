"""Facts about restore tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug


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
