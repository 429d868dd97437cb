"""Snapshots of a path given up long ago raise no alarm."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.live import office
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T13",
    title="Snapshots of a path given up long ago raise no alarm",
    control="backup.fresh",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.folder / "srv", extra=("--exclude", "files")).checked()
    restic.backup(world.files, date=days_ago(9)).checked()
    given_up = office(world.folder / "old-shop", seed="old")
    restic.backup(given_up).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    given_up = office(world.folder / "old-shop", seed="old")
    restic.backup(given_up, date=days_ago(400)).checked()
    restic.backup(world.files).checked()
    world.look()
