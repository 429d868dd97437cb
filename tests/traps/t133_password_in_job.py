"""The password of the backup stands in a job that everybody may read."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T133",
    title="The password of the backup stands in a job that everybody may read",
    control="data.exposed",
)


def story(world: World, line: str) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    world.watch("data.exposed").joinpath("readme.txt").write_text("nothing of interest\n" * 20)
    (world.server.folder / "cron.d").mkdir(parents=True)
    (world.server.folder / "cron.d" / "nightly").write_text(f"0 3 * * * root {line}\n")
    world.server.jobs = {"paths": [str(world.server.folder / "cron.d")], "processes": False}
    (world.folder / "srv" / "exports" / "readme.txt").chmod(0o600)
    world.look()


def fault(world: World) -> None:
    story(world, "RESTIC_PASSWORD=hunter2-and-more restic -r /backup backup /srv")


def twin(world: World) -> None:
    story(world, "RESTIC_PASSWORD_FILE=/etc/restic/password restic -r /backup backup /srv")
