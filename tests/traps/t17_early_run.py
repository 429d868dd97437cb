"""A run made by hand an hour early, and then the scheduled one did not come."""

from __future__ import annotations

from datetime import timedelta

from tests.world.dates import at, now
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T17",
    title="An early run does not stand for the next slot",
    control="backup.fresh",
)


def story(world: World, *, scheduled: bool) -> None:
    """The slot was three hours ago, an hour past its grace."""
    slot = now() - timedelta(hours=3)
    world.server.policy["backup.fresh"] = {"schedule": f"{slot.minute} {slot.hour} * * *"}
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=at(slot - timedelta(days=1) + timedelta(minutes=5))).checked()
    restic.backup(world.files, date=at(slot - timedelta(hours=1))).checked()
    if scheduled:
        restic.backup(world.files, date=at(slot + timedelta(minutes=5))).checked()
    world.look()


def fault(world: World) -> None:
    story(world, scheduled=False)
    found = [each.reason for each in world.findings() if each.control == TRAP.control]
    world.promise(any("an early run" in each for each in found), "the early run is named")


def twin(world: World) -> None:
    story(world, scheduled=True)
