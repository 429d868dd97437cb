"""The file by whose date borgmatic knows when it last checked was touched."""

from __future__ import annotations

from pathlib import Path

from tests.world.borg import Borg
from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T54",
    title="The file by whose date borgmatic knows when it last checked was touched",
    control="restore.intact",
    says=frozenset({"unknown"}),
)
CONFIGURATION = """\
location:
    source_directories: [{live}]
    repositories: [{repository}]
storage:
    encryption_passphrase: {passphrase}
"""


def backed_up(world: World) -> Path:
    """Back up by borgmatic, agree on its repository as a copy, and return borgmatic's home."""
    world.office()
    borg = Borg(world.folder / "repository", world.folder / "home").create()
    config = world.folder / "etc" / "borgmatic.yaml"
    config.parent.mkdir()
    text = CONFIGURATION.format(
        live=world.files, repository=borg.repository, passphrase=borg.passphrase
    )
    config.write_text(text)
    config.chmod(0o600)
    run("borgmatic", "--config", config, "create", environment={"HOME": str(borg.home)}).checked()
    settings = {"config": str(config), "repository": str(borg.repository), "home": str(borg.home)}
    world.keep("local", {"tool": "borgmatic", **settings})
    return borg.home


def fault(world: World) -> None:
    home = backed_up(world)
    state = home / ".borgmatic" / "checks" / ("ab" * 32)
    state.mkdir(parents=True)
    (state / "data").touch()
    world.look()


def twin(world: World) -> None:
    backed_up(world)
    world.look()
    world.restore_test()
    world.look()
