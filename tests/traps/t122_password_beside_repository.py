"""The password file lies beside the repository."""

from __future__ import annotations

from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T122",
    title="The password file lies beside the repository",
    control="backup.encrypted",
)


def story(world: World, share: str, keys: str) -> None:
    """The repository lies on `share`; what opens it in the folder `keys`."""
    world.office()
    place, kept = world.folder / share, world.folder / keys
    place.mkdir()
    kept.mkdir(exist_ok=True)
    restic = Restic(place / "repository", world.folder / "home", kept_in=kept).create()
    world.keep("local", dict(restic.settings))
    restic.backup(world.files).checked()
    world.look()


def fault(world: World) -> None:
    story(world, "share", "share")


def twin(world: World) -> None:
    story(world, "share", "etc")
