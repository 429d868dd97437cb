"""Facts about restore tests: what was drawn, what came back, what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.scalars import Signed


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


class Comparison(StrEnum):
    """How a question's answer is held against what is expected."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUAL = "equal"
    NEWER_THAN = "newer_than"
    """The answer is a time, no further before the restore point than the expected seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One file drawn for a restore test: its leaf in the manifest, and the result.

    `path_hash` is keyed with the agent's secret; `content` is the SHA-256 signed earlier;
    `restored` is that of what came back where it differs (None: nothing came back, or just that).
    """

    index: int
    path_hash: ShortHash
    size: int
    modified_ns: int
    content: Hash | None
    result: DrawResult
    restored: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryReturn:
    """The checkpoint read out of a restored canary file: the backup was made after it existed."""

    tree_size: int
    root: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Files compared beyond those drawn: in a full test all, in a sample those whose turn it was.

    The agent's own count: only the files drawn are proven one by one.
    """

    files: int
    bytes: int
    matched: int
    mismatched: int
    missing: int
    changed: int
    """Not comparable: the live file changed between the manifest and the backup, or had no hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the backup set restore tests of this copy have brought back so far.

    Counts of the files that the manifest has now; a file that changed since it was tested counts
    as tested. `untested_since` is when the longest waiting never-tested file was first seen,
    `oldest_test_at` when the file tested longest ago was tested.
    """

    files: int
    bytes: int
    files_tested: int
    bytes_tested: int
    untested_since: datetime | None = None
    oldest_test_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseContents:
    """What stood in the throw-away instance after a database was restored."""

    engine: Slug
    """"postgresql", "mariadb", "sqlite"."""
    engine_version: Slug | None
    tables: int
    rows: int
    bytes: int
    notices: int
    """Messages known to be benign (an object that exists already, a role that is not there)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the operator's question brought, and what the operator expects.

    The value is a number or a time, never text: what leaves a server are counts, sizes and times.
    `expected` is a number; for `NEWER_THAN` it is seconds before the restore point.
    """

    question: Name
    comparison: Comparison
    expected: Signed
    number: Signed | None = None
    moment: datetime | None = None
    reason: Reason = Reason.NONE
    """Why there is no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTest:
    """One restore test: what was restored, how it was compared, how long it took.

    `test` is its kind (`sample`, `full`, `database`, `archive`, `command`). The files are drawn by
    a seed that `checkpoint_size` and `checkpoint_root` determine (`wire.sampling`), so neither side
    can choose them; `proof` is the one multiproof of all draws (`wire.merkle`).

    `duration_seconds` is that of the restore alone; `fixed_seconds` is what any restore costs
    before its first byte (opening the repository). `whole_files` and `whole_bytes` are the size of
    all that the restore point, or the manifest, has; 0 where unknown.
    """

    KIND: ClassVar[str] = "restore_test"

    backup_set: Name
    copy: Name
    test: Slug
    outcome: Outcome
    reason: Reason
    started_at: datetime
    duration_seconds: float
    fixed_seconds: float = 0.0
    point: ShortHash | None = None
    point_started_at: datetime | None = None
    files_restored: int = 0
    bytes_restored: int = 0
    whole_files: int = 0
    whole_bytes: int = 0
    checkpoint_size: int = 0
    checkpoint_root: Hash | None = None
    manifest_root: Hash | None = None
    manifest_files: int = 0
    draws: tuple[Draw, ...] = ()
    proof: tuple[Hash, ...] = ()
    compared: Compared | None = None
    coverage: Coverage | None = None
    database: DatabaseContents | None = None
    answers: tuple[Answer, ...] = ()
    canary: CanaryReturn | None = None
    canary_expected: bool = False
    """The agent had planted a canary in the live data before the restore point was begun."""
