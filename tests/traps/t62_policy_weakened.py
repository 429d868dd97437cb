"""Somebody shortens the retention, leaves a folder out and takes the schedule away."""

from __future__ import annotations

from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T62",
    title="A backup's settings are weakened, and it is still fresh",
    control="backup.drift",
)
JOBS = """\
0 2 * * * root restic backup /srv/files
0 5 * * 0 root restic forget --keep-daily 14 --keep-monthly 12 --prune
"""
WEAKENED = "#0 2 * * * root restic backup /srv/files\n0 5 * * 0 root restic forget --keep-daily 3\n"


def fault(world: World) -> None:
    restic = _begun(world)
    _jobs(world, WEAKENED)
    restic.backup(world.files, extra=("--exclude", "department-2")).checked()
    world.look()
    reasons = " ".join(each.reason for each in world.findings() if each.control == TRAP.control)
    for said in ("1 exclude new", "2 schedule lines gone", "keep-daily is 3, it was 14"):
        world.promise(said in reasons, f"it says {said!r}")


def twin(world: World) -> None:
    """The retention was made longer, and a path came on top."""
    restic = _begun(world)
    _jobs(world, JOBS.replace("daily 14", "daily 30") + "0 3 * * * root restic backup /etc\n")
    restic.backup(world.files).checked()
    world.look()


def _begun(world: World) -> Restic:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    _jobs(world, JOBS)
    world.server.jobs = {"paths": [str(world.folder / "cron.d")], "processes": False}
    world.look()
    return restic


def _jobs(world: World, text: str) -> None:
    folder = world.folder / "cron.d"
    folder.mkdir(exist_ok=True)
    (folder / "backup").write_text(text)
