"""Statements and evidence made by hand: what a test does not name has a healthy value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from guardian_agent.probe import keyed_hash
from guardian_agent.wire.facts.copies import MAX_VALUES
from guardian_agent.wire.manifest import leaf_bytes
from guardian_agent.wire.merkle import leaf_hash, multiproof, root_of
from guardian_agent.wire.names import NO_HASH, Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    Answer,
    CanaryReturn,
    Compared,
    Comparison,
    CopyEncryption,
    CopySetting,
    CopySettings,
    Coverage,
    DatabaseContents,
    Draw,
    DrawResult,
    Encryption,
    Exposure,
    Integrity,
    KindCount,
    LiveArea,
    LiveAreas,
    Manifest,
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
)
from guardian_agent.wire.sampling import SAMPLE_FILES, draw, seed
from guardian_agent.wire.statement import ProbeFailure, Statement

from guardian.checks import load
from guardian.domain.asset import Agreement, Asset, CopyPlan, Obligation, ServerPlan, Subject
from guardian.domain.check import Case
from guardian.domain.evidence import (
    Answered,
    CopyEvidence,
    RestoreSeen,
    ServerEvidence,
    TestsOfKind,
)
from guardian.domain.fold import enrolled, fold, issued
from guardian.domain.verdict import Verdict
from tests.central.domain.looking import borne_out

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""The moment at which nearly everything is received and judged."""
SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)
CLIENT, SERVER, SET, COPY = Name("acme"), Name("web1"), Name("files"), Name("local")
RESTIC = Slug("restic")
SERVER_ASSET = Asset(client=CLIENT, server=SERVER)
SET_ASSET = Asset(client=CLIENT, server=SERVER, backup_set=SET)
COPY_ASSET = Asset(client=CLIENT, server=SERVER, backup_set=SET, copy=COPY)
ASSETS = {each.subject: each for each in (SERVER_ASSET, SET_ASSET, COPY_ASSET)}
CHECKS = {check.control: check for check in load()}


def agreements(subject: Subject) -> dict[str, Agreement]:
    """Return every control about `subject` with its defaults."""
    return {
        check.control: Agreement(settings=check.settings(), severity=check.severity)
        for check in CHECKS.values()
        if check.applies_to is subject
    }


PLAN = ServerPlan(
    client=CLIENT,
    server=SERVER,
    interval=HOUR,
    exposures=("exports",),
    copies=(CopyPlan(backup_set=SET, copy=COPY),),
    obligations=(
        Obligation(asset=SERVER_ASSET, agreements=agreements(Subject.SERVER)),
        Obligation(asset=COPY_ASSET, agreements=agreements(Subject.COPY)),
    ),
)


def judged(
    control: str,
    evidence: ServerEvidence,
    now: datetime = T0,
    *,
    plan: ServerPlan = PLAN,
    **settings: object,
) -> Verdict:
    """Ask one check with its default settings, changed by `settings`."""
    check = CHECKS[control]
    case = Case(asset=ASSETS[check.applies_to], plan=plan, evidence=evidence)
    return check.judge(case, replace(check.settings(), **settings), now)


def point_id(name: str | int) -> ShortHash:
    return ShortHash(f"{name:0>32}")


def digest(name: str | int) -> Hash:
    return Hash(f"{name:0>64}")


def point(name: str | int, made_at: datetime, **fields: object) -> RestorePoint:
    return RestorePoint(id=point_id(name), started_at=made_at, **fields)


def points(*listed: RestorePoint, total: int | None = None, copy: Name = COPY) -> RestorePoints:
    count = len(listed) if total is None else total
    return RestorePoints(backup_set=SET, copy=copy, tool=RESTIC, total=count, points=listed)


def contents(name: str | int, **fields: object) -> PointContents:
    given = {"files": 100, "bytes": 1000, "paths_expected": 1, "paths_missing": 0}
    given |= {"files_compared": 90, "files_missing": 0, **fields}
    return PointContents(backup_set=SET, copy=COPY, point=point_id(name), **given)


def encryption(
    state: Encryption = Encryption.ENCRYPTED, *, canary: bool | None = None, **fields: object
) -> CopyEncryption:
    rule = Slug("restic-format")
    return CopyEncryption(
        backup_set=SET, copy=COPY, state=state, rule=rule, canary_in_clear=canary, **fields
    )


def made_with(**settings: object) -> CopySettings:
    """Return how a copy is made: of each setting its values, or its number."""
    given = {"paths": ("/srv",), "excludes": (), "host": ("web1",), **settings}
    return CopySettings(
        backup_set=SET, copy=COPY, settings=tuple(copy_setting(*each) for each in given.items())
    )


def copy_setting(name: str, told: object) -> CopySetting:
    slug = Slug(name.replace("_", "-"))
    if isinstance(told, int):
        return CopySetting(setting=slug, count=told)
    values = tuple(sorted(keyed_hash(b"key", value) for value in told))
    return CopySetting(setting=slug, count=len(values), values=values[:MAX_VALUES])


def integrity(
    outcome: Outcome = Outcome.PASSED,
    read: float = 1.0,
    *,
    started_at: datetime = T0 - HOUR,
    **fields: object,
) -> Integrity:
    given = {"reason": Reason.NONE, "duration_seconds": 60.0, **fields}
    return Integrity(
        backup_set=SET, copy=COPY, outcome=outcome, data_read=read, started_at=started_at, **given
    )


def exposure(
    *counts: KindCount,
    name: str = "exports",
    scanned_at: datetime = T0,
    complete: bool = True,
    reason: Reason = Reason.NONE,
    **fields: object,
) -> Exposure:
    given = {"scanned_at": scanned_at, "complete": complete, "reason": reason, **fields}
    return Exposure(name=Name(name), counts=counts, **given)


def live_area(number: int = 1, **fields: object) -> LiveArea:
    given: dict[str, object] = {"kind": Slug("home"), "files": 3, "bytes": 5_000_000_000}
    given |= {"files_uncovered": 0, "bytes_uncovered": 0, "bytes_unproven": 0, "sets": 1}
    given |= {"measured_at": T0 - HOUR, **fields}
    return LiveArea(area=point_id(number), **given)


def live_areas(*areas: LiveArea, **fields: object) -> LiveAreas:
    given = {"looked_at": T0, "complete": True, "reason": Reason.NONE, "total": len(areas)}
    return LiveAreas(areas=areas, **{**given, **fields})


def reach(*ways: tuple[str, int], name: str = "exports", **fields: object) -> Reach:
    counts = tuple(ReachCount(way=Slug(way), items=items) for way, items in ways)
    given = {"looked_at": T0, "complete": True, "reason": Reason.NONE, **fields}
    return Reach(name=Name(name), counts=counts, **given)


def personal(*kinds: tuple[str, int], name: str = "exports", **fields: object) -> PersonalData:
    counts = tuple(PersonalCount(kind=Slug(kind), files=1, values=n) for kind, n in kinds)
    given = {"looked_at": T0, "complete": True, "reason": Reason.NONE, **fields}
    return PersonalData(name=Name(name), **{"files": 1, "bytes": 100, **given}, counts=counts)


def posture(
    *settings: Setting, subject: str = "bucket", name: str = "archive", **fields: object
) -> Posture:
    given = {"looked_at": T0, **fields}
    return Posture(subject=Slug(subject), name=Name(name), settings=settings, **given)


def setting(name: str, standing: Standing = Standing.SAFE, **fields: object) -> Setting:
    return Setting(setting=Slug(name), standing=standing, **{"rule": Slug("rule"), **fields})


def denied(name: str, permission: str) -> Setting:
    return setting(name, Standing.DENIED, permission=Slug(permission))


def files(count: int, state: Encryption = Encryption.ENCRYPTED, kind: str = "age") -> KindCount:
    return KindCount(kind=Slug(kind), state=state, files=count, bytes=count * 100)


def failure(reason: Reason = Reason.TIMEOUT, *, copy: Name | None = COPY) -> ProbeFailure:
    return ProbeFailure(probe=RESTIC, reason=reason, backup_set=SET, copy=copy)


def statement(
    *observations: Observation,
    number: int = 1,
    epoch: int = 1,
    wall_time: datetime = T0,
    **fields: object,
) -> Statement:
    given = {"spooled": 0, "dropped": 0, "monotonic_seconds": 0.0, **fields}
    return Statement(
        version=1,
        client=CLIENT,
        agent=SERVER,
        epoch=epoch,
        number=number,
        previous=Hash(NO_HASH),
        boot_id=ShortHash("b" * 32),
        wall_time=wall_time,
        agent_version=Slug("0.1.0"),
        observations=observations,
        **given,
    )


def unspoken(at: datetime = T0 - DAY) -> ServerEvidence:
    """Return the evidence of an agent that was enrolled and never spoke."""
    return enrolled(CLIENT, SERVER, at, None)


def told(
    *observations: Observation,
    after: ServerEvidence | None = None,
    at: datetime = T0,
    gap: bool = False,
    skew: float = 0.0,
    **fields: object,
) -> ServerEvidence:
    """Fold one more statement, made and received at `at`, after `after`."""
    before = after or unspoken()
    number = 1 if before.agent is None else before.agent.number + 1
    given = {"number": number, "wall_time": at, **fields}
    made = statement(*observations, **given)
    return fold(before, made, received_at=at, gap=gap, skew_seconds=skew)


def healthy(at: datetime = T0) -> ServerEvidence:
    """Return evidence by which every control passes at `at`."""
    start = at - 3 * HOUR
    evidence = given_checkpoint(told(LIVE.manifest(), at=start), at=start)
    made = at - HOUR
    spoken = told(
        points(point(1, made)),
        contents(1),
        encryption(),
        made_with(),
        integrity(started_at=made),
        LIVE.test(started_at=made, canary=CANARY, whole_files=60, whole_bytes=6000),
        exposure(files(3), scanned_at=made),
        reach(looked_at=made),
        personal(looked_at=made),
        live_areas(live_area(), looked_at=made),
        after=evidence,
        at=at,
    )
    return borne_out(spoken, at)


CHECKPOINT = (7, digest("c0ffee"))
CANARY = CanaryReturn(tree_size=CHECKPOINT[0], root=CHECKPOINT[1])


def given_checkpoint(evidence: ServerEvidence, at: datetime = T0) -> ServerEvidence:
    return issued(evidence, *CHECKPOINT, at)


class LiveData:
    """Files as a manifest commits to them, and restore tests of them."""

    def __init__(self, count: int, *, not_hashed: frozenset[int] = frozenset()) -> None:
        self.facts = [
            (point_id(f"{n:x}"), n, n * 10, None if n in not_hashed else digest(f"{n:x}"))
            for n in range(count)
        ]
        self.leaves = [leaf_hash(leaf_bytes(*fact)) for fact in self.facts]
        self.root = Hash(root_of(self.leaves).hex())

    def manifest(self) -> Manifest:
        count = len(self.facts)
        return Manifest(
            backup_set=SET, root=self.root, files=count, bytes=0, files_not_hashed=0, taken_at=T0
        )

    def indices(self, point_name: str | int = 1) -> list[int]:
        """Return all that may be drawn, in order."""
        size, root = CHECKPOINT
        chosen_by = seed(root, size, SET, COPY, point_id(point_name))
        return list(draw(chosen_by, len(self.facts)))

    def drawn(self, index: int, **fields: object) -> Draw:
        """Return a file that came back as it was signed, or could not be compared."""
        path_hash, size, modified_ns, content = self.facts[index]
        result = DrawResult.MATCHED if content else DrawResult.NOT_HASHED
        return Draw(
            index=index,
            path_hash=path_hash,
            size=size,
            modified_ns=modified_ns,
            content=content,
            **{"result": result, **fields},
        )

    def draws(self, point_name: str | int = 1) -> tuple[Draw, ...]:
        """Draw as the rules say: until enough were compared, or nothing is left."""
        found: list[Draw] = []
        for index in self.indices(point_name):
            found.append(self.drawn(index))
            if sum(each.result is DrawResult.MATCHED for each in found) == SAMPLE_FILES:
                break
        return tuple(found)

    def proof(self, draws: Iterable[Draw]) -> tuple[Hash, ...]:
        """Return the multiproof of what was drawn; what the manifest lacks is left out."""
        wanted = [each.index for each in draws if each.index < len(self.leaves)]
        if not wanted:
            return ()

        def subtree_root(first: int, end: int) -> bytes:
            return root_of(self.leaves[first:end])

        found = multiproof(subtree_root, len(self.leaves), wanted)
        return tuple(Hash(each.hex()) for each in found)

    def test(self, *, started_at: datetime = T0 - HOUR, **fields: object) -> RestoreTest:
        """Return a sample test that proves itself; the proof fits the draws unless it is given."""
        size, root = CHECKPOINT
        given = {
            "outcome": Outcome.PASSED,
            "reason": Reason.NONE,
            "point": point_id(1),
            "checkpoint_size": size,
            "checkpoint_root": root,
            "manifest_root": self.root,
            "manifest_files": len(self.facts),
            "duration_seconds": 30.0,
            "files_restored": 12,
            "bytes_restored": 1200,
            "test": Slug("sample"),
            **fields,
        }
        given.setdefault("draws", self.draws())
        given.setdefault("proof", self.proof(given["draws"]))
        return RestoreTest(backup_set=SET, copy=COPY, started_at=started_at, **given)

    def full(self, **fields: object) -> RestoreTest:
        """Return a full test that proves itself."""
        return self.test(**{"test": Slug("full"), "compared": compared(len(self.facts)), **fields})


LIVE = LiveData(60)


def compared(files: int = 60, *, mismatched: int = 0, missing: int = 0) -> Compared:
    """Return a count of files beyond those drawn, of which the rest came back well."""
    return Compared(
        files=files,
        bytes=files * 100,
        matched=files - mismatched - missing,
        mismatched=mismatched,
        missing=missing,
        changed=0,
    )


def coverage(tested: int = 60, of: int = 60, **fields: object) -> Coverage:
    """Return how many files restore tests have brought back so far."""
    return Coverage(
        files=of, bytes=of * 100, files_tested=tested, bytes_tested=tested * 100, **fields
    )


def database(**fields: object) -> DatabaseContents:
    """Return what stood in a restored database."""
    given = {"tables": 9, "rows": 1000, "bytes": 10**6, "notices": 0, **fields}
    return DatabaseContents(engine=Slug("postgresql"), engine_version=Slug("15"), **given)


def answer(
    number: float | None = 12.0,
    *,
    question: str = "orders",
    comparison: Comparison = Comparison.AT_LEAST,
    expected: float = 10.0,
    **fields: object,
) -> Answer:
    """Return an answer as stated; by default one that holds."""
    return Answer(
        question=Name(question), comparison=comparison, expected=expected, number=number, **fields
    )


PROVES = {
    "database": {"database": database()},
    "archive": {"compared": compared(3)},
    "command": {"answers": (answer(),)},
}


def restored(kind: str = "database", **fields: object) -> RestoreTest:
    """Return a test of a kind without draws that proves itself."""
    drawn = {"manifest_root": None, "manifest_files": 0, "draws": (), "proof": ()}
    return LIVE.test(**{**drawn, "test": Slug(kind), **PROVES.get(kind, {}), **fields})


def seen(
    kind: str = "sample", *, started_at: datetime = T0 - HOUR, **fields: object
) -> RestoreSeen:
    """Return a restore test as evidence: one that passed and was verified."""
    given = {
        "received_at": started_at + 30 * SECOND,
        "outcome": Outcome.PASSED,
        "reason": Reason.NONE,
        "duration_seconds": 30.0,
        "files_restored": 60,
        "bytes_restored": 6000,
        "matched": 60 if kind in ("sample", "full") else 0,
        "mismatched": 0,
        "missing": 0,
        "not_compared": 0,
        "verified": True,
        "unverified_because": "",
        "point": point_id(1),
        "point_started_at": started_at - HOUR,
        "population": 60,
        **fields,
    }
    return RestoreSeen(test=Slug(kind), started_at=started_at, **given)


def failed_test(kind: str = "sample", **fields: object) -> RestoreSeen:
    """Return a restore test as evidence that failed."""
    given = {"outcome": Outcome.FAILED, "reason": Reason.MISMATCH, "matched": 59, "mismatched": 1}
    said = {"verified": False, "unverified_because": "the test did not pass"}
    return seen(kind, **{**given, **said, **fields})


def answered(stated: Answer | None = None, *, holds: bool | None = True) -> Answered:
    """Return an answer as evidence, with central's verdict on it."""
    return Answered(answer=stated or answer(), holds=holds)


def of_kind(
    good: RestoreSeen | None = None,
    *,
    failed: RestoreSeen | None = None,
    newest: RestoreSeen | None = None,
) -> TestsOfKind:
    """Return what is known of a kind: the newest is what failed, else what was good."""
    last = newest or failed or good or seen()
    return TestsOfKind(kind=last.test, newest=last, last_good=good, standing_failed=failed)


def knowing(after: ServerEvidence | None = None, **fields: object) -> ServerEvidence:
    """Return evidence whose copy knows this as well (`tests=(of_kind(seen()),)`, say)."""
    evidence = after or told(points(point(1, T0 - 2 * HOUR)))
    copy = evidence.copy(SET, COPY) or CopyEvidence(backup_set=SET, copy=COPY)
    others = tuple(known for known in evidence.copies if known != copy)
    return replace(evidence, copies=(*others, replace(copy, **fields)))
