"""The backup takes everything along but the canary: nothing proves how old its data is."""

from __future__ import annotations

from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T119",
    title="The backup leaves the canary out, and nothing proves its age",
    control="restore.proven",
)


def fault(world: World) -> None:
    _with_a_canary(world).backup(world.files, extra=("--exclude", ".guardian-canary")).checked()
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    _with_a_canary(world).backup(world.files).checked()
    world.look()
    world.restore_test()


def _with_a_canary(world: World) -> Restic:
    world.office()
    restic = world.restic()
    for _ in range(2):
        world.look()
    return restic
