"""A client's name is a link that makes the PDF engine attach a local file (CVE-2025-68616)."""

from __future__ import annotations

import io

import pikepdf

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T102",
    title="A name makes the PDF engine embed a local file",
    control="backup.fresh",
)

SECRET = b"correct-horse-battery-staple"


def story(world: World, name: str, *, days: float) -> None:
    world.office()
    world.restic().backup(world.files, date=days_ago(days)).checked()
    world.server.client_name = name
    world.look()
    with pikepdf.open(io.BytesIO(world.report())) as report:
        attached = {key: file.get_file().read_bytes() for key, file in report.attachments.items()}
    world.promise(list(attached) == ["evidence.json"], f"the report carries {sorted(attached)}")
    world.promise(SECRET not in b"".join(attached.values()), "a local file is in the report")


def fault(world: World) -> None:
    secret = world.folder / "secret.txt"
    secret.write_bytes(SECRET)
    story(world, f'ACME <link rel=attachment href="{secret.as_uri()}">', days=3)


def twin(world: World) -> None:
    story(world, "ACME", days=0.1)
