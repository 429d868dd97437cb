"""An agent says of each restore test that it passed, and never made one."""

from __future__ import annotations

from tests.world.attack import facts_in, now, record, send, stating
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T36",
    title="An agent says that restore tests passed, and never made one",
    control="restore.tested",
    says=frozenset({"unknown"}),
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    raw = record(world, ago="1s")
    (points,) = facts_in(raw, "restore_points")
    newest = points["points"][0]  # type: ignore[index]
    send(
        world,
        stating(
            world,
            {
                "kind": "restore_test",
                "backup_set": "files",
                "copy": "local",
                "test": "sample",
                "outcome": "passed",
                "reason": "none",
                "started_at": now(),
                "duration_seconds": 1.5,
                "point": newest["id"],
                "point_started_at": newest["started_at"],
                "files_restored": 299,
                "bytes_restored": 1_000_000,
            },
        ),
    )
    reasons = [each.reason for each in world.findings() if each.control == TRAP.control]
    told = any("not independently tested" in reason for reason in reasons)
    world.promise(told, "nothing says that the test is not independently tested")


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()
