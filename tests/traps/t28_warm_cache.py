"""A damaged repository restores well out of a warm cache."""

from __future__ import annotations

from tests.world.restic import damage_trees
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T28",
    title="A damaged repository restores well out of a warm cache",
    control="restore.tested",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.look()
    damage_trees(restic)
    target = world.folder / "careless"
    careless = restic("restore", "latest", "--target", str(target))
    world.promise(careless.status == 0, "the careless restore did not succeed out of its cache")
    world.restore_test()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()
