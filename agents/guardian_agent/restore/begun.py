"""How tests of files begin: the newest restore point, and the ground that the test stands on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from guardian_agent.errors import ProbeError
from guardian_agent.probe import find_points
from guardian_agent.restore.kind import AnyTask, Ground
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.population import Population
from guardian_agent.restore.result import about, broken_off, not_performed
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.sampling import seed


class Begun(NamedTuple):
    """What is known of a test so far; `opened` is None where it ends before it began."""

    test: RestoreTest
    opened: OpenPoint | None


def begin(task: AnyTask, kind: str) -> Begun:
    """Find the copy's newest restore point."""
    test = not_performed(task.subject, kind, task.system.clock.now(), Reason.NONE)
    restorer = task.probe.restorer
    if restorer is None:
        return Begun(replace(test, reason=Reason.UNSUPPORTED), None)
    if task.ground.checkpoint is None:
        return Begun(replace(test, reason=Reason.NO_CHECKPOINT), None)
    size, root = task.ground.checkpoint
    try:
        found = find_points(task.probe, task.subject, task.system)
        point = restorer.newest(task.subject, found.answers)
    except ProbeError as error:
        return Begun(broken_off(test, error), None)
    if point is None:
        return Begun(replace(test, reason=Reason.NO_RESTORE_POINT), None)
    test = replace(
        about(test, point),
        fixed_seconds=found.seconds,
        checkpoint_size=size,
        checkpoint_root=root,
        canary_expected=_expects_canary(task.ground, point.started_at),
    )
    opened = OpenPoint(subject=task.subject, restorer=restorer, system=task.system, point=point)
    return Begun(test, opened)


def on(test: RestoreTest, population: Population) -> RestoreTest:
    """Say which signed manifest the test stands on."""
    return replace(
        test,
        manifest_root=population.root,
        manifest_files=population.files,
        whole_files=population.files,
        whole_bytes=population.bytes,
    )


def chosen_by(test: RestoreTest) -> bytes:
    """Return the seed that draws the files of a begun test."""
    return seed(
        test.checkpoint_root or "",
        test.checkpoint_size,
        test.backup_set,
        test.copy,
        test.point or "",
    )


def _expects_canary(ground: Ground, started_at: datetime) -> bool:
    return ground.canary_since is not None and ground.canary_since <= started_at
