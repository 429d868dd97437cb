"""A copy of the password, forgotten beside the repository."""

from __future__ import annotations

from tests.world.borg import PASSPHRASE
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T123",
    title="A copy of the password, forgotten beside the repository",
    control="backup.encrypted",
)


def story(world: World, note: str) -> None:
    """The agent is configured well; what lies there besides, nobody told it."""
    world.office()
    borg = world.borg(mode="repokey-blake2")
    borg.backup(world.files).checked()
    (borg.repository.parent / "borg-password.txt").write_text(note)
    world.look()


def fault(world: World) -> None:
    story(world, f"# for the new colleague\nexport BORG_PASSPHRASE='{PASSPHRASE}'\n")


def twin(world: World) -> None:
    story(world, "# for the new colleague\nexport BORG_PASSPHRASE='ask Alice'\n")
