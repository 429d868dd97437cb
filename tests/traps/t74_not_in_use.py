"""A server that is off: lost, retired, or a laptop that nobody opened."""

from __future__ import annotations

from tests.world.dates import days_ago, yesterday
from tests.world.monitor import Server
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T74",
    title="A server is off, and which of them matters",
    control="agent.reporting",
)


def story(world: World) -> None:
    """It was heard three days ago, with a backup of that day."""
    world.office()
    world.restic().backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")


def fault(world: World) -> None:
    """It should be on; another one was sold, and does not alarm."""
    sold = Server(client="acme", name="web0", folder=world.folder / "web0")
    sold.told |= {"state": "retired", "since": yesterday(), "reason": "sold", "owner": "Ada"}
    world.monitor.configure(sold)
    story(world)
    found = {each.status for each in world.findings() if each.server == "web0"}
    world.promise(found == {"exempt"}, "the retired server stays on record and does not alarm")


def twin(world: World) -> None:
    """It is a laptop."""
    world.server.told["usually_on"] = False
    story(world)
    found = [each.status for each in world.findings() if each.control == "backup.fresh"]
    world.promise(found == ["pass"], "what was backed up while it spoke is fresh")
