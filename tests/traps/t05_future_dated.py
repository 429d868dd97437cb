"""A restore point dated in the future hides that backups stopped."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T05",
    title="A restore point dated in the future hides that backups stopped",
    control="backup.fresh",
    says=frozenset({"fail", "unknown"}),
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(5)).checked()
    restic.backup(world.files, date="2031-01-01 00:00:00").checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
