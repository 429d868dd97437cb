"""No verify job of the Proxmox Backup Server has touched the snapshot."""

from __future__ import annotations

import json

from tests.world.foreign import pbs_snapshot
from tests.world.tools import answering
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T22",
    title="No verify job of the Proxmox Backup Server has touched the snapshot",
    control="restore.intact",
    says=frozenset({"unknown"}),
)


def kept(world: World, *, verified: bool) -> None:
    world.office()
    snapshots = json.dumps([pbs_snapshot(hours=6, verified=verified)])
    answers = {"version*": "client version: 3.2.3-1\n", "snapshot list*": snapshots}
    binary = answering(world.folder / "bin", answers)
    settings = {"repository": "b@pbs@pbs:store", "group": "host/web1", "binary": str(binary)}
    world.keep("local", {"tool": "proxmox_backup", **settings})
    world.look()


def fault(world: World) -> None:
    kept(world, verified=False)


def twin(world: World) -> None:
    kept(world, verified=True)
