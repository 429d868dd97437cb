"""A disk's own encryption is taken for all that a standard on card data asks."""

from __future__ import annotations

import json

from tests.world.archive import encrypted
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T99",
    title="A disk's own encryption is taken for all that a standard asks",
    control="pci/3.5.1.2",
)
DISKS = [
    {
        "MountPoint": drive,
        "VolumeType": kind,
        "VolumeStatus": "FullyEncrypted",
        "ProtectionStatus": "On",
    }
    for drive, kind in (("C:", "OperatingSystem"), ("D:", "Data"))
]
CARDS = b"name,card\nA. Example,4111 1111 1111 1111\n" * 50


def story(world: World, *, above: bool) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    exports = world.watch("data.encrypted")
    if above:
        encrypted(CARDS, exports / "cards.csv.enc")
    else:
        (exports / "cards.csv").write_bytes(CARDS)
    export = world.folder / "bitlocker.json"
    export.write_text(json.dumps(DISKS))
    world.server.exported["exports"] = export
    world.server.policy["data.encrypted"] = {"storage_is_enough": True}
    world.server.standards += ["pci", "cis-v8"]
    world.look()
    said = {each.control: each.status for each in world.findings()}
    world.promise(said["data.encrypted"] == "pass", "the disk is encrypted, as was agreed")
    stored = "pass" if above else "fail"
    world.promise(said["pci/3.5.1"] == stored, "nor are stored card numbers unreadable by it")
    world.promise(said["cis-v8/3.11"] == "pass", "for another standard that is evidence")


def fault(world: World) -> None:
    story(world, above=False)


def twin(world: World) -> None:
    story(world, above=True)
