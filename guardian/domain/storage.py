"""What central saw with its own eyes: one look at the storage of one copy.

Times are the storage's own, except where they are called central's. What could not be asked or was
not answered is a `Lack`: never a value that could be taken for "fine".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guardian_agent.wire.decode import Signed
from guardian_agent.wire.names import ShortHash, Slug

MAX_SHOWN = 100
"""Restore points, and deleted ones, that one look tells of one by one."""


class Layout(StrEnum):
    """How restore points lie in a storage, told by the names of what lies there."""

    RESTIC = "restic"
    """Each object below `snapshots/` is a restore point."""
    BORG = "borg"
    """Archives stand inside encrypted segments: only that something was written shows."""
    KOPIA = "kopia"
    """Manifests stand inside encrypted packs: only that something was written shows."""
    FILES = "files"
    """Each object is a restore point: dumps, archives."""

    @property
    def rewrites_points(self) -> bool:
        """Say whether a new restore point may take the place of an older one, under its name."""
        return self is Layout.FILES

    @property
    def shows_points(self) -> bool:
        """Say whether restore points can be counted without the repository's key."""
        return self in (Layout.RESTIC, Layout.FILES)


class LockMode(StrEnum):
    """How one object is kept from being deleted."""

    COMPLIANCE = "compliance"
    """Nobody can delete it before its date, the account's owner included."""
    GOVERNANCE = "governance"
    """Who has s3:BypassGovernanceRetention can: weaker."""
    NONE = "none"
    """The storage answered that it is not locked."""
    UNKNOWN = "unknown"


class Versioning(StrEnum):
    """Whether what is overwritten or deleted stays as an older version."""

    ENABLED = "enabled"
    SUSPENDED = "suspended"
    OFF = "off"
    UNKNOWN = "unknown"


class Question(StrEnum):
    """What a look asks; the first four decide whether anything it saw can be believed."""

    POINTS = "points"
    """Are these all restore points?"""
    CLOCK = "clock"
    """Does the storage's clock agree with central's?"""
    TIMES = "times"
    """Does the storage set the times that it shows, or whoever uploads?"""
    ABSENCE = "absence"
    """Does it say of what is not there that it is not there?"""
    DATA = "data"
    VERSIONS = "versions"
    VERSIONING = "versioning"
    LOCK_RULE = "lock-rule"
    RETENTION = "retention"
    LIFECYCLE = "lifecycle"
    REPLICATION = "replication"


DECISIVE = frozenset({Question.POINTS, Question.CLOCK, Question.TIMES, Question.ABSENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Why a question has no answer; `permission` is the one that is missing, by its own name."""

    question: Question
    reason: Slug
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPoint:
    """A restore point as the storage shows it; `id` is a keyed hash of its name."""

    id: ShortHash
    stored_at: datetime
    bytes: int
    content: ShortHash | None = None
    """Differs where contents differ, by the storage's word; None where it says nothing of them."""
    overwritten: bool = False
    """An older version of it has other contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedPoint:
    """A restore point that was deleted, and of which an older version is still there."""

    id: ShortHash
    stored_at: datetime
    deleted_at: datetime


def replaced(id_: ShortHash, stored_at: datetime) -> ShortHash:
    """Return the id of what was there before under the same name."""
    return ShortHash(hashlib.sha256(f"{id_} {stored_at}".encode()).hexdigest()[: len(id_)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A number of objects and their size."""

    objects: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How one of the newest objects is locked. `what` it is: `point`, `data` or `key`."""

    id: ShortHash
    what: Slug
    stored_at: datetime
    mode: LockMode
    retain_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is set for the place as a whole; None: no such rule, or not known (see `lacks`)."""

    versioning: Versioning = Versioning.UNKNOWN
    lock: LockMode = LockMode.UNKNOWN
    """Of new objects that ask for nothing."""
    lock_days: int = 0
    expires_after_days: int | None = None
    """The soonest that a lifecycle rule deletes what is current."""
    old_versions_expire_after_days: int | None = None
    replication: Slug | None = None
    """`enabled` or `disabled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageLook:
    """All that one look saw."""

    looked_at: datetime
    """Central's time."""
    kind: Slug
    """The witness that looked ("s3")."""
    store: Slug
    """Which store answered ("seaweedfs")."""
    layout: Layout
    exclusive: bool = True
    """Only this copy's restore points are kept there."""
    clock_skew_seconds: Signed | None = None
    """The storage's clock minus central's; None where it does not tell."""
    total: int | None = None
    """Restore points; None where the layout does not show them."""
    points: tuple[StoredPoint, ...] = ()
    """Newest first, at most 100 of `total`."""
    deleted: tuple[DeletedPoint, ...] = ()
    """Newest first, at most 100."""
    anchors: tuple[StoredPoint, ...] = ()
    """What every restore needs: the repository's configuration and keys, at most 16."""
    missing: tuple[Slug, ...] = ()
    """What every restore needs and is not there (`config`, `keys`, `data`)."""
    newest_at: datetime | None = None
    """When the newest object of all was stored."""
    data: Tally | None = None
    """What restore points rest on; None where not all could be listed."""
    data_before: Tally | None = None
    """Of it, what was stored no later than the newest object of the look before."""
    data_overwritten: int = 0
    """Of it, objects with an older version of other contents."""
    rules: Rules = Rules()
    locks: tuple[Lock, ...] = ()
    lacks: tuple[Lack, ...] = ()

    def lack(self, *questions: Question) -> Lack | None:
        """Return why the first of these questions without an answer has none."""
        return next((lack for lack in self.lacks if lack.question in questions), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLook:
    """Central looked and saw nothing: the storage did not answer, or let it see nothing."""

    looked_at: datetime
    reason: Slug
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GonePoint:
    """A restore point that an earlier look saw and a later one did not."""

    id: ShortHash
    stored_at: datetime
    last_seen_at: datetime
    gone_at: datetime


class Event(StrEnum):
    """What happened between two looks and no backup tool does."""

    POINT_OVERWRITTEN = "point-overwritten"
    ANCHOR_OVERWRITTEN = "anchor-overwritten"
    DATA_LOST = "data-lost"
    SHRANK = "shrank"
    LAYOUT_CHANGED = "layout-changed"
    DATED_BACK = "dated-back"
    LOCK_SHORTENED = "lock-shortened"
    VERSIONING_STOPPED = "versioning-stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageEvent:
    """One event, noticed `at` central's time."""

    event: Event
    at: datetime
    count: int = 1
    promised_until: datetime | None = None
    """Of a lock that was shortened: what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """All that central's own looks have shown of a copy."""

    look: StorageLook | None = None
    """The newest that saw anything."""
    failure: NoLook | None = None
    """Of the newest look, if it saw nothing."""
    gone: tuple[GonePoint, ...] = ()
    """Newest first, at most 100."""
    left_at: datetime | None = None
    """The newest look by which some restore point had left, shown one by one or not."""
    events: tuple[StorageEvent, ...] = ()
    """Those that stand, newest first, at most 32."""
