"""A client left long ago, and its server still holds its data and backups."""

from __future__ import annotations

from datetime import date, timedelta

from tests.world.archive import encrypted
from tests.world.dates import yesterday
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T146",
    title="Data of a client that left still lies around",
    control="data.custody",
)


def story(world: World, left: date) -> None:
    """The client left on that day; thirty days of grace are agreed."""
    world.office()
    world.restic().backup(world.files).checked()
    exports = world.folder / "srv" / "exports"
    exports.mkdir(parents=True)
    encrypted(b"name,iban\nA. Example,DE00 0000 0000\n" * 50, exports / "customers.csv.enc")
    world.server.exposures["exports"] = exports
    world.server.offboarded = left
    world.look()


def fault(world: World) -> None:
    story(world, yesterday() - timedelta(days=60))


def twin(world: World) -> None:
    story(world, yesterday())
