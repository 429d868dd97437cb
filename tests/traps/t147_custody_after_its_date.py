"""A migration's leftovers lie at the provider after their date, encrypted and backed up."""

from __future__ import annotations

from datetime import date, timedelta

from tests.world.archive import encrypted
from tests.world.dates import yesterday
from tests.world.monitor import Server
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T147",
    title="Data that the provider holds is still there after its date",
    control="data.custody",
)


def story(world: World, gone_by: date) -> None:
    """The provider's server holds data of another client."""
    world.monitor.configure(Server(client="globex", name="pc", folder=world.folder / "globex"))
    world.office()
    world.restic().backup(world.files).checked()
    left = world.folder / "srv" / "leftovers"
    left.mkdir(parents=True)
    encrypted(b"name,iban\nA. Example,DE00 0000 0000\n" * 50, left / "customers.csv.enc")
    world.server.exposures["leftovers"] = left
    world.server.custody_of = "globex"
    world.server.gone_by = gone_by
    world.look()


def fault(world: World) -> None:
    story(world, yesterday())


def twin(world: World) -> None:
    story(world, yesterday() + timedelta(days=30))
