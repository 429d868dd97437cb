"""In autumn the wall's clock shows 02:30 twice, and the job runs once."""

from __future__ import annotations

from datetime import timedelta

from tests.world.dates import at, last_switch, seconds_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T43",
    title="In autumn the slot comes twice",
    control="backup.fresh",
)


def story(world: World, hours: float) -> None:
    """The last run was at the first of the two; it is judged that long after midnight (UTC)."""
    midnight = last_switch(10)
    world.ago = seconds_ago(midnight + timedelta(hours=hours))
    world.server.told["timezone"] = "Europe/Berlin"
    world.server.policy["backup.fresh"] = {"schedule": "30 2 * * *"}
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=at(midnight + timedelta(minutes=32))).checked()
    world.look()


def fault(world: World) -> None:
    """The run of the next day did not come."""
    story(world, hours=28)


def twin(world: World) -> None:
    story(world, hours=20)
