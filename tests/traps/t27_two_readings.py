"""The agent claims a restore point that the storage does not have."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T27",
    title="The agent claims a restore point that the storage does not have",
    control="backup.witnessed",
)


def story(world: World, *, is_mirrored: bool) -> None:
    """Back up twice to a place that is mirrored elsewhere; central looks at the mirror."""
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(20 / 24)).checked()
    mirror = world.folder / "mirror"
    if not is_mirrored:
        _mirrored(restic.repository, mirror)
    restic.backup(world.files, date=days_ago(4 / 24)).checked()
    if is_mirrored:
        _mirrored(restic.repository, mirror)
    world.have_witnessed("local", kind="folder", path=str(mirror))
    world.look(ago="3h")
    world.look()
    world.witness()


def _mirrored(repository: Path, mirror: Path) -> None:
    shutil.copytree(repository, mirror)


def fault(world: World) -> None:
    story(world, is_mirrored=False)


def twin(world: World) -> None:
    story(world, is_mirrored=True)
