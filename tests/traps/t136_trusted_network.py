"""A database server lets a whole network in without a password."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T136",
    title="A database server lets a whole network in without a password",
    control="data.exposed",
)


LOCAL = "local all all peer map=everybody\n"


def story(world: World, entry: str) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    world.server.exempt.pop("data.exposed")
    with postgresql() as server:
        (server.data / "pg_ident.conf").write_text("everybody /^.*$ postgres\n")
        (server.data / "pg_hba.conf").write_text(LOCAL + entry)
        server("pg_ctl", "-D", server.data, "reload").checked()
        world.server.databases["shop"] = {
            "engine": "postgresql",
            "socket": str(server.folder),
            "binary": str(server.programs / "psql"),
        }
        world.look()


def fault(world: World) -> None:
    story(world, "hostssl all all 10.0.0.0/8 trust\n")


def twin(world: World) -> None:
    story(world, "hostssl all all 10.0.0.0/8 scram-sha-256\n")
