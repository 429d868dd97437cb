"""The restore test of kind `sample`: a few files that nobody chose, restored and compared.

The files are drawn from a manifest that an earlier statement signed, by a seed that follows from
central's newest checkpoint. They are restored in one call, without a cache, into a sandbox, and
their hashes are held against the signed ones. Live files are not compared with: they change.

`passed` needs at least one file compared and none different or missing. Whatever kept the test from
being made is `not_performed` with its reason, never a pass and never a failure of the backup.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probe import AnyProbe, AnySubject, Point, keyed_hash
from guardian_agent.restore.drawing import Choice, Drawn, choose
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.population import read_population
from guardian_agent.restore.restoring import NOTHING, Restored, Target, restore
from guardian_agent.system import System
from guardian_agent.wire.facts.restores import Draw, DrawResult, RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.manifest import proof_text
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.sampling import seed

KIND = Slug("sample")

_DAMAGE = frozenset({Reason.DAMAGED, Reason.UNSAFE_CONTENTS})
_DAMAGE_WHEN_RESTORING = _DAMAGE | {Reason.EXIT_STATUS}
"""A tool that could list the point and then ends with an error while restoring has not restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(Target):
    """What a test stands on: central's checkpoint, the signed manifest, where it may restore.

    `checkpoint` is (tree size, root in hexadecimal), None before central's first receipt.
    """

    manifest: str
    checkpoint: tuple[int, Hash] | None


def sample_test(
    probe: AnyProbe, subject: AnySubject, system: System, ground: Ground
) -> RestoreTest:
    """Make one restore test of the copy's newest restore point and return its outcome."""
    test = not_performed(subject, system.clock.now(), Reason.NONE)
    if probe.restorer is None:
        return replace(test, reason=Reason.UNSUPPORTED)
    try:
        point = probe.restorer.newest(subject, probe.gather(subject, system))
    except ProbeError as error:
        return _ended(test, error, _DAMAGE)
    if point is None:
        return replace(test, reason=Reason.NO_RESTORE_POINT)
    opened = OpenPoint(subject=subject, restorer=probe.restorer, system=system, point=point)
    return _of_point(_about(test, point), opened, ground)


def not_performed(subject: AnySubject, started_at: datetime, reason: Reason) -> RestoreTest:
    """Return a test that was not made."""
    return RestoreTest(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        test=KIND,
        outcome=Outcome.NOT_PERFORMED,
        reason=reason,
        started_at=started_at,
        duration_seconds=0.0,
    )


def _about(test: RestoreTest, point: Point) -> RestoreTest:
    hashed = ShortHash(point.hashed_id)
    return replace(test, point=hashed, point_started_at=point.started_at)


def _of_point(test: RestoreTest, opened: OpenPoint, ground: Ground) -> RestoreTest:
    if ground.checkpoint is None:
        return replace(test, reason=Reason.NO_CHECKPOINT)
    size, root = ground.checkpoint
    try:
        population = read_population(opened.system.files, ground.manifest)
        if population is None:
            return replace(test, reason=Reason.NOTHING_COMPARABLE)
        drawn_by = seed(root, size, test.backup_set, test.copy, opened.point.hashed_id)
        choice = choose(opened, population, drawn_by)
    except ProbeError as error:
        return _ended(test, error, _DAMAGE)
    except (OSError, StateError):  # our own manifest: the backup is not to blame
        return replace(test, reason=Reason.NOTHING_COMPARABLE)
    test = replace(
        test,
        checkpoint_size=size,
        checkpoint_root=root,
        manifest_root=population.root,
        manifest_files=population.files,
    )
    return _of_choice(test, opened, ground, choice)


def _of_choice(test: RestoreTest, opened: OpenPoint, ground: Ground, choice: Choice) -> RestoreTest:
    restored = NOTHING
    if any(item.result is None for item in choice.drawn):
        try:
            restored = restore(opened, choice, ground)
        except ProbeError as error:
            return _ended(test, error, _DAMAGE_WHEN_RESTORING)
        except OSError:
            return replace(test, reason=Reason.PERMISSION_DENIED)
        test = _measured(test, restored)
    draws = tuple(_draw(item, restored, opened.subject.key) for item in choice.drawn)
    outcome, reason = _verdict(draws, choice, restored)
    return replace(test, outcome=outcome, reason=reason, draws=draws)


def _measured(test: RestoreTest, restored: Restored) -> RestoreTest:
    return replace(
        test,
        duration_seconds=restored.seconds,
        files_restored=restored.files,
        bytes_restored=restored.bytes,
        canary=restored.canary,
    )


def _draw(item: Drawn, restored: Restored, key: bytes) -> Draw:
    record = item.signed.record
    result, content = item.result, None
    if result is None:
        content = restored.hashes.get(item.path)
        result = _compare(record.content, content)
    return Draw(
        index=item.index,
        path_hash=keyed_hash(key, item.path),
        size=record.size,
        modified_ns=record.modified_ns,
        content=None if record.content is None else Hash(record.content),
        proof=proof_text(item.signed.proof),
        result=result,
        restored=None if content is None else Hash(content),
    )


def _compare(signed: str | None, restored: str | None) -> DrawResult:
    if restored is None:
        return DrawResult.MISSING
    return DrawResult.MATCHED if restored == signed else DrawResult.MISMATCHED


def _verdict(draws: tuple[Draw, ...], choice: Choice, restored: Restored) -> tuple[Outcome, Reason]:
    results = {draw.result for draw in draws}
    if DrawResult.MISMATCHED in results:
        return Outcome.FAILED, Reason.MISMATCH
    if DrawResult.MISSING in results:
        return Outcome.FAILED, Reason.MISSING_FILE
    if DrawResult.MATCHED not in results:
        return Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE
    if not set(choice.canaries) <= restored.hashes.keys():
        return Outcome.FAILED, Reason.MISSING_FILE
    return Outcome.PASSED, Reason.NONE


def _ended(test: RestoreTest, error: ProbeError, damage: frozenset[Reason]) -> RestoreTest:
    outcome = Outcome.FAILED if error.reason in damage else Outcome.NOT_PERFORMED
    return replace(test, outcome=outcome, reason=error.reason)
