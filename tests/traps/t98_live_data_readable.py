"""The backup is encrypted, and an export lies open beside it."""

from __future__ import annotations

from tests.world.archive import encrypted
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T98",
    title="The backup is encrypted, and an export lies open beside it",
    control="data.encrypted",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    exports = world.watch("data.encrypted")
    (exports / "customers.csv").write_text("name,iban\nA. Example,DE00 0000 0000\n" * 50)
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    exports = world.watch("data.encrypted")
    encrypted(b"name,iban\nA. Example,DE00 0000 0000\n" * 50, exports / "customers.csv.enc")
    world.look()
