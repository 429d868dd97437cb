"""The retention job no longer runs: restore points pile up past what was agreed."""

from __future__ import annotations

from tests.world.borg import Borg
from tests.world.dates import hours_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T58",
    title="Retention no longer runs, and restore points pile up",
    control="backup.retention",
)


def fault(world: World) -> None:
    _piled_up(world)
    world.look()


def twin(world: World) -> None:
    borg = _piled_up(world)
    borg("prune", "--keep-within", "30d", str(borg.repository)).checked()
    world.look()


def _piled_up(world: World) -> Borg:
    world.server.policy["backup.retention"] = {"delete_after": "30d", "at_most": 5}
    world.office()
    borg = world.borg()
    for days in (60, 40, 5, 1, 0.1):
        borg.backup(world.files, date=hours_ago(24 * days)).checked()
    return borg
