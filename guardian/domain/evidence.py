"""Evidence: the newest facts about one server and its copies, folded from statements.

Every fact carries `received_at`, central's own time of receipt: the only time that makes green.
An agent's times are data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guardian_agent.wire.decode import Signed
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    Answer,
    Compared,
    CopyEncryption,
    CopySetting,
    Coverage,
    DatabaseContents,
    Integrity,
    JobRun,
    Manifest,
    Outcome,
    PointContents,
    Reason,
)

from guardian.domain.looks import (
    ExposureSeen,
    LiveAreasSeen,
    PersonalDataSeen,
    PostureSeen,
    ReachSeen,
)
from guardian.domain.run_history import RunSeen, unpacked
from guardian.domain.storage import Witnessed

FUTURE_TOLERANCE_SECONDS = 300
"""How far ahead of central's clock a time may lie before it counts as future-dated."""


def ended_at(started_at: datetime, duration_seconds: float, received_at: datetime) -> datetime:
    """Return when something ended: `started_at` plus its duration, never after `received_at`.

    Total for whatever an agent states: no sum is made that could leave the calendar.
    """
    left = (received_at - started_at).total_seconds()
    if duration_seconds >= left:
        return received_at
    return started_at + timedelta(seconds=duration_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPoint:
    """A restore point with the moment central first heard of it.

    `future` is True when its own date lay ahead of that moment: it never counts as fresh, also
    not when that date has come.
    """

    id: ShortHash
    started_at: datetime
    finished_at: datetime | None
    files: int | None
    bytes: int | None
    first_seen_at: datetime
    future: bool
    incomplete: bool = False
    """True once its contents were seen to lack something: it never counts as fresh."""

    @property
    def made_at(self) -> datetime:
        """When it was complete by the tool's word (its start, where the tool tells no end)."""
        return self.finished_at or self.started_at

    @property
    def counted_at(self) -> datetime:
        """The moment its age counts from: no date makes it younger than central's first sight."""
        return min(self.made_at, self.first_seen_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The newest list of restore points of a copy."""

    received_at: datetime
    tool: Slug
    total: int
    points: tuple[KnownPoint, ...]
    """Newest first by `made_at`."""
    epoch: int = 0
    """Of the agent's key; a new one brings a new secret, and so new ids for the same points."""
    stated_at: datetime | None = None
    """The earlier of the agent's time and `received_at`: how old the list is at least."""
    oldest_at: datetime | None = None
    """When the oldest of all began, also of those that the list does not show."""

    @property
    def dated(self) -> datetime:
        """When the list was true: a statement that comes late does not make it young."""
        return self.stated_at or self.received_at

    @property
    def newest_complete_at(self) -> datetime | None:
        """The moment from which the age of the newest point that counts as fresh is counted."""
        return max(self.counted, default=None)

    @property
    def counted(self) -> tuple[datetime, ...]:
        """The moments from which the ages of all points that count are counted, newest first."""
        counting = (p.counted_at for p in self.points if not p.future and not p.incomplete)
        return tuple(sorted(counting, reverse=True))

    @property
    def newest_ids(self) -> frozenset[ShortHash]:
        """The newest points not dated in the future: that began last, and that ended last."""
        points = [point for point in self.points if not point.future]
        if not points:
            return frozenset()
        began = max(points, key=lambda point: point.started_at)
        ended = max(points, key=lambda point: point.made_at)
        return frozenset({began.id, ended.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class VanishedPoint:
    """A restore point that was listed once and then was not."""

    id: ShortHash
    made_at: datetime
    last_seen_at: datetime
    gone_at: datetime
    """When the first list without it was received."""
    first_seen_at: datetime
    started_at: datetime
    future: bool = False
    incomplete: bool = False

    @property
    def counted_at(self) -> datetime:
        """The moment its age counts from, as it did while it was listed."""
        return min(self.made_at, self.first_seen_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The newest failure of a copy's probe, if no later statement had an answer."""

    received_at: datetime
    probe: Slug
    reason: Reason
    listed: bool = False
    """True when the list of restore points came all the same: only what follows it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the newest restore point contains, held against the live data."""

    received_at: datetime
    fact: PointContents
    earlier_files: tuple[int, ...] = ()
    """File counts of the points looked into before this one, newest first, at most 14."""
    earlier_bytes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionSeen:
    """Whether the copy can be read without its key."""

    received_at: datetime
    fact: CopyEncryption
    stated_at: datetime | None = None
    """The earlier of the agent's time and `received_at`."""

    @property
    def dated(self) -> datetime:
        """When it was seen: a statement that comes late does not make it young."""
        return self.stated_at or self.received_at


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegritySeen:
    """A check of the repository's data."""

    received_at: datetime
    fact: Integrity

    @property
    def ended_at(self) -> datetime:
        """When it ended, never later than central heard of it."""
        return ended_at(self.fact.started_at, self.fact.duration_seconds, self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An operator's question of a restored database, with central's own verdict on the answer."""

    answer: Answer
    holds: bool | None
    """None: there was no value to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreSeen:
    """A restore test with central's own verdict on whether its proof holds.

    `outcome` is central's own: what an agent calls passed has failed where a file or an answer in
    it is wrong. `verified` is True only when it passed and every link of its kind's proof holds
    (`guardian.domain.proof`).
    """

    received_at: datetime
    test: Slug
    outcome: Outcome
    reason: Reason
    started_at: datetime
    duration_seconds: float
    files_restored: int
    bytes_restored: int
    matched: int
    mismatched: int
    missing: int
    not_compared: int
    """Of the files drawn, like the three before."""
    verified: bool
    unverified_because: str
    """Empty when verified; else which link of the proof is missing, in words."""
    believed_until: datetime | None = None
    """A day after its checkpoint was given: it counts as ended no later than that."""
    proven_not_older_than: datetime | None = None
    """Central's own time of the checkpoint that the restored canary gave back."""
    point: ShortHash | None = None
    point_started_at: datetime | None = None
    """When the restore point was begun by the tool's word."""
    population: int = 0
    """Files in the signed manifest that the files were drawn from."""
    fixed_seconds: float = 0.0
    whole_files: int = 0
    whole_bytes: int = 0
    compared: Compared | None = None
    coverage: Coverage | None = None
    database: DatabaseContents | None = None
    answers: tuple[Answered, ...] = ()
    canary_expected: bool = False
    canary_returned: bool = False
    """A canary came back; only one that central gave dates the backup (`proven_not_older_than`)."""

    @property
    def ended_at(self) -> datetime:
        """When it ended, never later than central heard of it, nor than it is believed."""
        ended = ended_at(self.started_at, self.duration_seconds, self.received_at)
        return min(ended, self.believed_until or ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsOfKind:
    """What is known of one kind of restore test of one copy: kinds do not cover for each other."""

    kind: Slug
    newest: RestoreSeen
    """The newest, whatever it says."""
    last_good: RestoreSeen | None = None
    """The newest that passed and was verified."""
    standing_failed: RestoreSeen | None = None
    """A failed test that no verified pass of its kind has followed; one not performed does not
    hide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRead:
    """When a part of a copy's data was last read and found intact: `part` of `parts`."""

    part: int
    parts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeSeen:
    """How large a copy's newest restore point was; at most one a day is kept."""

    at: datetime
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedManifest:
    """A commitment to the live data, with the number of the statement that signed it."""

    epoch: int
    number: int
    root: Hash
    files: int
    received_at: datetime


def _newest(tests: Iterable[RestoreSeen | None]) -> RestoreSeen | None:
    known = [test for test in tests if test is not None]
    return max(known, key=lambda test: test.ended_at, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged:
    """A setting of a copy that was told otherwise than before, and by which statement."""

    before: CopySetting
    epoch: int
    number: int
    received_at: datetime
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsSeen:
    """How a copy is made: each setting as it was told last, and what changed on the way there."""

    received_at: datetime
    stated_at: datetime
    epoch: int
    """Of the agent's key: under a new one the same value has another hash."""
    since: datetime
    """When central was first told."""
    known: tuple[CopySetting, ...]
    """By name, at most 32."""
    changes: tuple[SettingChanged, ...] = ()
    """Oldest first, at most 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyEvidence:
    """All that is known of one copy."""

    backup_set: Name
    copy: Name
    listing: Listing | None = None
    listed_since: datetime | None = None
    """When central received the first list of it."""
    failure: Failure | None = None
    vanished: tuple[VanishedPoint, ...] = ()
    contents: Contents | None = None
    encryption: EncryptionSeen | None = None
    settings: SettingsSeen | None = None
    integrity: IntegritySeen | None = None
    """The newest, whatever it says."""
    tests: tuple[TestsOfKind, ...] = ()
    """One for each kind of restore test, at most 8."""
    sizes: tuple[SizeSeen, ...] = ()
    """Newest first, at most 32, spread over at most 400 days."""
    run_history: str = ""
    """Its runs, packed: they are read seldom, and written with each statement."""
    parts_read: tuple[PartRead, ...] = ()
    """In the order of the parts; of the newest division only, at most 100."""
    parts_began_at: datetime | None = None
    """When the first part of that division was read: what is missing waits since then at least."""
    last_good_integrity: IntegritySeen | None = None
    """The newest that passed and read data."""
    failed_checks: tuple[IntegritySeen, ...] = ()
    """Failed checks, newest first, until what failed was read again: at most one for each part."""
    read_since_failure: float = 0.0
    """The shares of the data that passes without turns have read since, added up."""
    witness: Witnessed | None = None
    """What central saw with its own eyes; None where it never looked."""

    @property
    def runs(self) -> tuple[RunSeen, ...]:
        """Return its runs, newest first, at most 64: the newest, and the last of each day before.

        Raises:
            ValueError: no history that `packed` made.
        """
        return unpacked(self.run_history)

    @property
    def standing_failed_integrity(self) -> IntegritySeen | None:
        """Return the newest failed check that no reading of the same data has followed."""
        return self.failed_checks[0] if self.failed_checks else None

    @property
    def restore(self) -> RestoreSeen | None:
        """Return the newest restore test of any kind, whatever it says."""
        return _newest(tests.newest for tests in self.tests)

    @property
    def last_good_restore(self) -> RestoreSeen | None:
        """Return the newest restore test of any kind that passed and was verified."""
        return _newest(tests.last_good for tests in self.tests)

    @property
    def standing_failed_restore(self) -> RestoreSeen | None:
        """Return the newest failed test that no verified pass of its kind has followed."""
        return _newest(tests.standing_failed for tests in self.tests)

    @property
    def failed_listing(self) -> Failure | None:
        """Return the failure that left the newest look without a list of restore points."""
        return None if self.failure is None or self.failure.listed else self.failure


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEvidence:
    """What is known of a backup set, whatever copy."""

    backup_set: Name
    manifests: tuple[SignedManifest, ...] = ()
    """Newest first, at most 16."""
    job: JobRun | None = None
    job_received_at: datetime | None = None
    newest_manifest: Manifest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCheckpoint:
    """A checkpoint that a receipt carried to this agent."""

    tree_size: int
    root: Hash
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvidence:
    """What is known of the agent itself."""

    last_received_at: datetime
    epoch: int
    number: int
    clock_skew_seconds: Signed
    """Agent's wall time minus central's time of receipt; positive: the agent is ahead."""
    agent_version: Slug
    dropped: int
    gap_at: datetime | None = None
    """When the first statement arrived whose predecessors are missing without explanation."""
    last_gap_at: datetime | None = None
    """When the newest such statement arrived."""
    missing: int = 0
    """Statements of this epoch that never came; `dropped` of them the agent accounts for."""
    checkpoints: tuple[IssuedCheckpoint, ...] = ()
    """Newest first, at most 400."""
    speaking_since: datetime | None = None
    """Since when there was no long silence between its statements, by central's own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTrouble:
    """A conflict that only two holders of one key, or a rolled-back agent, can make."""

    at: datetime
    reason: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvidence:
    """Everything folded so far about one server; the input of every check."""

    client: Name
    server: Name
    enrolled_at: datetime | None = None
    agent: AgentEvidence | None = None
    key_trouble: KeyTrouble | None = None
    copies: tuple[CopyEvidence, ...] = ()
    sets: tuple[SetEvidence, ...] = ()
    exposures: tuple[ExposureSeen, ...] = ()
    reaches: tuple[ReachSeen, ...] = ()
    personal: tuple[PersonalDataSeen, ...] = ()
    postures: tuple[PostureSeen, ...] = ()
    live: LiveAreasSeen | None = None
    """What live data is in no restore point; None: no look was ever told."""
    failures: tuple[Failure, ...] = field(default_factory=tuple)
    """Failures of the newest statement that belong to no copy (an exposure scan, say)."""

    def copy(self, backup_set: str | None, copy: str | None) -> CopyEvidence | None:
        """Return what is known of one copy."""
        for known in self.copies:
            if (known.backup_set, known.copy) == (backup_set, copy):
                return known
        return None

    def set(self, backup_set: str | None) -> SetEvidence | None:
        """Return what is known of one backup set."""
        return next((known for known in self.sets if known.backup_set == backup_set), None)
