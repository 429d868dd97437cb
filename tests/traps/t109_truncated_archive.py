"""A nightly archive was cut short, and its names still list."""

from __future__ import annotations

from pathlib import Path

from tests.world.archive import pack
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T109",
    title="Archives that were cut short: a tar without its end, a zip without its index",
    control="restore.tested",
)
COPIES = {"tar": ".tar.gz", "zip": ".zip"}


def fault(world: World) -> None:
    for path in _nightly(world):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 9 // 10])
    world.look()
    world.restore_test()
    for name in COPIES:
        said = [each.status for each in world.findings() if each.copy == name
                and each.control == TRAP.control]  # fmt: skip
        world.promise(said == ["fail"], f"the cut {name} is {said}")


def twin(world: World) -> None:
    _nightly(world)
    world.look()
    world.restore_test()


def _nightly(world: World) -> list[Path]:
    """Make an archive of each form and plan that they are read to their end."""
    world.office()
    world.plan("archive", paths=[str(world.files / "department-0")])
    world.server.exempt["backup.encrypted"] = "whether it is encrypted is another trap's"
    made = []
    for name, suffix in COPIES.items():
        drop = world.folder / name
        drop.mkdir()
        settings = {"tool": "file_drop", "path": str(drop), "pattern": f"*{suffix}"}
        world.keep(name, {**settings, "root": str(world.folder)})
        made.append(pack(world.files, world.folder, drop / f"nightly{suffix}"))
    world.look()
    return made
