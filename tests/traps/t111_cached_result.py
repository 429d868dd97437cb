"""The result of an old restore test is told again as today's."""

from __future__ import annotations

from tests.world.attack import now, restore_tested, send, stating
from tests.world.dates import days_ago
from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T111",
    title="The result of an old restore test is told again as today's",
    control="restore.tested",
)


def fault(world: World) -> None:
    restic, test = _tested_long_ago(world)
    world.promise(test["outcome"] == "passed", f"the old test was {test['outcome']}")
    restic.backup(world.files).checked()
    world.look()
    send(world, stating(world, {**test, "started_at": now()}))


def twin(world: World) -> None:
    restic, _ = _tested_long_ago(world)
    restic.backup(world.files).checked()
    world.look()
    world.restore_test()


def _tested_long_ago(world: World) -> tuple[Restic, dict[str, object]]:
    """Make a good test a hundred days ago, and let the agent go on to this day."""
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(100.1)).checked()
    world.look(ago="100d")
    test = restore_tested(world, ago="100d")
    for _ in range(2):
        world.look()
    return restic, test
