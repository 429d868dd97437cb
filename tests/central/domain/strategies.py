"""Lives of a server, drawn at random: statements in their order, whatever they say.

Names and dates come from small pools, so that facts meet: points come back, limits are hit exactly.
The facts are a pool made once: drawing places in it is much cheaper than drawing their fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import (
    CanaryPlanted,
    CanaryReturn,
    CopyEncryption,
    CopySetting,
    CopySettings,
    DrawResult,
    Encryption,
    Exposure,
    Integrity,
    JobRun,
    KindCount,
    Observation,
    Outcome,
    PersonalCount,
    PersonalData,
    PointContents,
    Posture,
    Reach,
    ReachCount,
    Reason,
    RestorePoint,
    RestorePoints,
    RestoreTest,
    Setting,
    Standing,
    Unrecognised,
)
from guardian_agent.wire.statement import ProbeFailure, Statement
from hypothesis import strategies as st

from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import enrolled, fold, issued, trouble
from tests.central.domain.making import (
    CHECKPOINT,
    CLIENT,
    DAY,
    HOUR,
    LIVE,
    MINUTE,
    SECOND,
    SERVER,
    T0,
    answer,
    compared,
    coverage,
    database,
    digest,
    point_id,
    statement,
)

SETS = (Name("files"), Name("db"))
COPIES = (Name("local"), Name("cloud"))
KINDS = ("sample", "full", "database", "archive", "command")
COUNTS = (0, 1, 9, 10, 99, 100, 2**63 - 1)
SECONDS = (0.0, 1.0, 59.5, 3600.0, 9e18)
SHARES = (0.0, 0.1, 0.5, 1.0, 9e18)
AGES = (
    *(timedelta(0), SECOND, HOUR, HOUR * 26, HOUR * 26 + SECOND, DAY * 7, DAY * 8, DAY * 32),
    *(DAY * 92, DAY * 400, DAY * 700_000, -4 * MINUTE, -6 * MINUTE, -DAY, -DAY * 2_000_000),
)
"""How old what an agent states may be, from the calendar's one end to the other."""

SUBJECTS = (
    {"subject": Slug("volume"), "name": Name("srv")},
    {"subject": Slug("database"), "name": Name("shop")},
    {"subject": Slug("bucket"), "name": Name("archive")},
    {"subject": Slug("transport"), "name": COPIES[0], "backup_set": SETS[0]},
    {"subject": Slug("odd"), "name": Name("odd")},
)
SETTINGS = (
    *("volume-encrypted", "swap-encrypted", "at-rest-encrypted", "default-encryption"),
    *("tls-enabled", "tls-only", "public-by-policy", "transport-encrypted"),
)

Fact = Callable[[datetime], Observation]
"""What an agent may state at a moment."""


class Pool:
    """Facts of every kind, their fields chosen by a fixed seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._tests = [LIVE.draws(), (), (LIVE.drawn(0, result=DrawResult.CHANGED),)]

    def facts(self, count: int) -> list[Fact]:
        makers = (
            self._points,
            self._contents,
            self._encryption,
            self._settings,
            self._integrity,
            self._test,
            self._job,
            self._exposure,
            self._reach,
            self._personal,
            self._posture,
        )
        rare: list[Fact] = [
            lambda _: LIVE.manifest(),
            lambda _: CanaryPlanted(backup_set=SETS[0], outcome=Outcome.PASSED),
            lambda _: Unrecognised(kind=Slug("new")),
        ]
        return [make() for _ in range(count) for make in makers] + rare * 10

    def _one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _whose(self) -> dict[str, Name]:
        return {"backup_set": self._one(*SETS), "copy": self._one(*COPIES)}

    def _points(self) -> Fact:
        whose, count = self._whose(), self._one(0, 1, 2, 3, 4)
        total = self._one(count, count, count, count + 3, 0)
        drawn = [
            (self._one(*range(6)), self._one(*AGES), self._one(None, *AGES), self._one(None, 7))
            for _ in range(count)
        ]

        def fact(at: datetime) -> RestorePoints:
            listed = tuple(
                RestorePoint(
                    id=point_id(name),
                    started_at=at - began,
                    finished_at=None if ended is None else at - ended,
                    bytes=size,
                )
                for name, began, ended, size in drawn
            )
            return RestorePoints(**whose, tool=Slug("restic"), total=total, points=listed)

        return fact

    def _contents(self) -> Fact:
        fact = PointContents(
            **self._whose(),
            point=point_id(self._one(*range(6))),
            files=self._one(*COUNTS),
            bytes=self._one(*COUNTS),
            paths_expected=self._one(0, 1, 2),
            paths_missing=self._one(0, 0, 1),
            files_compared=self._one(*COUNTS),
            files_missing=self._one(0, 0, 1),
            valid=self._one(None, True, True, False),
            reason=self._one(Reason.NONE, Reason.NONE, *Reason),
        )
        return lambda _: fact

    def _encryption(self) -> Fact:
        fact = CopyEncryption(
            **self._whose(),
            state=self._one(Encryption.ENCRYPTED, *Encryption),
            rule=Slug("rule"),
            canary_in_clear=self._one(None, False, True),
            doors_tried=self._one(0, 3),
            door=self._one(None, None, None, Slug("empty-password")),
            key_held=self._one(None, *map(Slug, ("on-server", "beside-data", "not-here", "odd"))),
            fetched_by=self._one(None, *map(Slug, ("anyone", "local-users", "owner", "odd"))),
        )
        return lambda _: fact

    def _settings(self) -> Fact:
        names = ("paths", "excludes", "host", "schedule", "keep-daily", "encryption", "odd")
        chosen = self._random.sample(names, self._one(0, 1, 2, 7))
        settings = tuple(
            CopySetting(
                setting=Slug(name),
                count=self._one(*range(4), 2**63 - 1),
                values=tuple(point_id(n) for n in range(self._one(0, 1, 2, 3))),
            )
            for name in chosen
        )
        fact = CopySettings(**self._whose(), settings=settings)
        return lambda _: fact

    def _integrity(self) -> Fact:
        given = {
            **self._whose(),
            "outcome": self._one(Outcome.PASSED, *Outcome),
            "reason": self._one(*Reason),
            "data_read": self._one(*SHARES),
            "duration_seconds": self._one(*SECONDS),
            "parts": (parts := self._one(0, 0, 1, 2, 3)),
            "part": self._one(0, *range(1, parts + 1)),
        }
        age = self._one(*AGES)
        return lambda at: Integrity(started_at=at - age, **given)

    def _test(self) -> Fact:
        """Make tests of which some prove themselves and some only say so."""
        returned = CanaryReturn(tree_size=CHECKPOINT[0], root=CHECKPOINT[1])
        given = {
            "test": Slug(self._one(*KINDS, "sample", "sample", "junk")),
            "duration_seconds": self._one(*SECONDS),
            "outcome": self._one(Outcome.PASSED, *Outcome),
            "reason": self._one(*Reason),
            "point": self._one(point_id(1), point_id(1), point_id(2), None),
            "checkpoint_size": self._one(CHECKPOINT[0], CHECKPOINT[0], 1),
            "draws": self._one(*self._tests),
            "canary": self._one(None, returned),
            "compared": self._one(None, compared(3), compared(3), compared(3, missing=1)),
            "coverage": self._one(None, coverage(9)),
            "database": self._one(None, database(), database(rows=0)),
            "answers": self._one((), (answer(),), (answer(9.0),), (answer(None),)),
        }
        age = self._one(*AGES)

        def fact(at: datetime) -> RestoreTest:
            return LIVE.test(started_at=at - age, **given)

        return fact

    def _job(self) -> Fact:
        backup_set, age, status = self._one(*SETS), self._one(*AGES), self._one(0, 0, 1)
        return lambda at: JobRun(
            backup_set=backup_set, started_at=at, finished_at=at - age, exit_status=status
        )

    def _exposure(self) -> Fact:
        counts = tuple(
            KindCount(
                kind=Slug(self._one("csv", "age")),
                state=self._one(Encryption.ENCRYPTED, *Encryption),
                files=self._one(*COUNTS),
                bytes=0,
            )
            for _ in range(self._one(0, 1, 2, 3))
        )
        given = {
            "name": Name(self._one("exports", "dumps")),
            "complete": self._one(True, True, False),
            "reason": self._one(*Reason),
            "turned_files": self._one(0, 0, 0, 1, 2**63 - 1),
        }
        age, oldest = self._one(*AGES), self._one(None, None, *AGES)
        return lambda at: Exposure(
            scanned_at=at - age,
            counts=counts,
            oldest_look_at=None if oldest is None else at - oldest,
            **given,
        )

    def _looked(self) -> dict[str, Any]:
        name = Name(self._one("exports", "dumps", "jobs"))
        complete = self._one(True, True, False)
        return {"name": name, "complete": complete, "reason": self._one(*Reason)}

    def _reach(self) -> Fact:
        given, age = self._looked(), self._one(*AGES)
        counts = tuple(
            ReachCount(way=Slug(self._one("world-readable", "odd")), items=self._one(*COUNTS))
            for _ in range(self._one(0, 0, 0, 1, 2))
        )
        return lambda at: Reach(looked_at=at - age, counts=counts, **given)

    def _personal(self) -> Fact:
        given, age = self._looked(), self._one(*AGES)
        counts = tuple(
            PersonalCount(
                kind=Slug(self._one("card", "email", "odd")), files=1, values=self._one(*COUNTS)
            )
            for _ in range(self._one(0, 0, 0, 1, 2))
        )
        given |= {"files": self._one(*COUNTS), "bytes": self._one(*COUNTS)}
        return lambda at: PersonalData(looked_at=at - age, counts=counts, **given)

    def _posture(self) -> Fact:
        whose = self._one(*SUBJECTS)
        age, one_only = self._one(*AGES), self._one(False, True)
        settings = tuple(
            Setting(
                setting=Slug(name),
                standing=self._one(Standing.SAFE, Standing.SAFE, *Standing),
                rule=Slug("rule"),
                items=self._one(0, 1, 99),
                permission=self._one(None, Slug("s3.getbucketpolicy")),
            )
            for name in (*SETTINGS, "odd")
            if not one_only or self._one(False, False, True)
        )
        return lambda at: Posture(looked_at=at - age, settings=settings, **whose)


FACTS = Pool(2026).facts(60)
FAILURES = [
    ProbeFailure(probe=Slug("restic"), reason=reason, backup_set=backup_set, copy=copy)
    for reason in (Reason.TIMEOUT, Reason.LOCKED)
    for backup_set in (None, *SETS)
    for copy in (None, *COPIES)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that changes what is known: a statement received, or a turn of the key."""

    at: datetime
    statement: Statement
    gap: bool
    skew: float
    receipt: bool
    happens: str


STEPS = st.sampled_from([timedelta(0), SECOND, HOUR, 3 * HOUR, 9 * DAY, 40 * DAY])
NUMBERS = st.sampled_from([1, 1, 1, 3])
HAPPENS = st.sampled_from(["statement"] * 6 + ["enrolment", "trouble"])
STATED = st.lists(st.sampled_from(FACTS), max_size=6)
FAILED = st.sampled_from([(), (), *((failure,) for failure in FAILURES)])
WALL = st.sampled_from(AGES)
MANNER = st.sampled_from(
    [
        {"gap": gap, "skew": skew, "receipt": receipt}
        for gap in (False, False, True)
        for skew in (0.0, 300.0, 301.0, -3600.0, 3e11)
        for receipt in (True, False)
    ]
)


@st.composite
def lives(draw: st.DrawFn, most: int = 5) -> list[Event]:
    """Draw what comes to central about one server, in order."""
    events: list[Event] = []
    at, number, epoch = T0, 0, 1
    for _ in range(draw(st.integers(1, most))):
        at += draw(STEPS)
        number += draw(NUMBERS)
        happens = draw(HAPPENS)
        if happens == "enrolment":
            epoch, number = epoch + 1, 1
        made = statement(
            *(fact(at) for fact in draw(STATED)),
            number=number,
            epoch=epoch,
            wall_time=at - draw(WALL),
            dropped=draw(st.sampled_from([0, 0, 2])),
            failures=draw(FAILED),
        )
        events.append(Event(at=at, statement=made, happens=happens, **draw(MANNER)))
    return events


def after(evidence: ServerEvidence, event: Event) -> ServerEvidence:
    """Return the evidence after one event."""
    if event.happens == "trouble":
        return trouble(evidence, Slug("equivocation"), event.at)
    if event.happens == "enrolment":
        evidence = enrolled(CLIENT, SERVER, event.at, evidence)
    evidence = fold(
        evidence,
        event.statement,
        received_at=event.at,
        gap=event.gap,
        skew_seconds=event.skew,
    )
    if not event.receipt:
        return evidence
    evidence = issued(evidence, *CHECKPOINT, event.at)
    return issued(evidence, event.statement.number, digest(event.statement.number), event.at)


def lived(events: list[Event]) -> ServerEvidence:
    """Return the evidence at the end of a life."""
    evidence = enrolled(CLIENT, SERVER, T0 - DAY, None)
    for event in events:
        evidence = after(evidence, event)
    return evidence
