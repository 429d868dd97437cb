"""Each night a fresh restore point is made of a copy of the data that is days old."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T112",
    title="A fresh restore point holds data that is days old",
    control="restore.proven",
)


def fault(world: World) -> None:
    restic, stale = _three_days_later(world)
    _back_up_instead(world, restic, stale)
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    restic, _ = _three_days_later(world)
    restic.backup(world.files).checked()
    world.look()
    world.restore_test()


def _three_days_later(world: World) -> tuple[Restic, Path]:
    """Let the agent plant a canary of three days ago and one of now; keep a copy of the first."""
    world.office()
    restic = world.restic()
    for _ in range(2):
        world.look(ago="3d")
    stale = world.folder / "staging"
    shutil.copytree(world.files, stale)
    for _ in range(2):
        world.look()
    return restic, stale


def _back_up_instead(world: World, restic: Restic, stale: Path) -> None:
    """Back up the copy in the live data's place, as a job with a dead staging step does."""
    aside = world.folder / "aside"
    world.files.rename(aside)
    stale.rename(world.files)
    restic.backup(world.files).checked()
    world.files.rename(stale)
    aside.rename(world.files)
