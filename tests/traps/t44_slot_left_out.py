"""In spring there is no 02:30, and a timer of systemd leaves the day out."""

from __future__ import annotations

from datetime import timedelta

from tests.world.dates import at, last_switch, seconds_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T44",
    title="In spring the slot is left out",
    control="backup.fresh",
)


def story(world: World, time: str) -> None:
    """The last run was on the day before; it is judged at noon (UTC) after the change."""
    midnight = last_switch(3)
    world.ago = seconds_ago(midnight + timedelta(hours=12))
    world.server.told["timezone"] = "Europe/Berlin"
    world.server.policy["backup.fresh"] = {"schedule": f"*-*-* {time}"}
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=at(midnight - timedelta(hours=20))).checked()
    world.look()


def fault(world: World) -> None:
    """At this time there is a slot also on that day."""
    story(world, "04:30")


def twin(world: World) -> None:
    story(world, "02:30")
