"""borg prints its times without a zone."""

from __future__ import annotations

from tests.world.dates import hours_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T41",
    title="borg prints its times without a zone",
    control="backup.fresh",
)


def fault(world: World) -> None:
    world.office()
    world.borg().backup(world.files, date=hours_ago(30)).checked()
    world.look(zone="Asia/Tokyo")


def twin(world: World) -> None:
    world.office()
    world.borg().backup(world.files, date=hours_ago(20)).checked()
    world.look(zone="Pacific/Honolulu")
