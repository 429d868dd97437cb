"""In spring a job of every other hour has a slot fewer."""

from __future__ import annotations

from datetime import timedelta

from tests.world.dates import at, last_switch, seconds_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T45",
    title="A slot of every other hour is left out",
    control="backup.fresh",
)


def story(world: World, minutes: float) -> None:
    """The run of midnight came, and no other; it is judged that long after 02:00 (UTC)."""
    midnight = last_switch(3)
    world.ago = seconds_ago(midnight + timedelta(hours=2, minutes=minutes))
    world.server.told["timezone"] = "Europe/Berlin"
    world.server.policy["backup.fresh"] = {"schedule": "0 */2 * * *", "grace": "1h"}
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=at(midnight - timedelta(minutes=58))).checked()
    world.look()


def fault(world: World) -> None:
    """The grace of 04:00 in Berlin has passed too."""
    story(world, minutes=75)


def twin(world: World) -> None:
    """There was no 02:00 in Berlin, and 04:00 has its grace still."""
    story(world, minutes=45)
